import { headerOf } from "./check-headers.ts";
import type { Exchange } from "./exchange.ts";

/** What no error may show of the inside, by the name of what it would give away. */
const traces: readonly (readonly [name: string, pattern: RegExp])[] = [
  ["a stack", /\n\s+at |\bat \w+ \(|node:internal|\.[cm]?[jt]s:\d+/],
  ["SQL", /\b(select\s.+\sfrom|insert into|update \w+ set|delete from|violates|syntax error at|relation ")/i],
  ["a path of the machine", /\/(work|home|root|tmp|usr|var|opt)\/|node_modules|[A-Z]:\\\\/],
  ["an address of the inside", /postgres(ql)?:\/\/|rediss?:\/\/|127\.0\.0\.1|localhost|ECONN|ENOTFOUND|::1/],
  ["a key", /\b[sp]k_(test|live)_[0-9A-Za-z]{20}/],
  ["a name of the inside", /Fastify|FST_ERR|kysely|PostgresError|TypeError|ReferenceError/],
];

/** What an error gives away that it must not: traces of the inside, and secrets that the request carried. */
export function findLeaks({ request, answer }: Exchange): string[] {
  if (answer.status < 400) return [];
  // Where the pages of errors are, and who asked, may be said.
  const shown = answer.text.replace(/"(docs|type|origin)":"[^"]*"/g, "");
  const found = traces.filter(([, pattern]) => pattern.test(shown)).map(([name]) => name);
  const told = secretsOf(request).some((secret) => shown.includes(secret)) ? ["a secret of the request"] : [];
  return [...found, ...told].map((name) => `the answer gives away ${name}`);
}

const secretMembers = /token|password|secret|otp|code/i;

function secretsOf(request: Exchange["request"]): string[] {
  const bearer = headerOf(request.headers, "authorization")?.replace(/^Bearer /, "");
  const key = headerOf(request.headers, "x-publishable-key");
  const inBody: string[] = [];
  try {
    const body = Object(JSON.parse(request.body ?? "{}")) as Record<string, unknown>;
    for (const [name, value] of Object.entries(body))
      if (typeof value === "string" && secretMembers.test(name)) inBody.push(value);
  } catch {
    // A body that is no JSON carries no secret of ours.
  }
  return [bearer, key, ...inBody].filter(
    (secret) => secret !== undefined && secret !== null && secret.length >= 6,
  ) as string[];
}
