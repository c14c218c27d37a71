/** Every operation, asked with every credential there is, held against the rows 401, 403 and 404 of the contract. */
import {
  type ErrorCode,
  hasRole,
  holdsScope,
  type OperationName,
  type OperationShape,
  operationNames,
  operationOf,
  type Role,
  roles,
  type Scope,
} from "@stanchion/contract";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { goodValue } from "../testing/body-cases.ts";
import {
  addKey,
  type CallOptions,
  errorOf,
  startTestServer,
  strangeId,
  type TestAnswer,
  type TestServer,
  type TestShop,
} from "../testing/index.ts";
import { newApiKey } from "./api-key-format.ts";

/** `let in`: past every question of who asks; the request is then refused for a parameter that no operation has. */
type Decision = "let in" | ErrorCode;

interface Caller {
  readonly name: string;
  readonly kind: "none" | "publishable" | "secret" | "consumer" | Role;
  /** Why the credential is refused wherever it is looked at: the key or cookie itself, or the token that comes with a key. */
  readonly flaw?: { readonly in: "key" | "token"; readonly code: ErrorCode };
  /** The things that are asked for are of `ours`, in test mode. */
  readonly world?: "other organization" | "other mode";
  /** Of a secret key that may not do everything. */
  readonly scopes?: readonly Scope[];
  readonly options: CallOptions;
}

/** What the contract makes of an operation and a caller. */
function decide(operation: OperationShape, caller: Caller): Decision {
  if (operation.access === "anyone" || operation.access === "visitor") return "let in";
  // Whatever credential comes along: a signature is none of them.
  if (operation.access === "signed") return "INVALID_TOKEN";
  const isMember = isRole(caller.kind) && operation.leastRole != null;
  const missing = isMember ? null : missingCredential(operation, caller);
  if (missing !== null) return missing;
  const { flaw, kind } = caller;
  if (flaw?.in === "key" || (flaw?.in === "token" && readsToken(operation))) return flaw.code;
  if (isRole(kind) && !hasRole(kind, operation.leastRole ?? "owner")) return "INSUFFICIENT_ROLE";
  const { scope = null } = operation;
  if (scope !== null && !holdsScope(caller.scopes ?? ["*", "keys:write"], scope)) return "INSUFFICIENT_SCOPE";
  if (caller.world === undefined || !namesThing(operation)) return "let in";
  if (caller.world === "other mode" && isOfBothModes(operation)) return "let in";
  return caller.world === "other organization" ? "OTHER_ORGANIZATION" : notFoundOf(operation);
}

function missingCredential({ access }: OperationShape, { kind, options }: Caller): ErrorCode | null {
  switch (access) {
    case "secret":
      return kind === "secret" ? null : "SECRET_KEY_REQUIRED";
    case "member":
      return "AUTHENTICATION_REQUIRED";
    case "consumer":
      if (options.publishableKey === undefined) return "PUBLISHABLE_KEY_REQUIRED";
      return kind === "consumer" ? null : "AUTHENTICATION_REQUIRED";
    default:
      return kind === "none" || isRole(kind) ? "PUBLISHABLE_KEY_REQUIRED" : null;
  }
}

function readsToken({ access }: OperationShape): boolean {
  return access === "consumer" || access === "maybeConsumer";
}

function isRole(kind: Caller["kind"]): kind is Role {
  return (roles as readonly string[]).includes(kind);
}

/** Whose a thing is can be told of what has an owner; records of requests and members' own sessions are looked up in one's own only. */
function namesThing({ path, access }: OperationShape): boolean {
  return /\{\w+Id\}/.test(path) && !path.includes("{requestId}") && access !== "member";
}

/** Members are of the organization, whatever they look at. */
function isOfBothModes({ path }: OperationShape): boolean {
  return /^\/api\/v1\/(members|invitations)\//.test(path);
}

function notFoundOf({ path, errors }: OperationShape): ErrorCode {
  const found = errors.find((code) => code.endsWith("_NOT_FOUND"));
  if (found === undefined) throw new Error(`${path} names a thing, and no code for its absence`);
  return found;
}

describe("every operation, asked with every credential", () => {
  let server: TestServer;
  let shop: TestShop;
  let targets: Readonly<Record<string, string>>;
  let callers: readonly Caller[];
  const counts = { cells: 0, letIn: 0, refused: 0, surprises: 0 };
  beforeAll(async () => {
    // One connection: a verb that holds it and asks for another would not get one.
    server = await startTestServer({ isWorker: false, env: { DATABASE_CONNECTIONS: "1" } });
    shop = await server.shop();
    targets = await makeTargets(shop);
    callers = [
      ...(await anonymousCallers()),
      ...(await ownCallers()),
      ...(await endedCallers()),
      ...(await otherCallers()),
    ];
  }, 60_000);
  afterAll(async () => {
    await server.stop();
    console.log(
      `${counts.cells} cells of ${operationNames.length} operations and ${callers.length} credentials: ${counts.letIn} let in, ${counts.refused} refused, ${counts.surprises} surprises.`,
    );
  });

  async function anonymousCallers(): Promise<Caller[]> {
    const key = { in: "key", code: "INVALID_TOKEN" } as const;
    return [
      { name: "no credential", kind: "none", options: {} },
      {
        name: "a secret key that is none",
        kind: "secret",
        flaw: key,
        options: { bearer: newApiKey("secret", false) },
      },
      {
        name: "a publishable key that is none",
        kind: "publishable",
        flaw: key,
        options: { publishableKey: newApiKey("publishable", false) },
      },
      {
        name: "a publishable key and a token that is none",
        kind: "consumer",
        flaw: { in: "token", code: "INVALID_TOKEN" },
        options: { publishableKey: shop.publishableKey, bearer: "x".repeat(100) },
      },
    ];
  }

  async function ownCallers(): Promise<Caller[]> {
    const { publishableKey, secretKey } = shop;
    const fan = await shop.fan();
    return [
      { name: "a publishable key", kind: "publishable", options: { publishableKey } },
      { name: "a guest", kind: "consumer", options: { publishableKey, bearer: fan.tokens.accessToken } },
      { name: "a secret key", kind: "secret", options: { bearer: secretKey } },
      ...(await Promise.all(
        [["*"], ["queues:read"], ["keys:write", "sessions:write"]].map((scopes) =>
          scopedCaller(scopes as readonly Scope[]),
        ),
      )),
      { name: "both keys", kind: "secret", options: { publishableKey, bearer: secretKey } },
      ...(await Promise.all(roles.map((role) => memberCaller(shop, role)))),
    ];
  }

  async function scopedCaller(scopes: readonly Scope[]): Promise<Caller> {
    const { key } = await addKey(server.db, shop, { kind: "secret", scopes });
    return { name: `a secret key with ${scopes}`, kind: "secret", scopes, options: { bearer: key } };
  }

  async function memberCaller(of: TestShop, role: Role, more: Partial<Caller> = {}): Promise<Caller> {
    const { cookie, origin } = await of.member(role);
    return {
      name: `a member, ${role}`,
      kind: role,
      options: { headers: { Cookie: cookie, Origin: origin } },
      ...more,
    };
  }

  /** Credentials that were good once. */
  async function endedCallers(): Promise<Caller[]> {
    const { publishableKey } = shop;
    const [revoked, expired, leaving, staying] = await Promise.all([
      endedKey("secret", "revoked_at"),
      endedKey("secret", "expires_at"),
      shop.fan(),
      shop.member("owner"),
    ]);
    const revokedPublishable = await endedKey("publishable", "revoked_at");
    await leaving.call("POST", "/api/v1/auth/logout");
    await staying.call("POST", "/api/v1/members/sign-out");
    const key = { in: "key", code: "KEY_REVOKED" } as const;
    const over = { in: "key", code: "TOKEN_EXPIRED" } as const;
    return [
      { name: "a revoked secret key", kind: "secret", flaw: key, options: { bearer: revoked } },
      { name: "an expired secret key", kind: "secret", flaw: over, options: { bearer: expired } },
      {
        name: "a revoked publishable key",
        kind: "publishable",
        flaw: key,
        options: { publishableKey: revokedPublishable },
      },
      {
        name: "a guest who has logged out",
        kind: "consumer",
        flaw: { in: "token", code: "INVALID_TOKEN" },
        options: { publishableKey, bearer: leaving.tokens.accessToken },
      },
      {
        name: "a guest with the refresh token",
        kind: "consumer",
        flaw: { in: "token", code: "INVALID_TOKEN" },
        options: { publishableKey, bearer: (await shop.fan()).tokens.refreshToken },
      },
      {
        name: "a member who has signed out",
        kind: "owner",
        flaw: { in: "key", code: "INVALID_TOKEN" },
        options: { headers: { Cookie: staying.cookie, Origin: staying.origin } },
      },
    ];
  }

  /** Good credentials of another organization, or of our own other mode. */
  async function otherCallers(): Promise<Caller[]> {
    const other = await server.shop();
    const [theirs, ours] = [await other.fan(), await shop.fan()];
    const liveKey = async (kind: "secret" | "publishable"): Promise<string> =>
      (await addKey(server.db, shop, { kind, isLive: true, scopes: ["*", "keys:write"] })).key;
    const live = { secret: await liveKey("secret"), publishable: await liveKey("publishable") };
    const asLive = (await memberCaller(shop, "owner")).options;
    const foreign = { world: "other organization" } as const;
    const otherMode = { world: "other mode" } as const;
    const guest = await server.call("POST", "/api/v1/auth/guest", { publishableKey: live.publishable });
    const { accessToken } = guest.body as { accessToken: string };
    const mixed = { in: "token", code: "INVALID_TOKEN" } as const;
    return [
      {
        name: "another's publishable key",
        kind: "publishable",
        ...foreign,
        options: { publishableKey: other.publishableKey },
      },
      { name: "another's secret key", kind: "secret", ...foreign, options: { bearer: other.secretKey } },
      {
        name: "another's guest",
        kind: "consumer",
        ...foreign,
        options: { publishableKey: other.publishableKey, bearer: theirs.tokens.accessToken },
      },
      await memberCaller(other, "owner", { name: "another's owner", ...foreign }),
      {
        name: "our guest with another's key",
        kind: "consumer",
        flaw: mixed,
        ...foreign,
        options: { publishableKey: other.publishableKey, bearer: ours.tokens.accessToken },
      },
      {
        name: "our secret key with another's publishable one",
        kind: "secret",
        flaw: { in: "key", code: "INVALID_TOKEN" },
        options: { publishableKey: other.publishableKey, bearer: shop.secretKey },
      },
      {
        name: "a live publishable key",
        kind: "publishable",
        ...otherMode,
        options: { publishableKey: live.publishable },
      },
      { name: "a live secret key", kind: "secret", ...otherMode, options: { bearer: live.secret } },
      {
        name: "a live guest",
        kind: "consumer",
        ...otherMode,
        options: { publishableKey: live.publishable, bearer: accessToken },
      },
      {
        name: "a test guest with the live key",
        kind: "consumer",
        flaw: mixed,
        ...otherMode,
        options: { publishableKey: live.publishable, bearer: ours.tokens.accessToken },
      },
      {
        name: "an owner in live mode",
        kind: "owner",
        ...otherMode,
        options: { headers: { ...asLive.headers, "X-Stanchion-Mode": "live" } },
      },
    ];
  }

  /** A key of our organization beside those it has, which was good until a moment ago by this column. */
  async function endedKey(kind: "secret" | "publishable", column: string): Promise<string> {
    const { id, key } = await addKey(server.db, shop, { kind });
    await server.db.query(`update api_keys set ${column} = stanchion_now() where id = $1`, [id]);
    return key;
  }

  let asked = 0;
  async function ask(
    operation: OperationShape,
    { options }: Caller,
    isReadable: boolean,
  ): Promise<TestAnswer> {
    asked += 1;
    const path = operation.path.replace(/\{(\w+)\}/g, (_, name: string) => {
      const target = targets[name];
      if (target === undefined) throw new Error(`say in makeTargets how a {${name}} is made`);
      return target;
    });
    // Failed credentials are counted by address.
    const address = { "X-Forwarded-For": `10.${asked >> 16}.${(asked >> 8) & 255}.${asked & 255}` };
    const headers = { ...options.headers, ...(operation.access === "anyone" ? {} : address) };
    const sent = { ...options, headers };
    if (operation.answerType === "text/event-stream" && operation.access === "anyone")
      return peek(path, headers);
    if (!isReadable) return server.call(operation.method, `${path}?no-such-parameter=1`, sent);
    const body = operation.body === undefined ? {} : { body: goodValue(operation.body) };
    return server.call(operation.method, path, { ...sent, ...body });
  }

  /** The head of an answer that does not end by itself. */
  async function peek(path: string, headers: Record<string, string>): Promise<TestAnswer> {
    const ending = new AbortController();
    const answer = await fetch(server.url + path, { headers, signal: ending.signal });
    ending.abort();
    return { status: answer.status, headers: answer.headers, text: "", body: {} };
  }

  async function surprise(name: OperationName, caller: Caller): Promise<string[]> {
    const operation = operationOf(name);
    const expected = decide(operation, caller);
    // What is let in must change nothing; whose a thing is, is asked only after the request was read.
    const isThing = expected === "OTHER_ORGANIZATION" || expected.endsWith("_NOT_FOUND");
    const answer = await ask(operation, caller, isThing);
    const { code } = errorOf(answer);
    counts.cells += 1;
    counts[expected === "let in" ? "letIn" : "refused"] += 1;
    const isAsExpected =
      expected !== "let in"
        ? code === expected
        : operation.access === "anyone"
          ? ![401, 403].includes(answer.status) || code === "RESOURCE_RESTRICTED"
          : answer.status === 400;
    return isAsExpected ? [] : [`${caller.name}: ${answer.status} ${code} instead of ${expected}`];
  }

  it.each(operationNames)("%s", async (name) => {
    const surprises: string[] = [];
    for (const caller of callers) surprises.push(...(await surprise(name, caller)));
    counts.surprises += surprises.length;
    expect(surprises).toEqual([]);
  });

  it("left none out", () => {
    expect(counts.cells).toBe(operationNames.length * callers.length);
    expect(callers.length).toBeGreaterThanOrEqual(25);
    expect(new Set(callers.map(({ name }) => name)).size).toBe(callers.length);
  });
});

/** One thing of each kind that can stand in a path. */
async function makeTargets(shop: TestShop): Promise<Readonly<Record<string, string>>> {
  const make = async (path: string, body: object): Promise<string> => {
    const answer = await shop.call("POST", `/api/v1/${path}`, { body });
    expect([path, answer.status]).toEqual([path, 201]);
    return String(answer.body.id);
  };
  const experienceId = await make("experiences", { name: "Asked for" });
  const inAnHour = new Date(Date.now() + 3_600_000).toISOString();
  return {
    experienceId,
    sequenceId: await make("sequences", { name: "Asked for", experienceId }),
    queueId: await make("queues", { name: "Asked for too", admitRate: 60 }),
    drawId: await make("draws", { name: "Asked for", winnerCount: 1, closeAt: inAnHour, drawAt: inAnHour }),
    consumerId: await make("consumers", { name: "Asked for" }),
    keyId: await make("api-keys", { name: "Asked for", kind: "publishable" }),
    productId: await make("products", { name: "Asked for", sku: "ASKED-FOR" }),
    webhookEndpointId: await make("webhook-endpoints", {
      url: "https://shop.example/hooks",
      events: ["queue.paused"],
    }),
    hookId: await make("hooks", { source: "hmac" }),
    orderId: await make("orders", { externalId: "1001" }),
    requestId: strangeId("request"),
    sessionId: strangeId("session"),
    memberId: await memberIdOf(shop),
    invitationId: await make("invitations", { email: "asked-for@example.com", role: "viewer" }),
    organizationId: shop.organizationId,
    entryId: strangeId("entry"),
    segment: "0",
  };
}

async function memberIdOf(shop: TestShop): Promise<string> {
  const member = await shop.member("viewer");
  return String((await member.call("GET", "/api/v1/members/me")).body.id);
}
