import { type ParseArgsOptionsConfig, parseArgs } from "node:util";

type Values<T extends ParseArgsOptionsConfig> = ReturnType<typeof parseArgs<{ options: T }>>["values"];

/** What a tool was given on its command line. Asked for help, it says its usage and ends; so it does, with 2, at what there is not. */
export function readOptions<const T extends ParseArgsOptionsConfig>(usage: string, options: T): Values<T> {
  try {
    const { values } = parseArgs({ options: { ...options, help: { type: "boolean" } } });
    if (!("help" in values)) return values as Values<T>;
    console.log(usage);
    return process.exit(0);
  } catch (error) {
    return endWith(`${error instanceof Error ? error.message : error}\n\n${usage}`);
  }
}

/** The number that an option was given as; ends where it is none, or out of its bounds. */
export function wholeNumber(
  option: string,
  given: string,
  { min = 1, max = Number.MAX_SAFE_INTEGER }: { min?: number; max?: number } = {},
): number {
  const number = /^\d{1,16}$/.test(given) ? Number(given) : Number.NaN;
  if (number >= min && number <= max) return number;
  const bounds = max === Number.MAX_SAFE_INTEGER ? `of at least ${min}` : `from ${min} to ${max}`;
  return endWith(`--${option} takes a whole number ${bounds}, not ${JSON.stringify(given)}.`);
}

/** Ends a tool that was asked for what it cannot do. */
export function endWith(message: string): never {
  console.error(message);
  process.exit(2);
}
