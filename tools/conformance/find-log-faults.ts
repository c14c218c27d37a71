import type { Checked } from "./check-exchange.ts";
import type { ConformanceServer } from "./conformance-server.ts";
import type { Exchange } from "./exchange.ts";

/** Where the log of a server does not tell of an error under its request id. */
export function findLogFaults(
  { logOf }: ConformanceServer,
  { answer }: Exchange,
  { code }: Checked,
): string[] {
  const requestId = answer.headers.get("x-request-id");
  if (logOf === undefined || code === null || requestId === null) return [];
  // A replay tells of the first request, which was logged when it came, or is a success.
  if (answer.headers.get("idempotent-replayed") === "true") return [];
  const lines = logOf(requestId).filter((line) => line.code === code);
  const [line] = lines;
  if (line === undefined) return [`the log has no line with ${code} under ${requestId}`];
  const stack: unknown = Object(line.err).stack;
  if (code === "INTERNAL_ERROR" && (line.level !== "error" || typeof stack !== "string"))
    return [`the log does not tell what broke under ${requestId}`];
  return [];
}
