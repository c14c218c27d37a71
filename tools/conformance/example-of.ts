/** An exchange as the documentation shows it: whatever differs from run to run is replaced by something fixed and readable. */
import { type ErrorExample, type OperationName, rateClasses, rateClassNames } from "@stanchion/contract";
import { type Exchange, jsonOf, type ReceivedAnswer } from "./exchange.ts";

/** An example whose body is yet to be held against the contract. */
export interface SeenExample extends Omit<ErrorExample, "response"> {
  readonly response: Omit<ErrorExample["response"], "body"> & { readonly body: unknown };
}

const textCharactersMax = 200;
/** Friday evening, before a drop. */
const shownNowMs = Date.UTC(2027, 0, 15, 18, 0, 0);
const minuteMs = 60_000;
/** By which things of one kind are told apart in an example. */
const idDigits = "0123456789abcdefghjkmnpqrstvwxyz";
const idStem = "01kf1v6rq8fzz9m3c5x7t2w4n";

const sentNames: Readonly<Record<string, string>> = {
  accept: "Accept",
  authorization: "Authorization",
  "content-length": "Content-Length",
  "content-type": "Content-Type",
  cookie: "Cookie",
  "idempotency-key": "Idempotency-Key",
  "if-match": "If-Match",
  origin: "Origin",
  "x-broken": "X-Broken",
  "x-fingerprint": "X-Fingerprint",
  "x-forwarded-for": "X-Forwarded-For",
  "x-line-token": "X-Line-Token",
  "x-publishable-key": "X-Publishable-Key",
};
/** In the order they are shown in. */
const receivedNames = [
  "Content-Type",
  "X-Request-Id",
  "Retry-After",
  "WWW-Authenticate",
  "Allow",
  "ETag",
  "X-RateLimit-Limit",
  "X-RateLimit-Remaining",
  "X-RateLimit-Reset",
  "RateLimit-Policy",
  "RateLimit",
];

/** @param nowMs the time at which the exchange took place, by the server's clock */
export function exampleOf(
  operation: OperationName | null,
  { request, answer }: Exchange,
  nowMs: number,
): SeenExample {
  const window = windowOf(answer);
  // What is left of a window is shown as all of it: how long a run took must not be seen.
  const shownSeconds = (seconds: number): number =>
    answer.status === 429 && window !== null ? window : roundSeconds(seconds);
  const requestId = answer.headers.get("x-request-id") ?? "";
  const show = createReplacer({ nowMs, requestId, shownSeconds });
  const headers = Object.entries(request.headers).flatMap(([name, value]): [string, string][] => {
    const shown = sentNames[name.toLowerCase()];
    return shown === undefined ? [] : [[shown, shorten(show.text(value))]];
  });
  const counted = rateLimitHeaders(answer);
  const received = receivedNames.flatMap((name): [string, string][] => {
    const value = answer.headers.get(name);
    if (value === null) return [];
    if (name === "Retry-After") return [[name, String(shownSeconds(Number(value)))]];
    return [[name, counted[name] ?? String(show.value(value))]];
  });
  const body = bodyOf(request.body);
  return {
    operation,
    request: {
      method: request.method,
      path: shorten(show.text(request.path)),
      headers: Object.fromEntries(headers),
      ...(body === undefined ? {} : { body: show.value(withShownCode(body)) }),
    },
    response: {
      status: answer.status,
      headers: Object.fromEntries(received),
      body: show.value(jsonOf(answer)),
    },
  };
}

/** The body as JSON where it is that, else as the text it is. */
function bodyOf(text: string | null): unknown {
  if (text === null) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** A one-time code is another in each run. */
function withShownCode(body: unknown): unknown {
  if (typeof body !== "object" || body === null || !("code" in body)) return body;
  return /^\d{6}$/.test(String(body.code)) ? { ...body, code: "452599" } : body;
}

function shorten(text: string): string {
  if (text.length <= textCharactersMax) return text;
  return `${text.slice(0, 60)}… (${text.length} characters)`;
}

function windowOf({ headers }: ReceivedAnswer): number | null {
  const seconds = /;w=(\d+)$/.exec(headers.get("ratelimit-policy") ?? "")?.[1];
  return seconds === undefined ? null : Number(seconds);
}

function createReplacer({
  nowMs,
  requestId,
  shownSeconds,
}: {
  nowMs: number;
  requestId: string;
  shownSeconds: (seconds: number) => number;
}) {
  const ids = new Map([[requestId, `req_${idStem}0`]]);
  const replaceId = (found: string, prefix: string): string => {
    const known = ids.get(found);
    if (known !== undefined) return known;
    const number = [...ids.values()].filter((id) => id.startsWith(`${prefix}_`)).length;
    const made = `${prefix}_${idStem}${idDigits[number] ?? "z"}`;
    ids.set(found, made);
    return made;
  };
  const text = (given: string): string =>
    given
      .replace(/\b([sp])k_(test|live)_[0-9A-Za-z]{30,}/g, (_, kind: string) =>
        kind === "s" ? "sk_test_YOUR_SECRET_KEY" : "pk_test_YOUR_PUBLISHABLE_KEY",
      )
      .replace(/\b([a-z]+)_[0-9a-hjkmnp-tv-z]{26}\b/g, replaceId)
      .replace(/\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/g, (time) => shownTime(Date.parse(time), nowMs))
      .replace(/\b([a-z]+)-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}(?=@)/g, "$1")
      .replace(/(?<=[ -])[0-9a-f]{12}\b/g, "4711")
      .replace(/ 4711$/, "")
      .replace(/\b(?:127\.0\.0\.1|localhost):\d+/g, "localhost:4800")
      .replace(/\beyJ[\w-]+\.[\w-]+\.[\w-]+/g, "ADMISSION_TOKEN")
      .replace(/^Bearer [\w-]{80,}$/, "Bearer ACCESS_TOKEN")
      .replace(/\b(stanchion_session|stanchion_devices)=[\w.-]+/g, (_, name: string) =>
        name === "stanchion_session" ? `${name}=SESSION` : `${name}=KNOWN_DEVICES`,
      )
      .replace(/(?<=Wait )\d+(?= s)/, (seconds) => String(shownSeconds(Number(seconds))));

  const value = (given: unknown, name = ""): unknown => {
    if (given === requestId) return ids.get(requestId);
    if (Array.isArray(given)) return given.map((inner) => value(inner));
    if (given !== null && typeof given === "object")
      return Object.fromEntries(Object.entries(given).map(([key, inner]) => [key, value(inner, key)]));
    if (typeof given === "number" && name === "retryAfter") return shownSeconds(given);
    if (typeof given !== "string") return given;
    if (name === "signature") return "SIGNATURE";
    // Hashes and salts are others in every run.
    if (/^([0-9a-f]{32}){1,2}$/.test(given)) return someHex.slice(0, given.length);
    if (/Token$/.test(name) && given.length > 30) return name.replace(/([A-Z])/g, "_$1").toUpperCase();
    return shorten(text(given));
  };

  return { text, value };
}

const someHex = "4f53cda18c2baa0c0354bb5f9a3ecbe5ed12ab4d8e11ba873c2f11161202b945";

/** What counts calls, with the contract's own limits and as if few calls had been made before. */
function rateLimitHeaders({ status, headers }: ReceivedAnswer): Readonly<Record<string, string>> {
  const policy = /^"(\w+)";/.exec(headers.get("ratelimit-policy") ?? "")?.[1];
  const rateClass = rateClassNames.find((known) => known === policy);
  if (rateClass === undefined) return {};
  const { limit, windowSeconds } = rateClasses[rateClass];
  const remaining = status === 429 ? 0 : limit - 1;
  return {
    "X-RateLimit-Limit": String(limit),
    "X-RateLimit-Remaining": String(remaining),
    "X-RateLimit-Reset": String(shownNowMs / 1000 + windowSeconds),
    "RateLimit-Policy": `"${rateClass}";q=${limit};w=${windowSeconds}`,
    RateLimit: `"${rateClass}";r=${remaining};t=${windowSeconds}`,
  };
}

/** As far from the shown time as it was from the real one, in whole minutes. */
function shownTime(timeMs: number, nowMs: number): string {
  const minutes = Math.round((timeMs - nowMs) / minuteMs);
  return new Date(shownNowMs + minutes * minuteMs).toISOString();
}

/** What may differ by a second between two runs comes to the same. */
function roundSeconds(seconds: number): number {
  return seconds <= 5 ? seconds : Math.round(seconds / 10) * 10;
}
