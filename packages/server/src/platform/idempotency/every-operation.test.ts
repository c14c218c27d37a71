import { encodeId, operationNames, operationOf } from "@stanchion/contract";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  type CallOptions,
  drawAmong,
  errorOf,
  insertMember,
  startTestServer,
  type TestAnswer,
  type TestFan,
  type TestServer,
  type TestShop,
  testLine,
} from "../../testing/index.ts";

type OperationName = (typeof operationNames)[number];

/** One request that may be repeated under a key, and one more that the same key must not be good for. */
interface KeyedRequest {
  send(options: CallOptions): Promise<TestAnswer>;
  /** Null where the path is the whole request and a key is good within it alone. */
  sendOther: ((options: CallOptions) => Promise<TestAnswer>) | null;
}

let server: TestServer;
let shop: TestShop;
let made = 0;
const unlike = (word: string): string => {
  made += 1;
  return `${word} ${made}`;
};
const skuOf = (): string => unlike("SKU").replace(" ", "-");

const create = (path: string, bodyOf: () => object) => async (): Promise<KeyedRequest> => {
  const [body, other] = [bodyOf(), bodyOf()];
  return {
    send: (options) => shop.call("POST", path, { body, ...options }),
    sendOther: (options) => shop.call("POST", path, { body: other, ...options }),
  };
};
const changeState = (verb: string, settings: object, before?: string) => async (): Promise<KeyedRequest> => {
  const [one, two] = [await shop.queue(settings as Record<string, unknown>), await shop.queue()];
  if (before !== undefined) await shop.call("POST", `/api/v1/queues/${one.id}/${before}`);
  const send = (id: string) => (options: CallOptions) =>
    shop.call("POST", `/api/v1/queues/${id}/${verb}`, options);
  return { send: send(one.id), sendOther: send(two.id) };
};
const changeKey = (verb: string, body: object) => async (): Promise<KeyedRequest> => {
  const make = async (): Promise<string> => {
    const key = { name: unlike("Key"), kind: "secret" };
    return String((await shop.call("POST", "/api/v1/api-keys", { body: key })).body.id);
  };
  const send = (id: string) => (options: CallOptions) =>
    shop.call("POST", `/api/v1/api-keys/${id}/${verb}`, { body, ...options });
  return { send: send(await make()), sendOther: send(await make()) };
};
const hooks = "/api/v1/webhook-endpoints";
const hookOf = () => ({
  url: `https://shop.example/${unlike("hook").replace(" ", "-")}`,
  events: ["queue.paused"],
});
const changeHook = (verb: string, body?: object) => async (): Promise<KeyedRequest> => {
  // An organization has so many of them and no more.
  shop = await server.shop();
  const make = async () => String((await shop.call("POST", hooks, { body: hookOf() })).body.id);
  const given = body === undefined ? {} : { body };
  const send = (id: string) => (options: CallOptions) =>
    shop.call("POST", `${hooks}/${id}/${verb}`, { ...given, ...options });
  return { send: send(await make()), sendOther: send(await make()) };
};
const changeOrder = (verb: string) => async (): Promise<KeyedRequest> => {
  const make = async () => String((await shop.call("POST", "/api/v1/orders", { body: {} })).body.id);
  const send = (id: string) => (options: CallOptions) =>
    shop.call("POST", `/api/v1/orders/${id}/${verb}`, options);
  return { send: send(await make()), sendOther: send(await make()) };
};
const asShopOnEntry = (verb: string, isAdmitted: boolean) => async (): Promise<KeyedRequest> => {
  const queue = await shop.queue();
  const [one, two] = await shop.fans(2);
  if (one === undefined || two === undefined) throw new Error("no fans");
  for (const fan of [one, two]) await fan.enter(queue.id);
  if (isAdmitted) await testLine(server.db, queue.id).tick();
  const send = (consumerId: string) => (options: CallOptions) =>
    shop.call("POST", `/api/v1/queues/${queue.id}/${verb}`, { body: { consumerId }, ...options });
  return { send: send(one.consumerId), sendOther: send(two.consumerId) };
};
const inAnHour = () => new Date(Date.now() + 3_600_000).toISOString();

const keyed: Partial<Record<OperationName, () => Promise<KeyedRequest>>> = {
  createConsumer: create("/api/v1/consumers", () => ({
    email: `${unlike("fan").replace(" ", "")}@example.com`,
  })),
  batchConsumers: create("/api/v1/consumers/batch", () => ({ consumers: [{ name: unlike("Fan") }] })),
  async eraseConsumer() {
    const send = async () => {
      const { body } = await shop.call("POST", "/api/v1/consumers", { body: { name: unlike("Fan") } });
      return (options: CallOptions) => shop.call("POST", `/api/v1/consumers/${body.id}/erase`, options);
    };
    return { send: await send(), sendOther: await send() };
  },
  createProduct: create("/api/v1/products", () => ({ name: unlike("Product"), sku: skuOf() })),
  async importProducts() {
    const send = () => {
      const rawBody = `sku,name\n${skuOf()},Boot\n`;
      return ({ headers, ...options }: CallOptions) =>
        shop.call("POST", "/api/v1/products/import", {
          rawBody,
          ...options,
          headers: { "Content-Type": "text/csv", ...headers },
        });
    };
    return { send: send(), sendOther: send() };
  },
  createExperience: create("/api/v1/experiences", () => ({ name: unlike("Experience") })),
  createQueue: create("/api/v1/queues", () => ({ name: unlike("Queue"), admitRate: 60 })),
  createDraw: create("/api/v1/draws", () => ({
    name: unlike("Draw"),
    winnerCount: 1,
    closeAt: inAnHour(),
    drawAt: inAnHour(),
  })),
  async cancelDraw() {
    const send = async () => {
      const { id } = await shop.draw();
      return (options: CallOptions) => shop.call("POST", `/api/v1/draws/${id}/cancel`, options);
    };
    return { send: await send(), sendOther: await send() };
  },
  async enterDraw() {
    const [draw, fan] = [await shop.draw(), await shop.fan()];
    return {
      send: (options) => fan.call("POST", `/api/v1/draws/${draw.id}/enter`, options),
      sendOther: null,
    };
  },
  async leaveDraw() {
    const fan = await shop.fan();
    const send = async () => {
      const { id } = await shop.draw();
      await fan.enterDraw(id);
      return (options: CallOptions) => fan.call("POST", `/api/v1/draws/${id}/leave`, options);
    };
    return { send: await send(), sendOther: await send() };
  },
  async denyDrawEntry() {
    const [fan, other] = await shop.fans(2);
    if (fan === undefined || other === undefined) throw new Error("no fans");
    const drawId = await drawAmong(server, shop, [fan, other]);
    const send =
      ({ consumerId }: TestFan) =>
      (options: CallOptions) =>
        shop.call("POST", `/api/v1/draws/${drawId}/deny`, {
          body: { consumerId, reason: "BOT" },
          ...options,
        });
    return { send: send(fan), sendOther: send(other) };
  },
  async completeDrawEntry() {
    const [fan, other] = await shop.fans(2);
    if (fan === undefined || other === undefined) throw new Error("no fans");
    const drawId = await drawAmong(server, shop, [fan, other]);
    const send =
      ({ consumerId }: TestFan) =>
      (options: CallOptions) =>
        shop.call("POST", `/api/v1/draws/${drawId}/complete`, { body: { consumerId }, ...options });
    return { send: send(fan), sendOther: send(other) };
  },
  async validateDrawAdmission() {
    const fan = await shop.fan();
    const drawId = await drawAmong(server, shop, [fan]);
    const { token } = (await fan.drawStatus(drawId)).body.admission as { token: string };
    const send = (body: object) => (options: CallOptions) =>
      shop.call("POST", `/api/v1/draws/${drawId}/validate`, { body, ...options });
    return { send: send({ token }), sendOther: send({ token, fingerprint: "another-device" }) };
  },
  async removeDrawEntry() {
    const [draw, fan] = [await shop.draw(), await shop.fan()];
    await fan.enterDraw(draw.id);
    const send = (reason: string) => (options: CallOptions) =>
      shop.call("POST", `/api/v1/draws/${draw.id}/remove`, {
        body: { consumerId: fan.consumerId, reason },
        ...options,
      });
    return { send: send("BOT"), sendOther: send("RULES") };
  },
  async createSequence() {
    const { body } = await shop.call("POST", "/api/v1/experiences", { body: { name: unlike("Experience") } });
    return create("/api/v1/sequences", () => ({ experienceId: body.id, name: unlike("Sequence") }))();
  },
  createApiKey: create("/api/v1/api-keys", () => ({ name: unlike("Key"), kind: "secret" })),
  rotateApiKey: changeKey("rotate", { overlapSeconds: 600 }),
  revokeApiKey: changeKey("revoke", {}),
  openQueue: changeState("open", { openAt: inAnHour() }),
  pauseQueue: changeState("pause", {}),
  resumeQueue: changeState("resume", {}, "pause"),
  closeQueue: changeState("close", {}),
  async enterQueue() {
    const queue = await shop.queue();
    const fan = await shop.fan();
    return {
      send: (options) => fan.call("POST", `/api/v1/queues/${queue.id}/enter`, options),
      sendOther: null,
    };
  },
  async leaveQueue() {
    const [one, two] = [await shop.queue(), await shop.queue()];
    const fan = await shop.fan();
    for (const queue of [one, two]) await fan.enter(queue.id);
    const send = (id: string) => (options: CallOptions) =>
      fan.call("POST", `/api/v1/queues/${id}/leave`, options);
    return { send: send(one.id), sendOther: send(two.id) };
  },
  async createWebhookEndpoint() {
    shop = await server.shop();
    return create(hooks, hookOf)();
  },
  rotateWebhookEndpoint: changeHook("rotate-secret", {}),
  testWebhookEndpoint: changeHook("test"),
  replayWebhookEndpoint: changeHook("replay", { from: "2026-01-01T00:00:00Z" }),
  createHook: create("/api/v1/hooks", () => ({ source: "hmac", description: unlike("Hook") })),
  async rotateHook() {
    const send = async () => {
      const { body } = await shop.call("POST", "/api/v1/hooks", { body: { source: "hmac" } });
      return (options: CallOptions) => shop.call("POST", `/api/v1/hooks/${body.id}/rotate-secret`, options);
    };
    return { send: await send(), sendOther: await send() };
  },
  createOrder: create("/api/v1/orders", () => ({ externalId: unlike("Order") })),
  completeOrder: changeOrder("complete"),
  cancelOrder: changeOrder("cancel"),
  triggerEvent: async () => {
    const send = (type: string) => (options: CallOptions) =>
      shop.call("POST", "/api/v1/events/trigger", { body: { type }, ...options });
    return { send: send("draw.closed"), sendOther: send("draw.completed") };
  },
  createInvitation: create("/api/v1/invitations", () => ({
    email: `${unlike("member").replace(" ", "")}@example.com`,
    role: "viewer",
  })),
  async revokeInvitation() {
    const invite = async (): Promise<string> => {
      const email = `${unlike("member").replace(" ", "")}@example.com`;
      const { body } = await shop.call("POST", "/api/v1/invitations", { body: { email, role: "viewer" } });
      return String(body.id);
    };
    const [one, two] = [await invite(), await invite()];
    const send = (id: string) => (options: CallOptions) =>
      shop.call("POST", `/api/v1/invitations/${id}/revoke`, options);
    return { send: send(one), sendOther: send(two) };
  },
  admitEntry: asShopOnEntry("admit", false),
  denyEntry: async () => {
    const queue = await shop.queue();
    const fan = await shop.fan();
    await fan.enter(queue.id);
    const { consumerId } = fan;
    const send = (reason: string) => (options: CallOptions) =>
      shop.call("POST", `/api/v1/queues/${queue.id}/deny`, { body: { consumerId, reason }, ...options });
    return { send: send("one reason"), sendOther: send("another reason") };
  },
  completeEntry: asShopOnEntry("complete", true),
  async validateAdmission() {
    const queue = await shop.queue();
    const fan = await shop.fan();
    await fan.enter(queue.id);
    await testLine(server.db, queue.id).tick();
    const entry = await server.until(
      () => fan.status(queue.id),
      ({ body }) => body.status === "ADMITTED",
    );
    const { token } = entry.body.admission as { token: string };
    const send = (body: object) => (options: CallOptions) =>
      shop.call("POST", `/api/v1/queues/${queue.id}/validate`, { body, ...options });
    return { send: send({ token }), sendOther: send({ token, fingerprint: "another-device" }) };
  },
};

interface Versioned {
  readonly collection: string;
  bodyOf(): object;
  /** There is no DELETE: it stays on the record. */
  readonly isKept?: true;
  /** The path of one that no create makes. */
  make?(): Promise<string>;
  patchOf?(): object;
}
const versioned: Record<string, Versioned> = {
  Consumer: { collection: "/api/v1/consumers", bodyOf: () => ({ name: unlike("Fan") }) },
  Product: { collection: "/api/v1/products", bodyOf: () => ({ name: unlike("Product"), sku: skuOf() }) },
  Experience: { collection: "/api/v1/experiences", bodyOf: () => ({ name: unlike("Experience") }) },
  Sequence: { collection: "/api/v1/sequences", bodyOf: () => ({ name: unlike("Sequence") }) },
  ApiKey: {
    collection: "/api/v1/api-keys",
    bodyOf: () => ({ name: unlike("Key"), kind: "publishable" }),
    isKept: true,
  },
  Queue: { collection: "/api/v1/queues", bodyOf: () => ({ name: unlike("Queue"), admitRate: 60 }) },
  Draw: {
    collection: "/api/v1/draws",
    bodyOf: () => ({ name: unlike("Draw"), winnerCount: 1, closeAt: inAnHour(), drawAt: inAnHour() }),
  },
  WebhookEndpoint: {
    collection: hooks,
    bodyOf: hookOf,
    patchOf: () => ({ description: unlike("Changed") }),
  },
  Hook: {
    collection: "/api/v1/hooks",
    bodyOf: () => ({ source: "hmac" }),
    patchOf: () => ({ description: unlike("Changed") }),
  },
  Order: {
    collection: "/api/v1/orders",
    bodyOf: () => ({ externalId: unlike("Order") }),
    isKept: true,
    patchOf: () => ({ externalId: unlike("Changed") }),
  },
  Member: {
    collection: "/api/v1/members",
    bodyOf: () => ({}),
    async make() {
      const { memberId } = await insertMember(server.db, shop.organizationId, "viewer");
      return `/api/v1/members/${encodeId("member", memberId)}`;
    },
    patchOf: () => ({ role: "editor" }),
  },
};

const namesWhere = (is: (operation: ReturnType<typeof operationOf>) => boolean): OperationName[] =>
  operationNames.filter((name) => is(operationOf(name)));
const withKey = (key: string, more: Record<string, string> = {}): CallOptions => ({
  headers: { "Idempotency-Key": key, ...more },
});
const sameHeaders = [
  "x-request-id",
  "content-type",
  "content-length",
  "etag",
  "location",
  "cache-control",
  "vary",
];

beforeAll(async () => {
  // One connection: whoever holds it and asks for another waits in vain, and is refused.
  server = await startTestServer({ isWorker: false, env: { DATABASE_CONNECTIONS: "1" } });
  shop = await server.shop();
});
afterAll(() => server.stop());

function expectReplay(first: TestAnswer, again: TestAnswer): void {
  expect([again.status, again.headers.get("idempotent-replayed")]).toEqual([first.status, "true"]);
  expect(again.text).toBe(first.text);
  for (const name of sameHeaders)
    expect([name, again.headers.get(name)]).toEqual([name, first.headers.get(name)]);
}

describe("an Idempotency-Key", () => {
  it("is taken by every POST but those of auth and members, and each is tried here", () => {
    const posts = namesWhere(
      // What is signed is told from what is sent again by the sender's own id of it.
      ({ method, path, access }) =>
        method === "POST" && access !== "signed" && !/^\/api\/v1\/(auth|members)\//.test(path),
    );
    expect(namesWhere(({ idempotent }) => idempotent === true)).toEqual(posts);
    expect(Object.keys(keyed).sort()).toEqual([...posts].sort());
  });

  describe.each(Object.entries(keyed))("of %s", (name, prepare) => {
    it("brings the first answer back byte for byte, bare and quoted, and counts the repeat", async () => {
      const { send } = await prepare();
      const first = await send(withKey("again", { "X-Request-Id": "the-first" }));
      expect([first.status, first.headers.get("idempotent-replayed")]).toEqual([
        operationOf(name as OperationName).status,
        null,
      ]);
      const bare = await send(withKey("again", { "X-Request-Id": "the-second" }));
      const quoted = await send(withKey('"again"'));
      for (const again of [bare, quoted]) {
        expectReplay(first, again);
        expect(again.headers.get("x-request-id")).toBe("the-first");
      }
      const left = [first, bare, quoted].map(({ headers }) => Number(headers.get("x-ratelimit-remaining")));
      expect(left).toEqual([...left].sort((a, b) => b - a));
      expect(new Set(left).size).toBe(3);
    });

    it("is refused for another request", async () => {
      const { send, sendOther } = await prepare();
      await send(withKey("one"));
      if (sendOther === null) return;
      const other = await sendOther(withKey("one"));
      expect(errorOf(other)).toMatchObject({
        error: "validation_error",
        code: "IDEMPOTENCY_KEY_REUSED",
        issues: [],
      });
      expect(other.headers.get("idempotent-replayed")).toBeNull();
    });

    it("lets simultaneous requests have one effect and one answer", async () => {
      const { send } = await prepare();
      const answers = await Promise.all(Array.from({ length: 6 }, () => send(withKey("at-once"))));
      const busy = answers.filter(({ status }) => status === 409);
      const done = answers.filter(({ status }) => status !== 409);
      for (const answer of busy)
        expect(errorOf(answer)).toMatchObject({ code: "IDEMPOTENCY_IN_PROGRESS", retryable: true });
      expect(done.filter(({ headers }) => headers.get("idempotent-replayed") === null)).toHaveLength(1);
      expect(new Set(done.map(({ text }) => text)).size).toBe(1);
    });

    it.each(["", " ", "two words", "x".repeat(256), "é"])("is none and does nothing: %s", async (key) => {
      const { send } = await prepare();
      const refused = await send(withKey(key));
      expect(errorOf(refused)).toMatchObject({ error: "bad_request", code: "INVALID_IDEMPOTENCY_KEY" });
      expect((await send({})).status).toBe(operationOf(name as OperationName).status);
    });
  });

  it("of an entry keeps the 201 alone: neither not being open nor being in already", async () => {
    const queue = await shop.queue({ openAt: inAnHour() });
    const fan = await shop.fan();
    const enter = (key: string) => fan.enter(queue.id, { "Idempotency-Key": key });
    expect((await enter("early")).status).toBe(423);
    await shop.call("POST", `/api/v1/queues/${queue.id}/open`);
    const entered = await enter("early");
    expect([entered.status, entered.headers.get("idempotent-replayed")]).toEqual([201, null]);
    expect(errorOf(await enter("late")).code).toBe("ALREADY_IN_QUEUE");
    await fan.leave(queue.id);
    const again = await enter("late");
    expect([again.status, again.headers.get("idempotent-replayed")]).toEqual([201, null]);
    expectReplay(again, await enter("late"));
  });
});

describe("If-Match", () => {
  it("is honoured by every PATCH and DELETE, and each is tried here", () => {
    // A session has no version: it is there or it has ended. Who leaves does so whatever became of the role. A mail is asked for or not.
    const unversioned: readonly OperationName[] = ["endOwnSession", "leaveOrganization", "cancelTurnMail"];
    const changes = namesWhere(({ method }) => method === "PATCH" || method === "DELETE").filter(
      (name) => !unversioned.includes(name),
    );
    expect(namesWhere(({ ifMatch }) => ifMatch === true)).toEqual(changes);
    expect(changes.sort()).toEqual(
      [
        ...Object.entries(versioned).flatMap(([kind, { isKept }]) =>
          isKept ? [`update${kind}`] : [`delete${kind}`, `update${kind}`],
        ),
        // There is one, which nobody creates: organization-routes.test.ts.
        "updateOrganization",
      ].sort(),
    );
  });

  describe.each(Object.entries(versioned))("of a %s", (kind, versionedKind) => {
    const { collection, bodyOf, isKept, patchOf = () => ({ name: unlike("Changed") }) } = versionedKind;
    const methods = isKept ? (["PATCH"] as const) : (["PATCH", "DELETE"] as const);
    const create = async (): Promise<string> => {
      const parent = async (): Promise<object> => {
        if (kind !== "Sequence") return {};
        const { body } = await shop.call("POST", "/api/v1/experiences", {
          body: { name: unlike("Experience") },
        });
        return { experienceId: body.id };
      };
      const answer = await shop.call("POST", collection, { body: { ...bodyOf(), ...(await parent()) } });
      expect([answer.status, answer.headers.get("etag")]).toEqual([201, '"1"']);
      return `${collection}/${answer.body.id}`;
    };
    const make = async () => {
      const path = await (versionedKind.make ?? create)();
      const ask = (method: "PATCH" | "DELETE", given: string) =>
        shop.call(method, path, {
          headers: { "If-Match": given },
          ...(method === "PATCH" ? { body: patchOf() } : {}),
        });
      return { path, ask };
    };

    it("lets a change of the present version through and raises it", async () => {
      const { ask } = await make();
      const changed = await ask("PATCH", '"1"');
      expect([changed.status, changed.headers.get("etag"), changed.body.version]).toEqual([200, '"2"', 2]);
      expect((await ask("PATCH", '"7", "2"')).status).toBe(200);
      expect((await ask("PATCH", "*")).status).toBe(200);
      if (!isKept) expect((await ask("DELETE", '"4"')).status).toBe(204);
    });

    it("refuses a change of another version with the present one, and changes nothing", async () => {
      const { path, ask } = await make();
      for (const method of methods)
        for (const given of ['"2"', '"0", "3"']) {
          const stale = await ask(method, given);
          expect(errorOf(stale)).toMatchObject({
            error: "concurrent_modification",
            code: "CONCURRENT_MODIFICATION",
            retryable: false,
            details: { version: 1 },
          });
        }
      expect((await shop.call("GET", path)).headers.get("etag")).toBe('"1"');
    });

    it("is refused where it is none, or weak", async () => {
      const { path, ask } = await make();
      for (const method of methods)
        for (const given of ["1", '"x"', 'W/"1"', '"1", W/"1"', '"1"x', "", '*, "1"']) {
          const refused = await ask(method, given);
          expect(errorOf(refused)).toMatchObject({
            code: "INVALID_PARAMETER",
            details: { parameter: "If-Match" },
          });
        }
      expect((await shop.call("GET", path)).headers.get("etag")).toBe('"1"');
    });

    it("lets one of simultaneous changes win", async () => {
      const { path, ask } = await make();
      const answers = await Promise.all(Array.from({ length: 6 }, () => ask("PATCH", '"1"')));
      expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409, 409, 409, 409]);
      expect((await shop.call("GET", path)).headers.get("etag")).toBe('"2"');
      if (isKept) return;
      const ends = await Promise.all(Array.from({ length: 4 }, () => ask("DELETE", '"2"')));
      expect(ends.map(({ status }) => status).sort()).toEqual([204, 404, 404, 404]);
    });
  });
});
