/** What is said of an operation, and what several of them share. */
import * as v from "valibot";
import type { ErrorCode } from "../errors.ts";
import { integer, text } from "../fields.ts";
import { limits } from "../limits.ts";
import type { RateClass } from "../rate-classes.ts";
import type { Role } from "../roles.ts";
import type { OperationScope } from "../scopes.ts";

/**
 * Who may call: `anyone` without a credential; `publishable` a publishable key (a secret key is accepted too);
 * `consumer` a publishable key and a consumer's access token; `maybeConsumer` as `publishable`, and besides a consumer's
 * access token where the caller has one; `secret` a secret key; `member` the session of a member; `visitor` without a
 * credential too, and from no page of another origin: who signs in; `signed` whoever signs the body. Where the operation has a least role, a member's session
 * is accepted as well.
 */
export type Access =
  | "anyone"
  | "publishable"
  | "consumer"
  | "maybeConsumer"
  | "secret"
  | "member"
  | "visitor"
  | "signed";

export interface OperationShape {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** Parameters stand in braces: `/api/v1/queues/{queueId}`. */
  readonly path: string;
  readonly tag: string;
  readonly summary: string;
  readonly access: Access;
  /** The least role of a member who may call; from the table of roles. Null or absent: it is not for members. */
  readonly leastRole?: Role | null;
  /** What a secret key must hold; from the table of scopes. Null or absent: no secret key is taken. */
  readonly scope?: OperationScope | null;
  /** Null: not limited. */
  readonly rateClass: RateClass | null;
  /** The schema of the body, where the operation takes one. */
  readonly body?: v.GenericSchema;
  /** False: the body may be left out. */
  readonly bodyNeeded?: boolean;
  /** A body that is a text of another media type than JSON, in UTF-8, instead of `body`. */
  readonly textBody?: { readonly mediaType: "text/csv"; readonly bytesMax: number };
  readonly query?: v.GenericSchema;
  readonly status: 200 | 201 | 204;
  /** The schema of the answer; absent for 204 and for answers that are not JSON. */
  readonly answer?: v.GenericSchema;
  /** The media type of an answer that is not JSON. */
  readonly answerType?: string;
  /** Reads the bytes of the body before it is parsed: they are signed. The operation judges signature and body by itself. */
  readonly takesBytes?: true;
  /** Takes an Idempotency-Key. */
  readonly idempotent?: true;
  /** Honours If-Match. */
  readonly ifMatch?: true;
  /** Sets or takes back the cookie of a session. */
  readonly setsCookie?: true;
  /** Reads a proof (RFC 9449) in the header DPoP without a token: it starts or renews a session. */
  readonly takesProof?: true;
  /** Reads X-Fingerprint. */
  readonly fingerprint?: true;
  /** A read with an ETag that honours If-None-Match: 304 to who has it already. */
  readonly ifNoneMatch?: true;
  /** Answers a part of what it reads to a Range header, with 206. */
  readonly takesRange?: true;
  /** Under load the last to be refused: whoever is admitted already buys first. */
  readonly keptLongest?: true;
  /** Answers during maintenance and under any load too. */
  readonly staysUp?: true;
  /** The refusals of its own; those that follow from the members above are added by {@link errorsOf}. */
  readonly errors: readonly ErrorCode[];
}

export const listQuery = {
  first: v.optional(integer(1, limits.listFirstMax)),
  after: v.optional(text(1, 200)),
  search: v.optional(text(1, limits.nameCharactersMax)),
};
export const secretGeneral = { access: "secret", rateClass: "general" } as const;
