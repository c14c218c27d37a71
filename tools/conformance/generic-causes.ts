/** Causes that are the same for all operations of a kind: each becomes a case for every operation it applies to. */
import {
  type ErrorCode,
  errorCodes,
  limits,
  type OperationName,
  type OperationShape,
  operationNames,
  operationOf,
  pathIdKinds,
  rateClasses,
} from "@stanchion/contract";
import { type CaseContext, expectJson, type SendOptions, type Session } from "./case-context.ts";
import type { ConformanceCase, Keys, Need } from "./conformance-case.ts";
import type { Exchange } from "./exchange.ts";
import { createdKind, goodBody, ownPath } from "./own-paths.ts";
import { bodyOfAnotherType, bodyThatBreaksRule, hasFields } from "./sample-bodies.ts";
import { type SignedHook, sendSigned, signedHook } from "./signed-hook.ts";

interface Target {
  readonly name: OperationName;
  readonly operation: OperationShape;
}

interface GenericCause {
  readonly code: ErrorCode;
  readonly cause: string;
  readonly needs?: readonly Need[];
  readonly applies: (operation: OperationShape, name: OperationName) => boolean;
  readonly provoke: (ctx: CaseContext, target: Target) => Promise<Exchange>;
}

/** The cases of every generic cause. */
export function genericCases(): ConformanceCase[] {
  return genericCauses.flatMap((cause) =>
    operationNames
      .filter((name) => cause.applies(operationOf(name), name))
      .map((name): ConformanceCase => {
        const operation = operationOf(name);
        return {
          code: cause.code,
          operation: name,
          cause: cause.cause,
          needs: [...(cause.needs ?? []), ...needsOfAccess(operation)],
          provoke: (ctx) => cause.provoke(ctx, { name, operation }),
        };
      }),
  );
}

function needsOfAccess({ access }: OperationShape): Need[] {
  if (access === "member") return ["member"];
  const withoutOne = ["anyone", "visitor", "signed", "secret"];
  return withoutOne.includes(access) ? [] : ["publishable key"];
}

const isLimited = ({ rateClass }: OperationShape): boolean => rateClass !== null;
const isForAnyone = ({ access }: OperationShape): boolean =>
  access === "anyone" || access === "visitor" || access === "signed";
const isForSomeone = (operation: OperationShape): boolean => !isForAnyone(operation);
const isWrite = ({ method }: OperationShape): boolean => method !== "GET";
const isApi = ({ path }: OperationShape): boolean => path.startsWith("/api/");
const takesTable = ({ textBody }: OperationShape): boolean => textBody?.mediaType === "text/csv";
const isIdempotent = ({ idempotent }: OperationShape): boolean => idempotent === true;
/** Entering and leaving keep their keys with the entry; they have cases of their own. */
const keepsAnswers = (operation: OperationShape): boolean => operation.access !== "consumer";
const lockedInOwnCases: readonly OperationName[] = [
  "acceptInvitation",
  "signOut",
  "confirmSecondFactor",
  "requestPasswordReset",
  "resetPassword",
  "requestTurnMail",
  "cancelTurnMail",
];
let visitors = 0;
const everything = (): boolean => true;

/** A call that is right in everything that comes before its body: credential, path with ids that name nothing. */
async function call(ctx: CaseContext, { operation }: Target, options: SendOptions & { path?: string } = {}) {
  if (operation.access === "signed") {
    const { search } = new URL(options.path ?? "", ctx.server.url);
    return sendSigned(ctx, await signedHook(ctx), options, search);
  }
  const { path = ctx.path(operation.path), ...more } = options;
  const own = await credential(ctx, operation);
  const headers = { ...own.headers, ...textType(operation, more), ...more.headers };
  return ctx.send(operation.method, path, { ...own, ...more, headers });
}

/** The type of a text that is sent to an operation that takes one. */
function textType({ textBody }: OperationShape, { rawBody }: SendOptions): SendOptions["headers"] {
  return textBody === undefined || rawBody === undefined ? {} : { "Content-Type": textBody.mediaType };
}

async function credential(ctx: CaseContext, { access }: OperationShape): Promise<SendOptions> {
  switch (access) {
    case "anyone":
    case "visitor":
    case "signed":
      return {};
    case "member":
      return { headers: ctx.need("member").headers };
    case "publishable":
    case "maybeConsumer":
      return { publishableKey: ctx.publishableKey };
    case "secret":
      return { bearer: ctx.secretKey };
    case "consumer":
      return sessionOptions(await ctx.sharedSession());
  }
}

function sessionOptions({ publishableKey, bearer }: Session): SendOptions {
  return { publishableKey, bearer };
}

/** A body that can be read, where the operation needs one. */
function bodyFor({ operation }: Target): SendOptions {
  if (operation.textBody !== undefined) return { rawBody: "sku\n" };
  return operation.body !== undefined && operation.bodyNeeded !== false ? { body: {} } : {};
}

/** A body that keeps every rule, where the operation needs one. */
async function goodBodyFor(ctx: CaseContext, { name, operation }: Target): Promise<SendOptions> {
  if (operation.textBody !== undefined)
    return { rawBody: `sku,name\n${ctx.uniqueName("table").replace(" ", "-")},Shirt\n` };
  if (operation.body === undefined || operation.bodyNeeded === false) return {};
  if (operation.takesBytes)
    return { body: { type: "order.paid", data: { externalId: ctx.uniqueName("order") } } };
  return { body: await goodBody(ctx, name) };
}

const nobodysCookie = `stanchion_session=${"nobody".repeat(8).slice(0, 43)}`;

/** The same with these keys; of a consumer the token never comes to be looked at. Who signs in has a cookie, and a body. */
async function withKeys(
  ctx: CaseContext,
  target: Target,
  keys: Keys,
  path = ctx.path(target.operation.path),
) {
  const { method, access } = target.operation;
  const headers = { Cookie: nobodysCookie, Origin: ctx.server.url };
  const options: Record<OperationShape["access"], SendOptions> = {
    anyone: {},
    signed: {},
    visitor: { headers },
    member: { headers },
    publishable: { publishableKey: keys.publishableKey },
    maybeConsumer: { publishableKey: keys.publishableKey },
    consumer: { publishableKey: keys.publishableKey, bearer: "nobody.made.this" },
    secret: { bearer: keys.secretKey },
  };
  const body = access === "visitor" ? await goodBodyFor(ctx, target) : {};
  return ctx.send(method, path, { ...options[access], ...body });
}

const missingCredential: Record<
  Exclude<OperationShape["access"], "anyone" | "visitor" | "signed">,
  ErrorCode
> = {
  publishable: "PUBLISHABLE_KEY_REQUIRED",
  maybeConsumer: "PUBLISHABLE_KEY_REQUIRED",
  consumer: "PUBLISHABLE_KEY_REQUIRED",
  member: "AUTHENTICATION_REQUIRED",
  secret: "SECRET_KEY_REQUIRED",
};

/** The parameters of paths that are ids, each with the code of a thing that is not there. */
const idParameters = Object.entries(pathIdKinds).flatMap(([parameter, kind]) => {
  const words = kind.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase();
  const code = errorCodes.find((known) => known === `${words}_NOT_FOUND`);
  return code === undefined ? [] : [{ parameter, code }];
});

/** Writes head and half a header, and nothing more. */
function bytesOf({ operation }: Target, path: string, headers: string): string {
  return `${operation.method} ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n${headers}`;
}

const genericCauses: readonly GenericCause[] = [
  // Before an operation is found.
  {
    code: "MALFORMED_REQUEST",
    cause: "a control character in a header",
    applies: everything,
    provoke(ctx, target) {
      const path = ctx.path(target.operation.path);
      return ctx.sendRaw(bytesOf(target, path, "X-Broken: a\0b\r\n\r\n"), {
        method: target.operation.method,
        path,
        headers: { "X-Broken": "a\0b" },
      });
    },
  },
  {
    code: "REQUEST_TIMEOUT",
    cause: "headers that do not end",
    needs: ["patience"],
    applies: everything,
    provoke(ctx, target) {
      const path = ctx.path(target.operation.path);
      return ctx.sendRaw(bytesOf(target, path, ""), { method: target.operation.method, path });
    },
  },
  {
    code: "URI_TOO_LONG",
    cause: "a query of 8 KiB",
    applies: everything,
    provoke: (ctx, target) =>
      call(ctx, target, { path: `${ctx.path(target.operation.path)}?x=${"x".repeat(limits.urlBytesMax)}` }),
  },
  {
    code: "HEADERS_TOO_LARGE",
    cause: "a cookie of 20,000 bytes",
    applies: everything,
    provoke: (ctx, target) => call(ctx, target, { headers: { Cookie: "x".repeat(20_000) } }),
  },
  {
    code: "DEPLOYING",
    cause: "a server that is told to stop",
    needs: ["draining server"],
    applies: ({ path, answerType }) => path !== "/health/live" && answerType !== "text/event-stream",
    provoke: (ctx, { operation }) => ctx.sendWhileDraining(operation.method, ctx.path(operation.path)),
  },
  {
    code: "MAINTENANCE",
    cause: "maintenance that the operator has announced",
    needs: ["maintenance"],
    applies: ({ staysUp, answerType }) => !staysUp && answerType !== "text/event-stream",
    provoke: (ctx, { operation }) => ctx.send(operation.method, ctx.path(operation.path)),
  },

  // The credential.
  {
    code: "SECRET_KEY_REQUIRED",
    cause: "a publishable key where a secret one is needed",
    needs: ["publishable key"],
    applies: ({ access }) => access === "secret",
    provoke: (ctx, { operation }) =>
      ctx.send(operation.method, ctx.path(operation.path), { publishableKey: ctx.publishableKey }),
  },
  {
    code: "PUBLISHABLE_KEY_REQUIRED",
    cause: "no credential",
    applies: ({ access }) =>
      access !== "anyone" &&
      access !== "visitor" &&
      access !== "signed" &&
      missingCredential[access] === "PUBLISHABLE_KEY_REQUIRED",
    provoke: (ctx, { operation }) => ctx.send(operation.method, ctx.path(operation.path)),
  },
  {
    code: "AUTHENTICATION_REQUIRED",
    cause: "a publishable key alone",
    applies: ({ access }) => access === "consumer",
    provoke: (ctx, { operation }) =>
      ctx.send(operation.method, ctx.path(operation.path), { publishableKey: ctx.publishableKey }),
  },
  {
    code: "AUTHENTICATION_REQUIRED",
    cause: "no cookie",
    applies: ({ access }) => access === "member",
    provoke: (ctx, { operation }) => ctx.send(operation.method, ctx.path(operation.path)),
  },
  {
    code: "INVALID_TOKEN",
    cause: "a cookie that nobody was given",
    applies: ({ leastRole }) => leastRole !== null,
    provoke: (ctx, { operation }) =>
      ctx.send(operation.method, ctx.path(operation.path), {
        headers: { Cookie: nobodysCookie, Origin: ctx.server.url },
      }),
  },
  {
    code: "INSUFFICIENT_ROLE",
    cause: "a viewer",
    needs: ["viewer"],
    applies: ({ leastRole }) => leastRole !== null && leastRole !== "viewer",
    provoke: (ctx, { operation }) =>
      ctx.send(operation.method, ctx.path(operation.path), { headers: ctx.need("viewer").headers }),
  },
  {
    code: "TOKEN_EXPIRED",
    cause: "a member's session of a month ago",
    needs: ["expired session"],
    applies: ({ leastRole }) => leastRole !== null,
    provoke: (ctx, { operation }) =>
      ctx.send(operation.method, ctx.path(operation.path), {
        headers: ctx.need("expired session").memberHeaders,
      }),
  },
  {
    code: "INVALID_TOKEN",
    cause: "a key or token that nobody made",
    applies: isForSomeone,
    provoke: (ctx, target) =>
      withKeys(ctx, target, {
        secretKey: "sk_test_nobody",
        publishableKey: target.operation.access === "consumer" ? ctx.publishableKey : "pk_test_nobody",
      }),
  },
  {
    code: "KEY_REVOKED",
    cause: "a key that was revoked",
    applies: (operation) => isForSomeone(operation) && operation.access !== "member",
    provoke: async (ctx, target) => withKeys(ctx, target, await ctx.revokedKeys()),
  },
  {
    code: "TOKEN_EXPIRED",
    cause: "a key whose expiry has passed",
    needs: ["expired keys"],
    applies: (operation) => isForSomeone(operation) && operation.access !== "member",
    provoke: (ctx, target) => withKeys(ctx, target, ctx.need("expired keys")),
  },
  {
    code: "INSUFFICIENT_SCOPE",
    cause: "a secret key that has every scope but this",
    applies: ({ scope = null }) => scope !== null,
    async provoke(ctx, { operation: { method, path, scope = null } }) {
      if (scope === null) throw new Error("there is no scope to be without");
      return ctx.send(method, ctx.path(path), { bearer: await ctx.keyWithout(scope) });
    },
  },
  {
    code: "TOKEN_EXPIRED",
    cause: "an access token of an hour ago",
    needs: ["expired session"],
    applies: ({ access }) => access === "consumer" || access === "maybeConsumer",
    provoke(ctx, { operation }) {
      const { bearer, publishableKey } = ctx.need("expired session");
      return ctx.send(operation.method, ctx.path(operation.path), { publishableKey, bearer });
    },
  },
  {
    code: "FP002",
    cause: "a token that is bound to a device's key, from a device without it",
    applies: ({ access }) => access === "consumer" || access === "maybeConsumer",
    async provoke(ctx, { operation }) {
      const { bearer, publishableKey } = await ctx.boundSession();
      const headers = { Authorization: `DPoP ${bearer}` };
      return ctx.send(operation.method, ctx.path(operation.path), { publishableKey, headers });
    },
  },
  {
    code: "RATE_LIMITED",
    cause: "the second call where one is allowed",
    needs: ["small limits"],
    applies: (operation) => isLimited(operation) && operation.access !== "visitor",
    provoke: provokeRateLimit,
  },
  {
    code: "RATE_LIMITED",
    cause: "one call too many from an address",
    needs: ["usual limits"],
    applies: ({ access }) => access === "visitor",
    async provoke(ctx, { operation }) {
      const { limit } = rateClasses[operation.rateClass ?? "general"];
      const path = `${ctx.path(operation.path)}?nosuch=1`;
      visitors += 1;
      const headers = { "X-Forwarded-For": `198.18.${visitors >> 8}.${visitors & 255}` };
      for (let calls = 0; calls < limit; calls += 1) await ctx.send(operation.method, path, { headers });
      return ctx.send(operation.method, path, { headers });
    },
  },
  {
    code: "ORIGIN_NOT_ALLOWED",
    cause: "the origin null",
    applies: ({ access }) => access !== "anyone" && access !== "signed",
    provoke: (ctx, target) => call(ctx, target, { headers: { Origin: "null" } }),
  },

  // What is sent.
  {
    code: "INVALID_PARAMETER",
    cause: "a parameter in the query that there is not",
    applies: ({ access, query }) => (access !== "anyone" && access !== "signed") || query !== undefined,
    provoke: (ctx, target) =>
      call(ctx, target, { path: `${ctx.path(target.operation.path)}?nosuch=1`, ...bodyFor(target) }),
  },
  {
    code: "INVALID_PARAMETER",
    cause: "an If-Match that is no version",
    applies: ({ ifMatch }) => ifMatch === true,
    provoke: (ctx, target) => call(ctx, target, { headers: { "If-Match": "latest" }, ...bodyFor(target) }),
  },
  {
    code: "PAYLOAD_TOO_LARGE",
    cause: "one byte over the limit",
    applies: isWrite,
    provoke: (ctx, target) => {
      const { bytesMax } = target.operation.textBody ?? { bytesMax: limits.bodyBytesMax };
      return call(ctx, target, { rawBody: `{"x":"${"x".repeat(bytesMax + 1 - 8)}"}` });
    },
  },
  {
    code: "UNSUPPORTED_MEDIA_TYPE",
    cause: "a form",
    applies: isWrite,
    provoke: (ctx, target) =>
      call(ctx, target, {
        rawBody: "a=b",
        headers: { "Content-Type": "application/x-www-form-urlencoded" },
      }),
  },
  {
    code: "INVALID_JSON",
    cause: "a body that breaks off",
    applies: (operation) => isWrite(operation) && operation.textBody === undefined,
    provoke: (ctx, target) => call(ctx, target, { rawBody: '{"a":' }),
  },
  {
    code: "INVALID_CSV",
    cause: "a quote that is not closed",
    applies: takesTable,
    provoke: (ctx, target) => call(ctx, target, { rawBody: 'sku,name\nTB-1,"Trail boot\n' }),
  },
  {
    code: "UNKNOWN_FIELD",
    cause: "a column that there is not",
    applies: takesTable,
    provoke: (ctx, target) => call(ctx, target, { rawBody: "sku,colour\nTB-1,red\n" }),
  },
  {
    code: "VALIDATION_ERROR",
    cause: "lines that lack a SKU",
    applies: takesTable,
    provoke: (ctx, target) => call(ctx, target, { rawBody: "sku,name\n,Trail boot\n,Sandal\n" }),
  },
  {
    code: "BODY_REQUIRED",
    cause: "no body",
    applies: ({ body, textBody, bodyNeeded }) =>
      (body !== undefined || textBody !== undefined) && bodyNeeded !== false,
    provoke: (ctx, target) => call(ctx, target),
  },
  {
    code: "UNKNOWN_FIELD",
    cause: "a field that there is not",
    applies: ({ body, takesBytes }) => body !== undefined && !takesBytes,
    provoke: (ctx, target) => call(ctx, target, { body: { noSuchField: 1 } }),
  },
  {
    code: "INVALID_FIELD_TYPE",
    cause: "a field of another JSON type",
    applies: hasFields,
    provoke: (ctx, target) =>
      call(ctx, target, { body: bodyOfAnotherType(ctx.server.document.bodySchemaOf(target.name)) }),
  },
  {
    code: "VALIDATION_ERROR",
    cause: "fields that are missing, or whose values break a rule",
    applies: ({ body, bodyNeeded }) => body !== undefined && bodyNeeded !== false,
    async provoke(ctx, target) {
      const body = bodyThatBreaksRule(ctx.server.document.bodySchemaOf(target.name));
      return call(ctx, target, { body, path: await ownPath(ctx, target.operation.path) });
    },
  },

  // The idempotency key.
  {
    code: "INVALID_IDEMPOTENCY_KEY",
    cause: "a key with a space",
    applies: isIdempotent,
    provoke: (ctx, target) =>
      call(ctx, target, { headers: { "Idempotency-Key": "a b" }, ...bodyFor(target) }),
  },
  {
    code: "IDEMPOTENCY_KEY_REUSED",
    cause: "one key for two refusals of the operation's own",
    applies: (operation) => isIdempotent(operation) && keepsAnswers(operation),
    async provoke(ctx, target) {
      const headers = { "Idempotency-Key": ctx.uniqueName("twice").replace(" ", "-") };
      const isInPath = target.operation.path.includes("{");
      await call(ctx, target, { headers, ...bodyFor(target) });
      if (isInPath) return call(ctx, target, { headers, ...bodyFor(target) });
      if (target.operation.textBody !== undefined)
        return call(ctx, target, { headers, ...(await goodBodyFor(ctx, target)) });
      const body = await goodBody(ctx, target.name, otherWords(target.operation));
      return call(ctx, target, { headers, body });
    },
  },
  {
    code: "IDEMPOTENCY_IN_PROGRESS",
    cause: "a second call while the first waits for a lock",
    needs: ["locked tables"],
    applies: (operation) =>
      isIdempotent(operation) && keepsAnswers(operation) && !operation.path.endsWith("/validate"),
    async provoke(ctx, target) {
      const path = await ownPath(ctx, target.operation.path);
      const sent = {
        path,
        headers: { "Idempotency-Key": ctx.uniqueName("waits").replace(" ", "-") },
        ...(await goodBodyFor(ctx, target)),
      };
      await ctx.ready("locked tables");
      const [first, second] = await Promise.all([call(ctx, target, sent), call(ctx, target, sent)]);
      return second.answer.text.includes("IDEMPOTENCY_IN_PROGRESS") ? second : first;
    },
  },

  // Whose and whether it is.
  ...idParameters.map(
    ({ parameter, code }): GenericCause => ({
      code,
      cause: "an id that names nothing",
      // Of several in one path the first is looked for first.
      applies: ({ path }) => /\{(\w+)\}/.exec(path)?.[1] === parameter,
      provoke: (ctx, target) =>
        target.operation.access === "signed"
          ? ctx.send(target.operation.method, ctx.path(target.operation.path), bodyFor(target))
          : call(ctx, target, bodyFor(target)),
    }),
  ),
  {
    code: "ALREADY_EXISTS",
    cause: "an id that is taken",
    applies: (_, name) => createdKind(name) !== null,
    async provoke(ctx, { name, operation }) {
      const id = ctx.unknownId(createdKind(name) ?? "experience");
      expectJson(await ctx.asShop("POST", operation.path, { body: await goodBody(ctx, name, { id }) }), 201);
      return ctx.asShop("POST", operation.path, { body: await goodBody(ctx, name, { id }) });
    },
  },
  {
    code: "OTHER_ORGANIZATION",
    cause: "an id of another organization",
    needs: ["other organization"],
    applies: ({ errors }) => errors.includes("OTHER_ORGANIZATION"),
    async provoke(ctx, target) {
      const path = await ownPath(ctx, target.operation.path);
      const other = ctx.need("other organization");
      const options =
        target.operation.access === "consumer"
          ? sessionOptions(await ctx.freshSession(other.publishableKey))
          : target.operation.access === "secret"
            ? { bearer: other.secretKey }
            : { publishableKey: other.publishableKey };
      return ctx.send(target.operation.method, path, { ...options, ...bodyFor(target) });
    },
  },
  {
    code: "CONCURRENT_MODIFICATION",
    cause: "the ETag of another version",
    applies: ({ ifMatch }) => ifMatch === true,
    async provoke(ctx, target) {
      const path = await ownPath(ctx, target.operation.path);
      return call(ctx, target, { path, headers: { "If-Match": '"999999"' }, ...bodyFor(target) });
    },
  },
  {
    code: "CONCURRENT_MODIFICATION",
    cause: "a lock that cannot be had in time",
    needs: ["locked tables", "publishable key"],
    // A token is looked at before any table. Of what takes a good one, needs a place, or writes behind its answer, there are own cases or none.
    applies: (operation, name) =>
      isWrite(operation) &&
      operation.rateClass !== "guest" &&
      !operation.path.endsWith("/validate") &&
      !lockedInOwnCases.includes(name),
    async provoke(ctx, target) {
      const path = await ownPath(ctx, target.operation.path);
      const session = await ctx.freshSession();
      const options = target.operation.access === "consumer" ? sessionOptions(session) : {};
      const body =
        target.name === "refreshSession"
          ? { body: { refreshToken: session.refreshToken } }
          : await goodBodyFor(ctx, target);
      await ctx.ready("locked tables");
      return call(ctx, target, { path, ...options, ...body });
    },
  },

  // What breaks around the server.
  {
    code: "DATABASE_UNAVAILABLE",
    cause: "a database that is out of reach",
    needs: ["severed database"],
    applies: (operation, name) =>
      (isApi(operation) || operation.path === "/health/ready") && name !== "requestPasswordReset",
    provoke: (ctx, target) => withKeys(ctx, target, ctx.need("severed database")),
  },
  {
    code: "OVERLOADED",
    cause: "a statement that is ended since it takes too long",
    needs: ["ended statements"],
    applies: ({ staysUp, answerType }, name) =>
      !staysUp && answerType !== "text/event-stream" && name !== "requestPasswordReset",
    provoke: (ctx, target) => withKeys(ctx, target, ctx.need("ended statements")),
  },
  {
    code: "INTERNAL_ERROR",
    cause: "tables that were renamed under the server",
    needs: ["hidden tables"],
    applies: (operation, name) => isApi(operation) && name !== "requestPasswordReset",
    provoke: (ctx, target) => withKeys(ctx, target, ctx.need("hidden tables")),
  },
];

/** Of a body that needs nothing, what makes it another one. */
function otherWords({ body }: OperationShape): Readonly<Record<string, string>> {
  const fields = Object(Object(body).entries) as object;
  if (Object.hasOwn(fields, "name")) return { name: "other" };
  return Object.hasOwn(fields, "externalId") ? { externalId: "other" } : {};
}

async function provokeRateLimit(ctx: CaseContext, { operation, name }: Target): Promise<Exchange> {
  const keys = await ctx.need("small limits")(operation.rateClass ?? "general");
  const { publishableKey, secretKey, memberHeaders = {} } = keys;
  if (operation.access === "signed") {
    const made = await ctx.send("POST", "/api/v1/hooks", { bearer: secretKey, body: { source: "hmac" } });
    const hook = expectJson(made, 201) as unknown as SignedHook;
    await sendSigned(ctx, hook, { body: { type: "order.melted" } });
    return sendSigned(ctx, hook, { body: { type: "order.melted" } });
  }
  const options = async (): Promise<SendOptions> => {
    if (operation.access === "member") return { headers: memberHeaders };
    if (operation.access === "secret") return { bearer: secretKey };
    if (operation.access === "publishable" && name !== "refreshSession") return { publishableKey };
    const session = await ctx.freshSession(publishableKey);
    return name === "refreshSession"
      ? { publishableKey, body: { refreshToken: session.refreshToken } }
      : sessionOptions(session);
  };
  const path = ctx.path(operation.path);
  const sent = await options();
  // A parameter that there is not: the first call is counted and changes nothing.
  await ctx.send(operation.method, name === "refreshSession" ? path : `${path}?nosuch=1`, sent);
  return ctx.send(operation.method, path, sent);
}
