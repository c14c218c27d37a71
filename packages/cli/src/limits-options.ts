import { limits, type RateClass, type RateLimitOverrides, rateClassNames } from "@stanchion/contract";
import type { LimitChange } from "@stanchion/server";

/** What was given to `stanchion limits`, and all that is wrong with it, each fault a sentence for a person. */
export interface LimitOptions {
  readonly change: LimitChange;
  readonly faults: readonly string[];
}

type Given = Readonly<Partial<Record<"set" | "unset", readonly string[]>>>;
type Rule = NonNullable<RateLimitOverrides[RateClass]>;

/**
 * Reads changes such as `--set general=200/60s --unset guest`.
 *
 * @example readLimitOptions({ set: ["general=200/60s"] }).change.rateLimits.general // { limit: 200, windowSeconds: 60 }
 */
export function readLimitOptions({ set = [], unset = [] }: Given): LimitOptions {
  const faults: string[] = [];
  const rateLimits: Partial<Record<RateClass, Rule | null>> = {};
  const put = (option: string, name: string, read: () => Rule | null): void => {
    const rateClass = rateClassNames.find((known) => known === name);
    if (rateClass === undefined)
      faults.push(`${option} knows the classes ${rateClassNames.join(", ")}; "${name}" is none.`);
    else if (rateLimits[rateClass] !== undefined) faults.push(`The class ${name} is named twice.`);
    else rateLimits[rateClass] = read();
  };
  for (const given of set) {
    const [name, rule] = splitAt(given, "=");
    if (rule === null)
      faults.push(`--set takes CLASS=CALLS/SECONDS, such as general=200/60s, not "${given}".`);
    else put("--set", name, () => readRule(name, rule, faults));
  }
  for (const name of unset) put("--unset", name, () => null);
  return { change: { rateLimits }, faults };
}

/** Null where it cannot be used, with the reasons added to the faults. */
function readRule(name: string, rule: string, faults: string[]): Rule | null {
  const [limitText, windowText] = splitAt(rule, "/");
  const limit = wholeNumber(limitText, 1, limits.rateLimitMax);
  const windowSeconds = wholeNumber((windowText ?? "").replace(/s$/, ""), 1, limits.rateWindowSecondsMax);
  if (limit === null)
    faults.push(
      `--set ${name}: the limit must be a whole number from 1 to ${limits.rateLimitMax}, not "${limitText}".`,
    );
  if (windowText === null) faults.push(`--set ${name}: the window is missing, such as in ${name}=200/60s.`);
  else if (windowSeconds === null)
    faults.push(
      `--set ${name}: the window must be 1 to ${limits.rateWindowSecondsMax} whole seconds, not "${windowText}".`,
    );
  return limit === null || windowSeconds === null ? null : { limit, windowSeconds };
}

function splitAt(text: string, mark: string): [before: string, after: string | null] {
  const at = text.indexOf(mark);
  return at < 0 ? [text, null] : [text.slice(0, at), text.slice(at + 1)];
}

function wholeNumber(text: string, min: number, max: number): number | null {
  const number = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
  return number >= min && number <= max ? number : null;
}
