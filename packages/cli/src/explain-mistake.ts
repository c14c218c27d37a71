import { nearestWord } from "./nearest-word.ts";

/**
 * What is wrong with a command line that could not be read, in a line for people. Null: the error says nothing of a command line.
 *
 * @param help of the command, which names all its options
 */
export function explainMistake(error: unknown, help: string): string | null {
  const { code, message } = Object(error);
  if (typeof code !== "string" || !code.startsWith("ERR_PARSE_ARGS") || typeof message !== "string")
    return null;
  // The engine names in quotes what it stumbled on, and tells programmers the rest.
  const [, word = ""] = /'([^' ]+)/.exec(message) ?? [];
  switch (code) {
    case "ERR_PARSE_ARGS_UNKNOWN_OPTION":
      return tellUnknownOption(word, help);
    case "ERR_PARSE_ARGS_UNEXPECTED_POSITIONAL":
      return `"${word}" is one word too many.`;
  }
  if (message.includes("does not take an argument")) return `${word} takes no value.`;
  return message.includes("ambiguous")
    ? `${word} needs a value; one that begins with a dash is written ${word}=VALUE.`
    : `${word} needs a value.`;
}

function tellUnknownOption(option: string, help: string): string {
  const known = [...new Set(help.match(/--[a-z][a-z-]*/g))].map((one) => one.slice(2));
  const near = nearestWord(option.replace(/^-+/, ""), known);
  return `There is no option ${option}.${near === null ? "" : ` Did you mean --${near}?`}`;
}
