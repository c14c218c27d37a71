import { type OperationName, operationOf } from "./operations.ts";

/** The name of an operation in the client for servers: `queues.create`. */
export interface CallName {
  readonly group: string;
  readonly method: string;
}

/**
 * How the client for servers names this operation: its verb, in the group of its noun. What is about the service as a
 * whole keeps its name.
 *
 * @example callNameOf("createQueue") // { group: "queues", method: "create" }
 */
export function callNameOf(name: OperationName): CallName {
  const { tag } = operationOf(name);
  const [, verb, noun] = /^([a-z]+)([A-Z]\w*)$/.exec(name) ?? [];
  if (verb === undefined || noun === undefined || tag === "service") return { group: tag, method: name };
  return { group: pluralOf(noun.charAt(0).toLowerCase() + noun.slice(1)), method: verb };
}

function pluralOf(noun: string): string {
  if (noun.endsWith("s")) return noun;
  return /[^aeiou]y$/.test(noun) ? `${noun.slice(0, -1)}ies` : `${noun}s`;
}
