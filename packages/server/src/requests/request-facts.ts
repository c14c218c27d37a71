import {
  type CredentialKind,
  encodeId,
  type OperationName,
  operationOf,
  rateClasses,
  type ValidationIssue,
} from "@stanchion/contract";
import type { AnsweredRequest, Refusal, Tenant } from "../platform/http/index.ts";
import { maskSecrets } from "../platform/log.ts";

/** What is kept of a request: nothing that is a secret, a person's, or longer than it needs to be. */
export interface RequestFacts {
  readonly method: string | null;
  readonly path: string | null;
  readonly operation: OperationName | null;
  readonly credential: CredentialKind;
  readonly keyId: string | null;
  readonly consumerId: string | null;
  readonly memberId?: string | null;
  readonly status: number;
  readonly code: string | null;
  readonly details: Readonly<Record<string, unknown>>;
  readonly issues: readonly Pick<ValidationIssue, "type" | "path">[];
  readonly retryable: boolean;
  readonly isReplay: boolean;
  readonly tookMs: number;
  readonly rateLimit: {
    readonly class: string;
    readonly limit: number;
    readonly windowSeconds: number;
    readonly countedPer: string;
    readonly remaining: number;
    readonly resetAt: string;
  } | null;
}

/** Whose a request is: of the credential that was accepted, or of the publishable key that came with a refused token. */
export function tenantOf({ call }: AnsweredRequest): Tenant | null {
  if (call === null) return null;
  return call.actor.kind === "anyone" ? (call.key?.tenant ?? null) : call.actor.tenant;
}

export function factsOf(answered: AnsweredRequest): RequestFacts {
  const { call, refusal } = answered;
  return {
    method: answered.method,
    path: pathOf(answered),
    operation: call?.operation ?? null,
    ...credentialOf(answered),
    status: answered.status,
    code: refusal?.code ?? null,
    details: refusal === null ? {} : keptDetails(refusal.details),
    issues: refusal === null ? [] : keptIssues(refusal.issues),
    retryable: refusal?.retryable ?? false,
    isReplay: answered.isReplay,
    tookMs: Math.round(answered.tookMs * 10) / 10,
    rateLimit: rateLimitOf(answered),
  };
}

const pathCharactersMax = 200;
const segmentCharactersMax = 40;
const idShape = /^(?:[a-z]{2,8}_[0-9a-hjkmnp-tv-z]{26}|\d{1,10})$/;

/** The address with the ids that it names. Whatever else stands where an id should may be a secret that was pasted there. */
function pathOf({ url, call }: AnsweredRequest): string | null {
  if (url === null) return null;
  const [sent = ""] = url.split("?", 1);
  const segments = sent.split("/");
  if (call === null || call.operation === null)
    return cut(
      segments.map((segment) => (segment.length > segmentCharactersMax ? "…" : segment)).join("/"),
      pathCharactersMax,
    );
  const pattern = operationOf(call.operation).path.split("/");
  return pattern
    .map((part, index) =>
      part.startsWith("{") && idShape.test(segments[index] ?? "") ? segments[index] : part,
    )
    .join("/");
}

function credentialOf({
  call,
  credentials,
}: AnsweredRequest): Pick<RequestFacts, "credential" | "keyId" | "consumerId" | "memberId"> {
  const actor = call?.actor ?? { kind: "anyone" };
  const keyId = idOfKey(actor.kind === "key" ? actor.keyId : call?.key?.keyId);
  switch (actor.kind) {
    case "key":
      return {
        credential: actor.keyKind === "secret" ? "secret_key" : "publishable_key",
        keyId,
        consumerId: null,
        memberId: null,
      };
    case "consumer": {
      const consumerId = encodeId("consumer", actor.consumerId);
      return { credential: "consumer_token", keyId, consumerId, memberId: null };
    }
    case "member": {
      const memberId = encodeId("member", actor.memberId);
      return { credential: "member_session", keyId: null, consumerId: null, memberId };
    }
    case "anyone":
      return { credential: kindSent(credentials), keyId, consumerId: null, memberId: null };
  }
}

function kindSent({ authorization, publishableKey }: AnsweredRequest["credentials"]): CredentialKind {
  if (authorization !== undefined)
    return /^bearer\s+sk_/i.test(authorization) ? "secret_key" : "consumer_token";
  return publishableKey === undefined ? "none" : "publishable_key";
}

const uuidShape = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** The key of the server's own pages is in no table and has no id. */
function idOfKey(keyId: string | undefined): string | null {
  return keyId !== undefined && uuidShape.test(keyId) ? encodeId("apiKey", keyId) : null;
}

const detailsMax = 10;
// The longest hint of a refusal is a part of its message, and fits.
const textCharactersMax = 200;
const keyCharactersMax = 40;
/** An entry comes back in the details of some refusals, with its tokens. */
const secretName = /token|secret|password|receipt|otp|fingerprint|email|phone|address/i;

/** The flat facts among the details: states, limits, ids and times. */
function keptDetails(details: Refusal["details"]): Record<string, unknown> {
  const kept: Record<string, unknown> = {};
  let count = 0;
  for (const [name, value] of Object.entries(details)) {
    if (count === detailsMax) break;
    if (secretName.test(name) || !isFlat(value)) continue;
    kept[cut(name, keyCharactersMax)] = typeof value === "string" ? cut(value, textCharactersMax) : value;
    count += 1;
  }
  return kept;
}

function isFlat(value: unknown): boolean {
  return (
    value === null || typeof value === "string" || typeof value === "number" || typeof value === "boolean"
  );
}

const issuesMax = 10;
// The last element is the field.
const pathElementsMax = 4;

function keptIssues(issues: Refusal["issues"]): RequestFacts["issues"] {
  return issues.slice(0, issuesMax).map(({ type, path }) => ({
    type,
    path: path.slice(-pathElementsMax).map((element) => ({
      type: element.type,
      key: typeof element.key === "string" ? cut(element.key, keyCharactersMax) : element.key,
    })),
  }));
}

/** A text as the database takes it. Masked before it is cut: half a key is not known for one. */
function cut(text: string, charactersMax: number): string {
  return maskSecrets(text).slice(0, charactersMax).toWellFormed().replaceAll("\0", "\ufffd");
}

function rateLimitOf({ call }: AnsweredRequest): RequestFacts["rateLimit"] {
  const verdict = call?.verdict ?? null;
  if (verdict === null) return null;
  return {
    class: verdict.rateClass,
    limit: verdict.limit,
    windowSeconds: verdict.windowSeconds,
    countedPer: rateClasses[verdict.rateClass].countedPer,
    remaining: verdict.remaining,
    resetAt: new Date(verdict.windowEndsAtMs).toISOString(),
  };
}
