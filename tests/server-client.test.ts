/** What the SDK's client for servers promises about every call, against the real server where one can bring it about. */
import { StanchionError, StanchionServer, type StanchionServerOptions } from "@stanchion/sdk/server";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { CallShape } from "../packages/sdk/src/server/call-shape.ts";
import { serverCalls } from "../packages/sdk/src/server/server-calls.ts";
import {
  startTestServer,
  strangeId,
  type TestServer,
  type TestShop,
} from "../packages/server/src/testing/index.ts";

let server: TestServer;
let shop: TestShop;
let sent: Request[];
let waitsMs: number[];

beforeAll(async () => {
  server = await startTestServer({ isWorker: false });
});
afterAll(async () => {
  await server.stop();
});
beforeEach(async () => {
  shop = await server.shop();
  sent = [];
  waitsMs = [];
});

type Answering = (request: Request, tries: number) => Promise<Response>;

/** A client whose tries go through `answer`; by default to the real server. Its waits are noted and not waited. */
function clientOf(
  options: Partial<StanchionServerOptions> = {},
  answer: Answering = (request) => fetch(request),
) {
  return new StanchionServer({
    url: server.url,
    secretKey: shop.secretKey,
    fetch: (input, init) => {
      const request = new Request(input, init);
      sent.push(request.clone());
      return answer(request, sent.length);
    },
    wait: async (ms) => {
      waitsMs.push(ms);
    },
    random: () => 1,
    ...options,
  });
}

async function failureOf(work: PromiseLike<unknown>): Promise<StanchionError> {
  try {
    await work;
  } catch (error) {
    if (error instanceof StanchionError) return error;
    throw error;
  }
  throw new Error("it did not fail");
}

const headersSent = (name: string): (string | null)[] => sent.map((request) => request.headers.get(name));
const settings = { name: "Friday drop", admitRate: 600 };
const lostAnswer: Answering = async (request, tries) => {
  const response = await fetch(request);
  if (tries > 1) return response;
  await response.arrayBuffer();
  throw new TypeError("the connection broke");
};

describe("a POST", () => {
  it("whose answer was lost is sent again under the same key, and done once", async () => {
    const client = clientOf({}, lostAnswer);
    const queue = await client.queues.create(settings);
    expect(headersSent("idempotency-key")[0]).toMatch(/^[\w-]{32}$/);
    expect(new Set(headersSent("idempotency-key")).size).toBe(1);
    expect(waitsMs).toEqual([1_000]);
    expect((await client.queues.list()).data.map(({ id }) => id)).toEqual([queue.id]);
  });

  it("takes the caller's key, and answers the same for it", async () => {
    const client = clientOf();
    const first = await client.queues.create(settings, { idempotencyKey: "drop-1" });
    expect(await client.queues.create(settings, { idempotencyKey: "drop-1" })).toEqual(first);
    expect(headersSent("idempotency-key")).toEqual(["drop-1", "drop-1"]);
    const other = await failureOf(
      client.queues.create({ ...settings, name: "x" }, { idempotencyKey: "drop-1" }),
    );
    expect(other.code).toBe("IDEMPOTENCY_KEY_REUSED");
  });
});

describe("a change", () => {
  it("is sent once, whatever becomes of it", async () => {
    const { id } = await clientOf().queues.create(settings);
    sent = [];
    const client = clientOf({}, lostAnswer);
    expect((await failureOf(client.queues.update(id, { admitRate: 1 }))).code).toBe("NETWORK_ERROR");
    expect(sent).toHaveLength(1);
    expect(headersSent("idempotency-key")).toEqual([null]);
  });

  it("for another version is refused with the present one", async () => {
    const client = clientOf();
    const { id, version } = await client.queues.create(settings);
    const changed = await client.queues.update(id, { admitRate: 1 }, { ifMatch: version });
    const refused = await failureOf(client.queues.delete(id, { ifMatch: version }));
    expect([refused.code, refused.details.version]).toEqual(["CONCURRENT_MODIFICATION", changed.version]);
    expect(refused.retryable).toBe(false);
  });
});

describe("a refusal", () => {
  it("is an error to switch on, with what the server said", async () => {
    const client = clientOf();
    const error = await failureOf(client.queues.read(strangeId("queue"), { requestId: "checkout-17" }));
    expect(error).toMatchObject({ code: "QUEUE_NOT_FOUND", type: "not_found", status: 404 });
    expect(error.requestId).toBe("checkout-17");
    expect(error.docs).toContain("/docs/errors/QUEUE_NOT_FOUND");
    expect(sent).toHaveLength(1);
  });

  it("names every field that is wrong", async () => {
    const { code, issues } = await failureOf(clientOf().queues.create({ name: "", admitRate: 0 }));
    expect(code).toBe("VALIDATION_ERROR");
    expect(issues.map(({ path }) => path.at(-1)?.key)).toEqual(["name", "admitRate"]);
  });

  it("for too many calls is waited for as long as the server says", async () => {
    const narrow = await server.shop({ rateLimits: { general: { limit: 1, windowSeconds: 40 } } });
    const client = clientOf({ secretKey: narrow.secretKey });
    await client.queues.list();
    const error = await failureOf(client.queues.list());
    expect([error.code, waitsMs.length]).toEqual(["RATE_LIMITED", 2]);
    expect(waitsMs.every((ms) => ms > 30_000 && ms <= 40_000)).toBe(true);
  });

  it("without an answer still has the id that the server knows it by", async () => {
    const error = await failureOf(
      clientOf({}, async () => {
        throw new TypeError("no route to host");
      }).queues.list(),
    );
    expect([error.code, sent.length]).toEqual(["NETWORK_ERROR", 3]);
    expect(new Set(headersSent("x-request-id"))).toEqual(new Set([error.requestId]));
    expect((error.cause as Error).message).toBe("no route to host");
  });

  it("is told to onError before the caller, once, with the name of the call; what was cancelled is not", async () => {
    const told: string[] = [];
    const client = clientOf({ onError: (error, call) => told.push(`${call} ${error.code}`) });
    await client.queues.read(strangeId("queue")).catch(() => told.push("caught"));
    await client.queues.list({ after: "nonsense" }).catch(() => told.push("caught"));
    await client.queues.list({}, { signal: AbortSignal.abort() }).catch(({ code }) => told.push(code));
    expect(told).toEqual([
      "queues.read QUEUE_NOT_FOUND",
      "caught",
      "queues.list INVALID_PARAMETER",
      "caught",
      "ABORTED",
    ]);
  });

  it("of an onError that throws itself is still the one that the caller sees", async () => {
    const client = clientOf({
      onError: () => {
        throw new Error("the log is full");
      },
    });
    expect((await failureOf(client.queues.read(strangeId("queue")))).code).toBe("QUEUE_NOT_FOUND");
  });
});

describe("a list", () => {
  it("is one page when awaited and everything when iterated, newest first", async () => {
    const client = clientOf();
    const made: string[] = [];
    for (const name of ["a", "b", "c", "d", "e"])
      made.unshift((await client.queues.create({ ...settings, name })).id);
    sent = [];
    const page = await client.queues.list({ first: 2 });
    expect([page.data.map(({ id }) => id), page.pageInfo.hasNextPage]).toEqual([made.slice(0, 2), true]);
    const all: string[] = [];
    for await (const { id } of client.queues.list({ first: 2 })) all.push(id);
    expect(all).toEqual(made);
    expect(sent).toHaveLength(4);
  });

  it("asks for no page that is not read", async () => {
    const client = clientOf();
    for (const name of ["a", "b", "c"]) await client.queues.create({ ...settings, name });
    sent = [];
    for await (const _ of client.queues.list({ first: 1 })) break;
    expect(sent).toHaveLength(1);
  });
});

describe("the secret key", () => {
  it("is not sent where everybody may ask", async () => {
    const client = clientOf();
    const { id } = await client.queues.create(settings);
    await client.boards.read(id);
    await client.service.readJwks();
    expect(headersSent("authorization")).toEqual([`Bearer ${shop.secretKey}`, null, null]);
  });

  it("must be one, on a server", () => {
    expect(() => clientOf({ secretKey: shop.publishableKey })).toThrow(/publishable key/);
    expect(() => clientOf({ secretKey: "" })).toThrow(TypeError);
    expect(() => clientOf({ url: "line.example.com" })).toThrow(/address/);
    Object.assign(globalThis, { document: {} });
    expect(() => clientOf()).toThrow(/web page/);
    Reflect.deleteProperty(globalThis, "document");
  });
});

describe("an id that is none, which would name the list,", () => {
  const named = Object.entries(serverCalls).flatMap(([group, shapes]) =>
    Object.entries(shapes).flatMap(([method, shape]: [string, CallShape]) =>
      [...shape.path.matchAll(/\{(\w+)\}/g)].map(([, argument = ""], index) => ({
        call: `${group}.${method}`,
        argument,
        index,
      })),
    ),
  );

  it.each(named)("is refused by $call for $argument, before anything is sent", async (one) => {
    const heard: unknown[] = [];
    const client = clientOf({ onError: (error, call) => heard.push([error.code, call]) });
    const [group = "", method = ""] = one.call.split(".");
    for (const wrong of ["", undefined, 7]) {
      const args = Array.from({ length: one.index + 1 }, (_, index) => (index === one.index ? wrong : "x"));
      const answer: unknown = Object(client)[group][method](...args);
      const isStream = !(answer instanceof Promise);
      const failure = await failureOf(
        isStream ? (answer as AsyncGenerator<unknown>).next() : (answer as Promise<unknown>),
      );
      expect(failure).toMatchObject({
        code: "INVALID_ARGUMENT",
        retryable: false,
        details: { argument: one.argument },
        docs: "/docs/errors/INVALID_ARGUMENT",
      });
    }
    expect(heard).toEqual(Array(3).fill(["INVALID_ARGUMENT", one.call]));
    expect(sent).toEqual([]);
  });
});
