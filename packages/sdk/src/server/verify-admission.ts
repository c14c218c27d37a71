import { requireText, StanchionError } from "../stanchion-error.ts";
import type { Surroundings } from "../surroundings.ts";
import { admissionKeysAt } from "./admission-keys.ts";
import { bytesOf, fromBase64, objectFromBase64 } from "./encodings.ts";
import { StanchionServer } from "./stanchion-server.ts";

const clockSkewSecondsDefault = 5;
const tokenCharactersMax = 4_096;

/** What {@link verifyAdmission} holds a token against. */
export interface VerifyAdmissionOptions extends Partial<Surroundings> {
  /** Where the Stanchion server is reached from here, such as `https://line.example.com`. */
  readonly url: string;
  /** The server's `PUBLIC_URL`, which its tokens name; needed where it is not `url`. */
  readonly issuer?: string | undefined;
  /** Whose token it must be: `org_…`. */
  readonly organizationId: string;
  /** The queue that it must be for. */
  readonly queueId?: string | undefined;
  /** The draw that it must be for. */
  readonly drawId?: string | undefined;
  /** The fingerprint of the fan's device, where the token must be bound to it. */
  readonly fingerprint?: string | undefined;
  /** How far this clock may be off; 5 by default. */
  readonly clockSkewSeconds?: number | undefined;
  /** Asks the server besides, which knows of this instant whether the admission was used, denied or over. Needs `secretKey`. */
  readonly validate?: boolean | undefined;
  /** `sk_…`, with `admissions:read`. */
  readonly secretKey?: string | undefined;
}

/** What a good token says. */
export interface VerifiedAdmission {
  /** `adm_…`: the same for every token of one admission. */
  readonly id: string;
  readonly consumerId: string;
  readonly organizationId: string;
  /** The queue or the draw. */
  readonly distributionId: string;
  readonly tokenIssuedAt: Date;
  /** The token's end, a minute after it was made at most; the fan's page has the next one. */
  readonly tokenExpiresAt: Date;
  /** The end of the time to buy; null where the server was not asked. */
  readonly expiresAt: Date | null;
}

/**
 * Verifies an admission token: offline by the server's public keys, which are read once and kept, and with `validate` by
 * asking the server besides. Needs `fetch` and WebCrypto with Ed25519. Consumes nothing: verify once when the fan arrives,
 * and keep a session of your own.
 *
 * @throws {StanchionError} INVALID_TOKEN (`details.reason` says what is amiss), TOKEN_EXPIRED, FP002; NETWORK_ERROR, TIMEOUT or
 * INVALID_RESPONSE where no key could be read; INVALID_ARGUMENT; with `validate` also ADMISSION_USED, ADMISSION_EXPIRED,
 * INVALID_STATE and what every call can throw.
 * @throws {TypeError} With `validate` and no secret key, or where it is no secret key.
 * @example
 * const admission = await verifyAdmission(token, {
 *   url: "https://line.example.com",
 *   organizationId: "org_…",
 *   queueId,
 * });
 */
export async function verifyAdmission(
  token: string,
  options: VerifyAdmissionOptions,
): Promise<VerifiedAdmission> {
  const text = requireText("token", token);
  checkOptions(options);
  const claims = await readSigned(text, options);
  await checkClaims(claims, options);
  const expiresAt = options.validate === true ? await askServer(text, claims, options) : null;
  return {
    id: claims.jti,
    consumerId: claims.sub,
    organizationId: claims.aud,
    distributionId: claims.dist,
    tokenIssuedAt: new Date(claims.iat * 1_000),
    tokenExpiresAt: new Date(claims.exp * 1_000),
    expiresAt,
  };
}

/** What a token says, as it stands there; times in seconds since 1970. */
interface Claims {
  readonly iss: string;
  readonly aud: string;
  readonly sub: string;
  readonly jti: string;
  readonly dist: string;
  readonly iat: number;
  readonly exp: number;
  readonly dev?: unknown;
}

function checkOptions({ url, organizationId, validate, secretKey }: VerifyAdmissionOptions): void {
  requireText("url", url);
  requireText("organizationId", organizationId);
  if (validate === true && secretKey === undefined) throw new TypeError("validate needs a secretKey.");
}

/** The claims of a token that the server has signed. */
async function readSigned(token: string, options: VerifyAdmissionOptions): Promise<Claims> {
  const [header = "", payload = "", signature = "", ...rest] = token.split(".");
  const isTooLong = token.length > tokenCharactersMax;
  const head = isTooLong || rest.length > 0 ? null : objectFromBase64(header);
  const claims = head === null ? null : objectFromBase64(payload);
  const signed = fromBase64(signature);
  if (head === null || claims === null || signed === null) throw invalidToken("malformed");
  if (head.alg !== "EdDSA" || head.typ !== "admission+jwt" || "crit" in head || typeof head.kid !== "string")
    throw invalidToken("other_type");
  const key = await admissionKeysAt(options.url, options).find(head.kid);
  if (key === null) throw invalidToken("unknown_key");
  if (!(await crypto.subtle.verify({ name: "Ed25519" }, key, signed, bytesOf(`${header}.${payload}`))))
    throw invalidToken("bad_signature");
  if (!hasClaims(claims)) throw invalidToken("malformed");
  return claims;
}

function hasClaims(claims: object): claims is Claims {
  const { iss, aud, sub, jti, dist, iat, exp } = claims as Record<string, unknown>;
  const areTexts = [iss, aud, sub, jti, dist].every((claim) => typeof claim === "string");
  return areTexts && [iat, exp].every(Number.isFinite);
}

async function checkClaims(claims: Claims, options: VerifyAdmissionOptions): Promise<void> {
  const { url, issuer, organizationId, queueId, drawId, fingerprint } = options;
  if (claims.iss !== withoutSlash(issuer ?? url)) throw invalidToken("other_issuer");
  if (claims.aud !== organizationId) throw invalidToken("other_organization");
  const wanted = [queueId, drawId].filter((id) => id !== undefined);
  if (wanted.length > 0 && !wanted.includes(claims.dist)) throw invalidToken("other_distribution");
  const skewSeconds = options.clockSkewSeconds ?? clockSkewSecondsDefault;
  const nowMs = (options.now ?? Date.now)();
  if ((claims.exp + skewSeconds) * 1_000 <= nowMs) throw tokenExpired();
  if (fingerprint !== undefined && claims.dev !== (await deviceClaim(claims.jti, fingerprint)))
    throw otherDevice();
}

/** When the admission ends, by the server, which refuses one that is good no more. */
async function askServer(token: string, claims: Claims, options: VerifyAdmissionOptions): Promise<Date> {
  const stanchion = new StanchionServer({ ...options, secretKey: options.secretKey ?? "" });
  const { fingerprint } = options;
  const body = { token, ...(fingerprint === undefined ? {} : { fingerprint }) };
  const calls = claims.dist.startsWith("draw_") ? stanchion.drawAdmissions : stanchion.admissions;
  const { admission } = await calls.validate(claims.dist, body);
  return new Date(admission.expiresAt);
}

/** SHA-256 of admission id, colon and fingerprint, in hex. */
async function deviceClaim(admissionId: string, fingerprint: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", bytesOf(`${admissionId}:${fingerprint}`));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function withoutSlash(url: string): string {
  return url.replace(/\/+$/, "");
}

const wordsByReason = {
  malformed: "It is no admission token.",
  other_type: "It is a token of another kind.",
  unknown_key: "The server does not have the key that it names.",
  bad_signature: "Its signature is not the server's.",
  other_issuer: "It is of another server. Give `issuer` the server's PUBLIC_URL.",
  other_organization: "It is of another organization, or of its other mode.",
  other_distribution: "It is for another queue or draw.",
} as const;

function invalidToken(reason: keyof typeof wordsByReason): StanchionError {
  return new StanchionError({
    code: "INVALID_TOKEN",
    type: "invalid_token",
    status: 401,
    message: `The admission token is not valid here. ${wordsByReason[reason]}`,
    details: { reason },
  });
}

function tokenExpired(): StanchionError {
  return new StanchionError({
    code: "TOKEN_EXPIRED",
    type: "token_expired",
    status: 401,
    message: "The admission token has expired. Send the fan back to the line, which has a new one.",
  });
}

function otherDevice(): StanchionError {
  return new StanchionError({
    code: "FP002",
    type: "forbidden",
    status: 403,
    message: "The admission token is not bound to this device. Go on with the device that entered.",
  });
}
