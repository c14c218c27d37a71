/** Holds the log of every server of a test file against the secrets that its calls sent and were given. */

const secretHeaders = [
  "authorization",
  "x-publishable-key",
  "x-line-token",
  "x-fingerprint",
  "idempotency-key",
];
const cookieHeaders = ["cookie", "set-cookie"];
const secretMembers =
  /^(accessToken|refreshToken|lineToken|token|key|secret|secretKey|publishableKey|exchangeCode|carryCode|code|recoveryCodes|password|currentPassword|newPassword|fingerprint)$/;

/** Codes of refusals, and the fields that an issue's path names. */
const notSecret = /^([A-Z][A-Z0-9_]*|[a-z][A-Za-z]*)$/;
/** Shorter ones are words that stand in a log anyway. */
const secretCharactersMin = 10;
/** Bodies of the API are flat; those of tests that torture the parser are not. */
const depthMax = 8;
const oneTimeCode = /^\d{6}$/;
const gramCharacters = 10;
/** From here on half of it is a leak too. */
const longCharactersMin = 32;

const oneTimeCodes = new Set<string>();
/** Ten characters at the end, and for long ones in the middle, with the secrets that have them there. */
const grams = new Map<string, Set<string>>();
/** Alike lines once: those of other moments and requests are the same. */
const lines = new Set<string>();

/** What a call sends or is answered, as far as it may hold a secret. */
export interface Carrier {
  readonly headers: Headers | Readonly<Record<string, string | undefined>>;
  /** JSON, as a text or read already; anything else holds no member that could be found. */
  readonly body: unknown;
}

/** Remembers a text that must not stand in a log. */
export function noteSecret(secret: unknown): void {
  if (typeof secret !== "string") return;
  if (oneTimeCode.test(secret)) oneTimeCodes.add(secret);
  if (secret.length < secretCharactersMin) return;
  noteGram(secret.slice(-gramCharacters), secret);
  const middle = secret.length >> 1;
  if (secret.length >= longCharactersMin) noteGram(secret.slice(middle - gramCharacters, middle), secret);
}

function noteGram(gram: string, secret: string): void {
  const known = grams.get(gram);
  if (known === undefined) grams.set(gram, new Set([secret]));
  else known.add(secret);
}

/** Remembers the secrets of a request or an answer: those of its headers and cookies, and of its body by their members' names. */
export function noteSecretsOf({ headers, body }: Carrier): void {
  const all: Iterable<[string, string | undefined]> =
    headers instanceof Headers ? headers.entries() : Object.entries(headers);
  for (const [name, value = ""] of all) {
    if (secretHeaders.includes(name.toLowerCase())) noteSecret(value.replace(/^Bearer /, ""));
    if (cookieHeaders.includes(name.toLowerCase()))
      for (const cookie of value.split(/; */)) noteSecret(/stanchion_\w+=([^;,]+)/.exec(cookie)?.[1]);
  }
  noteMembers(typeof body === "string" ? readJson(body) : body);
}

function noteMembers(value: unknown, depth = 0): void {
  if (typeof value !== "object" || value === null || depth > depthMax) return;
  for (const [name, member] of Object.entries(value)) {
    if (secretMembers.test(name))
      for (const secret of [member].flat()) if (!notSecret.test(String(secret))) noteSecret(secret);
    noteMembers(member, depth + 1);
  }
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** Remembers a line of a server's log, but for the request id, which may be any word of the caller's own. */
export function noteLogLine(line: string): void {
  lines.add(line.replace(/,"(time|requestId)":"[^"]*"/g, ""));
}

/** Every line so far that holds a secret so far; both are forgotten. */
export function takeLinesWithSecrets(): string[] {
  const found = [...lines].filter((line) => holdsAny(line));
  for (const memory of [lines, grams, oneTimeCodes]) memory.clear();
  return found;
}

function holdsAny(line: string): boolean {
  const digits = line.match(/(?<![\w.])\d{6}(?!\w)/g) ?? [];
  if (digits.some((code) => oneTimeCodes.has(code))) return true;
  for (let at = 0; at + gramCharacters <= line.length; at += 1) {
    const known = grams.get(line.slice(at, at + gramCharacters));
    if (known === undefined) continue;
    for (const secret of known) if (secret.length >= longCharactersMin || line.includes(secret)) return true;
  }
  return false;
}

/** Throws where a log of this test file holds a secret. */
export function refuseLoggedSecrets(): void {
  const found = takeLinesWithSecrets();
  if (found.length > 0)
    throw new Error(`the log holds secrets, in ${found.length} lines:\n${found.slice(0, 5).join("")}`);
}
