import {
  limits,
  type QuotaName,
  quotaNames,
  type RateClass,
  type RateLimitOverrides,
  rateClassNames,
} from "@stanchion/contract";
import type { LimitChange } from "@stanchion/server";

/** What was given to `stanchion limits`, and all that is wrong with it, each fault a sentence for a person. */
export interface LimitOptions {
  readonly change: Required<LimitChange>;
  readonly faults: readonly string[];
}

type Given = Readonly<Partial<Record<"set" | "unset" | "quota" | "unset-quota", readonly string[]>>>;
type Rule = NonNullable<RateLimitOverrides[RateClass]>;

/**
 * Reads changes such as `--set general=200/60s --unset guest --quota people=5000`.
 *
 * @example readLimitOptions({ set: ["general=200/60s"] }).change.rateLimits.general // { limit: 200, windowSeconds: 60 }
 */
export function readLimitOptions(given: Given): LimitOptions {
  const faults: string[] = [];
  const rateLimits = readChanges({
    noun: { one: "class", many: "classes" },
    names: rateClassNames,
    set: { option: "--set", example: "CLASS=CALLS/SECONDS, such as general=200/60s", given: given.set },
    unset: { option: "--unset", given: given.unset },
    read: (name: RateClass, text) => readRule(name, text, faults),
    faults,
  });
  const quotas = readChanges({
    noun: { one: "quota", many: "quotas" },
    names: quotaNames,
    set: { option: "--quota", example: "QUOTA=NUMBER, such as people=100000", given: given.quota },
    unset: { option: "--unset-quota", given: given["unset-quota"] },
    read: (name: QuotaName, text) => readQuota(name, text, faults),
    faults,
  });
  return { change: { rateLimits, quotas }, faults: [...new Set(faults)] };
}

interface Changes<Name extends string, Value> {
  readonly noun: { readonly one: string; readonly many: string };
  readonly names: readonly Name[];
  readonly set: { option: string; example: string; given: readonly string[] | undefined };
  readonly unset: { option: string; given: readonly string[] | undefined };
  /** Null where the text cannot be used, with the reasons added to the faults. */
  readonly read: (name: Name, text: string) => Value | null;
  readonly faults: string[];
}

/** What each name is to be; null: as for everyone. */
function readChanges<Name extends string, Value>(
  asked: Changes<Name, Value>,
): Partial<Record<Name, Value | null>> {
  const { noun, names, set, unset, read, faults } = asked;
  const changes: Partial<Record<Name, Value | null>> = {};
  const put = (option: string, given: string, valueFor: (name: Name) => Value | null): void => {
    const name = names.find((known) => known === given);
    if (name === undefined)
      faults.push(`${option} knows the ${noun.many} ${names.join(", ")}; "${given}" is none.`);
    else if (changes[name] !== undefined) faults.push(`The ${noun.one} ${name} is named twice.`);
    else changes[name] = valueFor(name);
  };
  for (const given of set.given ?? []) {
    const [name, text] = splitAt(given, "=");
    if (text === null) faults.push(`${set.option} takes ${set.example}, not "${given}".`);
    else put(set.option, name, (known) => read(known, text));
  }
  for (const name of unset.given ?? []) put(unset.option, name, () => null);
  return changes;
}

function readRule(name: RateClass, text: string, faults: string[]): Rule | null {
  const [limitText, windowText] = splitAt(text, "/");
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

function readQuota(name: QuotaName, text: string, faults: string[]): number | null {
  const quota = wholeNumber(text, 0, limits.quotaMax);
  if (quota === null)
    faults.push(`--quota ${name} must be a whole number from 0 to ${limits.quotaMax}, not "${text}".`);
  return quota;
}

function splitAt(text: string, mark: string): [before: string, after: string | null] {
  const at = text.indexOf(mark);
  return at < 0 ? [text, null] : [text.slice(0, at), text.slice(at + 1)];
}

function wholeNumber(text: string, min: number, max: number): number | null {
  const number = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
  return number >= min && number <= max ? number : null;
}
