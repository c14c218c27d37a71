import type { OwnedRequestRecord } from "@stanchion/server";
import { readCode, retryAdvice } from "./explain-code.ts";

/** What became of a request, as a story for people. */
export function explainRequest(requestId: string, record: OwnedRequestRecord): string {
  const { answered } = record;
  const lines: [string, string | null][] = [
    ["Asked", asked(record)],
    ["By", caller(record)],
    ["Answered", answer(record)],
    ["When", `${record.answeredAt}, after ${record.tookMs} ms, by the process ${record.process}`],
    ["Why", answered.message],
    ["Facts", facts(answered.details)],
    ["Fields", answered.issues.map(issue).join(", ") || null],
    ["Limit", limit(record)],
    ["What to do", answered.todo],
    ["Try again", tryAgain(record)],
    ["Page", answered.docs],
  ];
  const told = lines.flatMap(([name, text]) => (text === null ? [] : [`  ${name.padEnd(12)}${text}`]));
  return `${requestId}\n\n${told.join("\n")}`;
}

function asked({ asked: { method, path, operation } }: OwnedRequestRecord): string {
  if (method === null) return "something that is not HTTP, or that never came to its end";
  return `${method} ${path ?? ""}${operation === null ? "" : `   (${operation})`}`;
}

function caller(record: OwnedRequestRecord): string {
  const { organizationId, isLive } = record;
  const { credential, keyId, keyName, consumerId, memberId } = record.asked;
  const kind = {
    none: "nobody known",
    publishable_key: "a publishable key",
    consumer_token: "a consumer",
    secret_key: "a secret key",
    member_session: "the member",
  };
  const key =
    keyId === null
      ? ""
      : ` ${consumerId === null ? "" : "with the key "}${keyId}${keyName === null ? "" : ` "${keyName}"`}`;
  const person = consumerId ?? memberId;
  const who = `${kind[credential]}${person === null ? "" : ` ${person}`}${key}`;
  if (organizationId !== null) return `${who} of ${organizationId}, ${isLive ? "live" : "test"}`;
  if (credential === "none") return who;
  // Where the address or the method is wrong, nobody asks whose the call is.
  return `${who} that was ${record.answered.status === 401 ? "not accepted" : "not looked at"}`;
}

function answer({ answered: { status, error, code, isReplay } }: OwnedRequestRecord): string {
  const words = [status, error, code].filter((word) => word !== null).join(" ");
  return isReplay ? `${words}, the first answer under the same Idempotency-Key sent again` : words;
}

function facts(details: Readonly<Record<string, unknown>>): string | null {
  const told = Object.entries(details).map(([name, value]) => `${name} ${String(value)}`);
  return told.length === 0 ? null : told.join(", ");
}

function issue({ type, path }: OwnedRequestRecord["answered"]["issues"][number]): string {
  return `${path.map(({ key }) => key).join(".") || "the body"}: ${type}`;
}

function limit({ rateLimit, answered }: OwnedRequestRecord): string | null {
  if (rateLimit === null) return null;
  const { class: name, limit: most, windowSeconds, countedPer, remaining, resetAt } = rateLimit;
  const left = answered.code === "RATE_LIMITED" ? "none left" : `${remaining} left`;
  return `${name}: ${most} calls in ${windowSeconds} s for each ${countedPer}; ${left} until ${resetAt}`;
}

function tryAgain({ answered }: OwnedRequestRecord): string | null {
  if (answered.code === null) return null;
  const code = readCode(answered.code);
  if (code === null) return answered.retryable ? "Yes." : "No.";
  if (code === "CONCURRENT_MODIFICATION" && !answered.retryable)
    return "Read it again first: If-Match was sent.";
  return retryAdvice(code);
}
