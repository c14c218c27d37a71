import {
  callNameOf,
  errorsOf,
  errorTable,
  type OperationName,
  type OperationShape,
  operationNames,
  operationOf,
} from "@stanchion/contract";

/** The source of the SDK's table of calls for servers: every operation that needs no consumer and no member. */
export function serverCallsSource(): string {
  const groups = new Map<string, string[]>();
  for (const name of operationNames) {
    if (ofPeople.includes(operationOf(name).access)) continue;
    const { group, method } = callNameOf(name);
    groups.set(group, [...(groups.get(group) ?? []), callSource(name, method)]);
  }
  const sources = [...groups].map(([group, calls]) => `  ${group}: {\n${calls.join("")}  },\n`);
  return `// Made from packages/contract by npm run generate.
import type { CallShape } from "./call-shape.ts";

/** Every call of {@link StanchionServer}, by group and name. */
export const serverCalls = {
${sources.join("")}} as const satisfies Record<string, Record<string, CallShape>>;
`;
}

const ofPeople: readonly OperationShape["access"][] = ["consumer", "member", "visitor", "signed"];

function callSource(name: OperationName, method: string): string {
  const operation = operationOf(name);
  return `    /**
     * ${operation.summary}.
     *
     * @throws {StanchionError} ${ownCodes(operation)} and what every call can throw.
     */
    ${method}: {
      operation: "${name}",
      method: "${operation.method}",
      path: "${operation.path}",
      input: "${inputOf(operation)}",
      answer: "${answerOf(name, operation)}",
      isPublic: ${operation.access === "anyone"},
    },
`;
}

/** The refusals that depend on what is asked, not on how. */
function ownCodes(operation: OperationShape): string {
  const own = errorsOf(operation).filter((code) => {
    const { status } = errorTable[code];
    const isOwn = operation.errors.includes(code) || code === "VALIDATION_ERROR";
    return isOwn && (status === 401 || status === 403 || status === 404 || status === 409 || status === 422);
  });
  return own.length === 0 ? "RATE_LIMITED" : own.join(", ");
}

function inputOf({ body, textBody, query }: OperationShape): "body" | "text" | "query" | "none" {
  if (textBody !== undefined) return "text";
  const hasMembers = Object.keys((body as { entries?: object } | undefined)?.entries ?? {}).length > 0;
  if (hasMembers) return "body";
  return query === undefined ? "none" : "query";
}

function answerOf(name: OperationName, { answer, answerType }: OperationShape): string {
  if (answer !== undefined) return name.startsWith("list") ? "list" : "json";
  if (answerType === undefined) return "nothing";
  if (answerType === "text/event-stream") return "events";
  return answerType.startsWith("text/") ? "text" : "bytes";
}
