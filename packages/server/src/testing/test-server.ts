import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import {
  type Catalogue,
  type ErrorBody,
  encodeId,
  type RateLimitOverrides,
  type Role,
  type SessionTokens,
} from "@stanchion/contract";
import { readConfig } from "../config.ts";
import { createOrganization, type NewOrganization } from "../identity/index.ts";
import { addKnownDevice } from "../members/known-devices.ts";
import { addressKeyOf } from "../members/sign-in.ts";
import { createLog } from "../platform/log.ts";
import { newUuid } from "../platform/randomness.ts";
import type { Secrets } from "../platform/secrets.ts";
import { type RunningServer, type ServerOptions, startServer } from "../start-server.ts";
import { checkAnswer } from "./check-answer.ts";
import { noteLogLine, noteSecretsOf } from "./logged-secrets.ts";
import { createTestDatabase, type TestDatabase } from "./test-database.ts";
import { insertMember } from "./test-members.ts";
import { refuseProxyAnswer, throughProxy } from "./test-proxy.ts";

export interface TestAnswer<Body = Record<string, unknown>> {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Body;
  readonly text: string;
}

export interface CallOptions {
  /** A key or token for Authorization. */
  readonly bearer?: string;
  readonly publishableKey?: string;
  readonly headers?: Record<string, string>;
  readonly body?: unknown;
  /** Sent as it is, instead of `body`. */
  readonly rawBody?: string | Uint8Array;
}

/** One guest, with the calls of a fan. */
export interface TestFan {
  readonly consumerId: string;
  readonly tokens: SessionTokens;
  call(method: string, path: string, options?: CallOptions): Promise<TestAnswer>;
  enter(queueId: string, headers?: Record<string, string>): Promise<TestAnswer>;
  status(queueId: string, headers?: Record<string, string>): Promise<TestAnswer>;
  leave(queueId: string, headers?: Record<string, string>): Promise<TestAnswer>;
  enterDraw(drawId: string, headers?: Record<string, string>): Promise<TestAnswer>;
  drawStatus(drawId: string, headers?: Record<string, string>): Promise<TestAnswer>;
  leaveDraw(drawId: string, headers?: Record<string, string>): Promise<TestAnswer>;
}

/** A member who is signed in, from a page of the server's own. */
export interface TestMember {
  readonly id: string;
  readonly email: string;
  readonly password: string;
  /** For the Cookie header: session and known device. */
  readonly cookie: string;
  readonly origin: string;
  call(method: string, path: string, options?: CallOptions): Promise<TestAnswer>;
}

/** One organization in one mode, with the calls of its shop. */
export interface TestShop extends NewOrganization {
  call(method: string, path: string, options?: CallOptions): Promise<TestAnswer>;
  /** Makes a queue, and answers it. Without settings: named, 6000 a minute, open. */
  queue(settings?: Record<string, unknown>): Promise<{ id: string } & Record<string, unknown>>;
  /** Makes a draw, and answers it. Without settings: named, open, one winner, closing in an hour and drawn then. */
  draw(settings?: Record<string, unknown>): Promise<{ id: string } & Record<string, unknown>>;
  /** Makes a member, an owner unless a role is named, and signs in; in the mode of the shop. */
  member(role?: Role): Promise<TestMember>;
  fan(): Promise<TestFan>;
  fans(count: number): Promise<TestFan[]>;
}

export interface TestServer {
  readonly url: string;
  readonly server: RunningServer;
  readonly db: TestDatabase;
  /** Moves the clocks of the process and of the database ahead. */
  advance(ms: number): Promise<void>;
  call(method: string, path: string, options?: CallOptions): Promise<TestAnswer>;
  shop(options?: {
    isLive?: boolean;
    rateLimits?: RateLimitOverrides;
    allowedOrigins?: string[];
  }): Promise<TestShop>;
  /** Asks until the answer is as wished; fails after 10 s. */
  until<T>(ask: () => Promise<T>, isWished: (value: T) => boolean): Promise<T>;
  stop(): Promise<void>;
}

/** Limits that are out of the way of tests about other things. */
export const wideLimits: RateLimitOverrides = {
  authentication: { limit: 1_000_000, windowSeconds: 60 },
  guest: { limit: 1_000_000, windowSeconds: 60 },
  entry: { limit: 1_000_000, windowSeconds: 60 },
  general: { limit: 1_000_000, windowSeconds: 60 },
  webhook: { limit: 1_000_000, windowSeconds: 60 },
};

/**
 * The real server in this process, on a port of its own and a database of its own. Every answer is checked against the contract.
 * `isWorker: false` leaves admitting to the test.
 */
export async function startTestServer(
  options: {
    isWorker?: boolean;
    env?: Record<string, string>;
    onLog?: (line: string) => void;
    database?: TestDatabase;
    extend?: NonNullable<ServerOptions["extend"]>;
    catalogues?: readonly Catalogue[];
  } = {},
): Promise<TestServer> {
  const db = options.database ?? (await createTestDatabase());
  const dataFolder = await mkdtemp(path.join(tmpdir(), "stanchion-test-"));
  let offsetMs = 0;
  const config = readConfig({
    PORT: "0",
    STANCHION_DATA: dataFolder,
    DATABASE_URL: db.url,
    STANCHION_SECRET: "a secret of the tests, long enough to be one",
    RATE_LIMITS: JSON.stringify(wideLimits),
    // No test has the internet; those of the guard have a network of their own.
    WEBHOOKS_ALLOW_PRIVATE_NETWORKS: "1",
    // Nothing listens there.
    DRAND_URLS: "http://127.0.0.1:9",
    ...options.env,
  });
  const server = await startServer({
    config,
    parts: { api: true, worker: options.isWorker ?? true },
    ...(options.extend === undefined ? {} : { extend: options.extend }),
    clock: { now: () => Date.now() + offsetMs },
    ...(options.catalogues === undefined ? {} : { catalogues: options.catalogues }),
    log: createLog("debug", (line) => {
      noteLogLine(line);
      options.onLog?.(line);
    }),
  });
  const url = server.ownUrl;

  const call = async (
    method: string,
    route: string,
    { bearer, publishableKey, headers, body, rawBody }: CallOptions = {},
  ): Promise<TestAnswer> => {
    const proxied = throughProxy(url, { method, route, body, rawBody });
    const sent = {
      ...(bearer === undefined ? {} : { Authorization: `Bearer ${bearer}` }),
      ...(publishableKey === undefined ? {} : { "X-Publishable-Key": publishableKey }),
      ...(body === undefined && rawBody === undefined ? {} : { "Content-Type": "application/json" }),
      ...headers,
    };
    noteSecretsOf({ headers: sent, body: body ?? rawBody });
    const answer = await fetch(proxied.url + route, {
      method,
      redirect: "manual",
      headers: { ...sent, ...proxied.headers },
      ...(rawBody !== undefined
        ? { body: rawBody as string }
        : body !== undefined
          ? { body: JSON.stringify(body) }
          : {}),
    });
    const text = await answer.text();
    refuseProxyAnswer(`${method} ${route}`, answer.headers, text);
    const isJson = /\bjson\b/.test(answer.headers.get("content-type") ?? "");
    const read: TestAnswer = {
      status: answer.status,
      headers: answer.headers,
      text,
      body: isJson && text !== "" ? JSON.parse(text) : {},
    };
    checkAnswer(method, route, read);
    noteSecretsOf(read);
    return read;
  };

  return {
    url,
    server,
    db,
    call,
    async advance(ms) {
      offsetMs += ms;
      await db.setClockOffset(offsetMs);
    },
    async shop({ isLive, rateLimits, allowedOrigins } = {}) {
      const organization = await createOrganization(db.database, {
        name: `Shop ${newUuid(Date.now())}`,
        ...(isLive === undefined ? {} : { isLive }),
        ...(rateLimits === undefined ? {} : { rateLimits }),
        ...(allowedOrigins === undefined ? {} : { allowedOrigins }),
      });
      noteSecretsOf({ headers: {}, body: organization });
      return makeShop(organization, call, {
        url,
        db,
        isLive: isLive ?? false,
        secrets: server.secrets,
        now: () => Date.now() + offsetMs,
      });
    },
    async until(ask, isWished) {
      const deadline = Date.now() + 10_000;
      for (;;) {
        const value = await ask();
        if (isWished(value)) return value;
        if (Date.now() > deadline)
          throw new Error(`it did not come to that within 10 s; last: ${JSON.stringify(value)}`);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    },
    async stop() {
      await server.stop();
      if (options.database === undefined) await db.drop();
      await rm(dataFolder, { recursive: true, force: true });
    },
  };
}

type Call = TestServer["call"];

/** Cookies that an answer sets, as a browser sends them back. */
export function cookiesOf(answer: TestAnswer): string {
  return answer.headers
    .getSetCookie()
    .map((cookie) => cookie.split(";", 1)[0])
    .join("; ");
}

function makeShop(
  organization: NewOrganization,
  call: Call,
  {
    url,
    db,
    isLive,
    secrets,
    now,
  }: { url: string; db: TestDatabase; isLive: boolean; secrets: Secrets; now: () => number },
): TestShop {
  const { publishableKey, secretKey } = organization;
  const fan = async (): Promise<TestFan> => {
    const answer = await call("POST", "/api/v1/auth/guest", { publishableKey });
    if (answer.status !== 201) throw new Error(`no guest: ${answer.text}`);
    const tokens = answer.body as unknown as SessionTokens;
    const asFan: TestFan["call"] = (method, route, options) =>
      call(method, route, { publishableKey, bearer: tokens.accessToken, ...options });
    return {
      consumerId: tokens.session.consumerId,
      tokens,
      call: asFan,
      enter: (queueId, headers = {}) => asFan("POST", `/api/v1/queues/${queueId}/enter`, { headers }),
      status: (queueId, headers = {}) => asFan("GET", `/api/v1/queues/${queueId}/status`, { headers }),
      leave: (queueId, headers = {}) => asFan("POST", `/api/v1/queues/${queueId}/leave`, { headers }),
      enterDraw: (drawId, headers = {}) => asFan("POST", `/api/v1/draws/${drawId}/enter`, { headers }),
      drawStatus: (drawId, headers = {}) => asFan("GET", `/api/v1/draws/${drawId}/status`, { headers }),
      leaveDraw: (drawId, headers = {}) => asFan("POST", `/api/v1/draws/${drawId}/leave`, { headers }),
    };
  };
  const asShop: TestShop["call"] = (method, route, options) =>
    call(method, route, { bearer: secretKey, ...options });
  return {
    ...organization,
    call: asShop,
    async queue(settings = {}) {
      const answer = await asShop("POST", "/api/v1/queues", {
        body: { name: `Drop ${newUuid(Date.now())}`, admitRate: 6_000, ...settings },
      });
      if (answer.status !== 201) throw new Error(`no queue: ${answer.text}`);
      return answer.body as { id: string };
    },
    async draw(settings = {}) {
      const inAnHour = new Date(now() + 3_600_000).toISOString();
      const answer = await asShop("POST", "/api/v1/draws", {
        body: {
          name: `Draw ${newUuid(Date.now())}`,
          winnerCount: 1,
          closeAt: inAnHour,
          drawAt: inAnHour,
          ...settings,
        },
      });
      if (answer.status !== 201) throw new Error(`no draw: ${answer.text}`);
      return answer.body as { id: string };
    },
    async member(role = "owner") {
      const { email, password } = await insertMember(db, organization.organizationId, role);
      // From a browser that is known: strangers have their passwords compared so many a second.
      const device = addKnownDevice(secrets, null, addressKeyOf(secrets, email), Date.now());
      const headers = { Origin: url, Cookie: `stanchion_devices=${device}` };
      const answer = await call("POST", "/api/v1/members/sign-in", { headers, body: { email, password } });
      if (answer.status !== 200) throw new Error(`not signed in: ${answer.text}`);
      const own = {
        Origin: url,
        Cookie: cookiesOf(answer),
        ...(isLive ? { "X-Stanchion-Mode": "live" } : {}),
      };
      return {
        id: String(answer.body.id),
        email,
        password,
        cookie: own.Cookie,
        origin: url,
        call: (method, route, options = {}) =>
          call(method, route, { ...options, headers: { ...own, ...options.headers } }),
      };
    },
    fan,
    fans: (count) => Promise.all(Array.from({ length: count }, fan)),
  };
}

/** The error body of an answer that must be one. */
export function errorOf(answer: TestAnswer): ErrorBody {
  return answer.body as unknown as ErrorBody;
}

/** An id of the right form that names nothing. */
export function strangeId(kind: Parameters<typeof encodeId>[0]): string {
  return encodeId(kind, newUuid(Date.now()));
}
