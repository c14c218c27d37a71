import {
  type AuditAction,
  decodeId,
  encodeId,
  type OperationName,
  operationNames,
  operationOf,
} from "@stanchion/contract";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  type CallOptions,
  drawAmong,
  insertMember,
  startTestServer,
  type TestAnswer,
  type TestServer,
  type TestShop,
  testLine,
} from "../../testing/index.ts";

/** One call that changes something, with what the log must say of it. */
interface Audited {
  readonly action: AuditAction;
  send(options: CallOptions): Promise<TestAnswer>;
  /** The id of what was changed; where it is left out, the answer's own. */
  readonly target?: string | null;
}

/** What changes something and is on no record, and why. */
const unaudited: Partial<Record<OperationName, string>> = {
  authorizeExternalAccount:
    "the shop calls it whenever a person signs in; the account and its consumer keep whom it vouched for",
  completeEntry:
    "the shop's checkout calls it for every purchase; the entry and the admission keep when and the order",
  validateAdmission: "changes nothing",
  completeDrawEntry: "as completeEntry; besides, the draw's awards and the fairness log have it",
  validateDrawAdmission: "changes nothing",
};

let server: TestServer;
let shop: TestShop;
beforeAll(async () => {
  // One connection: a verb that holds it and asks for another would not get one.
  server = await startTestServer({ isWorker: false, env: { DATABASE_CONNECTIONS: "1" } });
});
afterAll(() => server.stop());

const create =
  (action: AuditAction, path: string, bodyOf: () => Promise<object> | object) =>
  async (): Promise<Audited> => {
    const body = await bodyOf();
    return { action, send: (options) => shop.call("POST", path, { body, ...options }) };
  };
const make = async (path: string, body: object): Promise<string> =>
  String((await shop.call("POST", path, { body })).body.id);
const experience = () => make("/api/v1/experiences", { name: "Home" });

const kinds = {
  consumer: { path: "/api/v1/consumers", body: () => ({ name: "Ada" }) },
  product: { path: "/api/v1/products", body: () => ({ name: "Boot", sku: "B-1" }) },
  experience: { path: "/api/v1/experiences", body: () => ({ name: "Summer" }) },
  sequence: {
    path: "/api/v1/sequences",
    body: async () => ({ experienceId: await experience(), name: "First" }),
  },
  queue: { path: "/api/v1/queues", body: () => ({ name: "Drop", admitRate: 60 }) },
  draw: {
    path: "/api/v1/draws",
    body: () => ({ name: "Draw", winnerCount: 1, closeAt: inAnHour(), drawAt: inAnHour() }),
  },
} as const;
const changeOf = (kind: keyof typeof kinds, method: "PATCH" | "DELETE") => async (): Promise<Audited> => {
  const { path, body } = kinds[kind];
  const target = await make(path, await body());
  const patch = method === "PATCH" ? { body: { name: "Changed" } } : {};
  return {
    action: `${kind}.${method === "PATCH" ? "updated" : "deleted"}`,
    target,
    send: (options) => shop.call(method, `${path}/${target}`, { ...patch, ...options }),
  };
};
const stateOf =
  (action: AuditAction, verb: string, settings: object = {}, first?: string) =>
  async (): Promise<Audited> => {
    const { id } = await shop.queue({ ...settings });
    if (first !== undefined) await shop.call("POST", `/api/v1/queues/${id}/${first}`);
    return {
      action,
      target: id,
      send: (options) => shop.call("POST", `/api/v1/queues/${id}/${verb}`, options),
    };
  };
const onKey =
  (action: AuditAction, method: "PATCH" | "POST", verb: string, body: object) =>
  async (): Promise<Audited> => {
    const target = await make("/api/v1/api-keys", { name: "Till", kind: "secret" });
    return {
      action,
      target,
      send: (options) => shop.call(method, `/api/v1/api-keys/${target}${verb}`, { body, ...options }),
    };
  };
const hooks = "/api/v1/webhook-endpoints";
const hook = { url: "https://shop.example/hooks", events: ["queue.paused"] };
const onHook =
  (action: AuditAction, method: "PATCH" | "POST" | "DELETE", verb: string, body?: object) =>
  async (): Promise<Audited> => {
    const target = await make(hooks, hook);
    const given = body === undefined ? {} : { body };
    const send = (options: CallOptions) =>
      shop.call(method, `${hooks}/${target}${verb}`, { ...given, ...options });
    return { action, target, send };
  };
const onInbound =
  (action: AuditAction, method: "PATCH" | "POST" | "DELETE", verb: string, body?: object) =>
  async (): Promise<Audited> => {
    const target = await make("/api/v1/hooks", { source: "hmac" });
    const given = body === undefined ? {} : { body };
    const send = (options: CallOptions) =>
      shop.call(method, `/api/v1/hooks/${target}${verb}`, { ...given, ...options });
    return { action, target, send };
  };
const orders = "/api/v1/orders";
const onOrder =
  (action: AuditAction, method: "PATCH" | "POST", verb: string, body?: object) =>
  async (): Promise<Audited> => {
    const target = await make(orders, {});
    const given = body === undefined ? {} : { body };
    const send = (options: CallOptions) =>
      shop.call(method, `${orders}/${target}${verb}`, { ...given, ...options });
    return { action, target, send };
  };
const onEntry =
  (action: AuditAction, verb: string, more: object = {}) =>
  async (): Promise<Audited> => {
    const queue = await shop.queue();
    const fan = await shop.fan();
    const { body } = await fan.enter(queue.id);
    const { consumerId } = fan;
    return {
      action,
      target: String(body.entryId),
      send: (options) =>
        shop.call("POST", `/api/v1/queues/${queue.id}/${verb}`, {
          body: { consumerId, ...more },
          ...options,
        }),
    };
  };
const inAnHour = () => new Date(Date.now() + 3_600_000).toISOString();

let people = 0;
const invited = () => {
  people += 1;
  return { email: `member-${people}@example.com`, role: "viewer" };
};
const newMember = async () => {
  const { memberId } = await insertMember(server.db, shop.organizationId, "viewer");
  const target = encodeId("member", memberId);
  return { target, path: `/api/v1/members/${target}` };
};

const audited: Partial<Record<OperationName, () => Promise<Audited>>> = {
  createApiKey: create("api_key.created", "/api/v1/api-keys", () => ({ name: "Till", kind: "secret" })),
  updateApiKey: onKey("api_key.updated", "PATCH", "", { name: "Bar" }),
  rotateApiKey: onKey("api_key.rotated", "POST", "/rotate", { overlapSeconds: 60 }),
  revokeApiKey: onKey("api_key.revoked", "POST", "/revoke", {}),
  async updateOrganization() {
    const body = { allowedOrigins: ["https://*.shop.example"] };
    return {
      action: "organization.updated",
      target: shop.organizationId,
      send: (options) => shop.call("PATCH", "/api/v1/organizations/current", { body, ...options }),
    };
  },
  createConsumer: create("consumer.created", kinds.consumer.path, kinds.consumer.body),
  async batchConsumers() {
    const body = { consumers: [{ name: "Ada" }, { email: "none" }] };
    const send = (options: CallOptions) => shop.call("POST", "/api/v1/consumers/batch", { body, ...options });
    return { action: "consumer.imported", target: null, send };
  },
  async eraseConsumer() {
    const target = await make("/api/v1/consumers", { name: "Ada" });
    const send = (options: CallOptions) => shop.call("POST", `/api/v1/consumers/${target}/erase`, options);
    return { action: "consumer.erased", target, send };
  },
  updateConsumer: changeOf("consumer", "PATCH"),
  deleteConsumer: changeOf("consumer", "DELETE"),
  createProduct: create("product.created", kinds.product.path, kinds.product.body),
  async importProducts() {
    const sent = { rawBody: "sku,name\nT-1,Boot\n", headers: { "Content-Type": "text/csv" } };
    const send = ({ headers, ...options }: CallOptions) =>
      shop.call("POST", "/api/v1/products/import", {
        ...sent,
        ...options,
        headers: { ...sent.headers, ...headers },
      });
    return { action: "product.imported", target: null, send };
  },
  updateProduct: changeOf("product", "PATCH"),
  deleteProduct: changeOf("product", "DELETE"),
  createExperience: create("experience.created", kinds.experience.path, kinds.experience.body),
  updateExperience: changeOf("experience", "PATCH"),
  deleteExperience: changeOf("experience", "DELETE"),
  createSequence: create("sequence.created", kinds.sequence.path, kinds.sequence.body),
  updateSequence: changeOf("sequence", "PATCH"),
  deleteSequence: changeOf("sequence", "DELETE"),
  createQueue: create("queue.created", kinds.queue.path, kinds.queue.body),
  updateQueue: changeOf("queue", "PATCH"),
  deleteQueue: changeOf("queue", "DELETE"),
  openQueue: stateOf("queue.opened", "open", { openAt: inAnHour() }),
  pauseQueue: stateOf("queue.paused", "pause"),
  resumeQueue: stateOf("queue.resumed", "resume", {}, "pause"),
  closeQueue: stateOf("queue.closed", "close"),
  createDraw: create("draw.created", kinds.draw.path, kinds.draw.body),
  updateDraw: changeOf("draw", "PATCH"),
  deleteDraw: changeOf("draw", "DELETE"),
  async cancelDraw() {
    const { id: target } = await shop.draw();
    const send = (options: CallOptions) => shop.call("POST", `/api/v1/draws/${target}/cancel`, options);
    return { action: "draw.cancelled", target, send };
  },
  async denyDrawEntry() {
    const fan = await shop.fan();
    const drawId = await drawAmong(server, shop, [fan]);
    const target = String((await fan.drawStatus(drawId)).body.entryId);
    const body = { consumerId: fan.consumerId, reason: "BOT" };
    const path = `/api/v1/draws/${drawId}/deny`;
    return {
      action: "entry.denied",
      target,
      send: (options) => shop.call("POST", path, { body, ...options }),
    };
  },
  async removeDrawEntry() {
    const [draw, fan] = [await shop.draw(), await shop.fan()];
    const target = String((await fan.enterDraw(draw.id)).body.entryId);
    const body = { consumerId: fan.consumerId, reason: "BOT" };
    const path = `/api/v1/draws/${draw.id}/remove`;
    return {
      action: "entry.removed",
      target,
      send: (options) => shop.call("POST", path, { body, ...options }),
    };
  },
  createWebhookEndpoint: create("webhook_endpoint.created", hooks, () => hook),
  updateWebhookEndpoint: onHook("webhook_endpoint.updated", "PATCH", "", { description: "Till" }),
  deleteWebhookEndpoint: onHook("webhook_endpoint.deleted", "DELETE", ""),
  rotateWebhookEndpoint: onHook("webhook_endpoint.rotated", "POST", "/rotate-secret", {}),
  testWebhookEndpoint: onHook("webhook_endpoint.tested", "POST", "/test"),
  replayWebhookEndpoint: onHook("webhook_endpoint.replayed", "POST", "/replay", {
    from: "2026-01-01T00:00:00Z",
  }),
  createHook: create("hook.created", "/api/v1/hooks", () => ({ source: "hmac" })),
  updateHook: onInbound("hook.updated", "PATCH", "", { description: "Till" }),
  deleteHook: onInbound("hook.deleted", "DELETE", ""),
  rotateHook: onInbound("hook.rotated", "POST", "/rotate-secret", { overlapSeconds: 60 }),
  createOrder: create("order.created", orders, () => ({ externalId: "1001", paid: true })),
  updateOrder: onOrder("order.updated", "PATCH", "", { externalId: "1001" }),
  completeOrder: onOrder("order.completed", "POST", "/complete"),
  cancelOrder: onOrder("order.cancelled", "POST", "/cancel"),
  triggerEvent: async () => {
    const send = async (options: CallOptions) => {
      const answer = await shop.call("POST", "/api/v1/events/trigger", {
        body: { type: "draw.closed" },
        ...options,
      });
      return { ...answer, body: { ...answer.body, id: answer.body.eventId } };
    };
    return { action: "event.triggered", send };
  },
  createInvitation: create("invitation.created", "/api/v1/invitations", () => invited()),
  async revokeInvitation() {
    const target = await make("/api/v1/invitations", invited());
    const path = `/api/v1/invitations/${target}/revoke`;
    return { action: "invitation.revoked", target, send: (options) => shop.call("POST", path, options) };
  },
  updateMember: async () => {
    const { target, path } = await newMember();
    const send = (options: CallOptions) => shop.call("PATCH", path, { body: { role: "editor" }, ...options });
    return { action: "member.updated", target, send };
  },
  deleteMember: async () => {
    const { target, path } = await newMember();
    return { action: "member.deleted", target, send: (options) => shop.call("DELETE", path, options) };
  },
  admitEntry: onEntry("entry.admitted", "admit"),
  denyEntry: onEntry("entry.denied", "deny", { reason: "reason that is personal" }),
};

interface Row extends Record<string, unknown> {
  readonly action: string;
  readonly target_id: string | null;
  readonly actor_name: string;
  readonly request_id: string;
  readonly network: string;
}

const rowsOf = (of: TestShop = shop): Promise<Row[]> =>
  server.db.query<Row>(
    `select r.* from audit_records r join audit_chains c on c.id = r.chain_id
     where c.organization_id = $1 order by number`,
    [decodeId("organization", of.organizationId)],
  );

it("every operation that changes something by a secret key is tried here, or is known to be on no record", () => {
  const byOthers = ["signed", "anyone", "publishable", "consumer", "maybeConsumer", "visitor"];
  const writes = operationNames.filter((name) => {
    const { access, leastRole, method } = operationOf(name);
    // What members of every role do is about their own account, which is no organization's.
    const isOwnAccount = access === "member" && leastRole === "viewer";
    return method !== "GET" && !byOthers.includes(access) && !isOwnAccount;
  });
  expect([...Object.keys(audited), ...Object.keys(unaudited)].sort()).toEqual([...writes].sort());
});

describe.each(Object.entries(audited))("%s", (name, prepare) => {
  it("leaves one row on success, with who, what and from where, and none when it is repeated or refused", async () => {
    shop = await server.shop();
    const { action, send, target } = await prepare();
    const before = await rowsOf();
    const headers = { "X-Request-Id": "the-first", "Idempotency-Key": "once" };
    const answer = await send({ headers });
    expect(answer.status).toBe(operationOf(name as OperationName).status);
    const rows = (await rowsOf()).slice(before.length);
    expect(rows).toMatchObject([
      {
        action,
        target_id: target === undefined ? answer.body.id : target,
        actor_type: "key",
        actor_name: "Secret key",
        request_id: "the-first",
        network: "127.0.0.1",
      },
    ]);
    if (operationOf(name as OperationName).idempotent === true) {
      const again = await send({ headers });
      expect(again.headers.get("idempotent-replayed")).toBe("true");
    }
    const refused = [
      await send({ bearer: "sk_test_0000" }),
      await send({ rawBody: "{" }),
      await send({ headers: { "If-Match": '"77"', "Idempotency-Key": "" } }),
    ];
    expect(refused.filter(({ status }) => status < 400)).toEqual([]);
    expect(await rowsOf()).toHaveLength(before.length + 1);
  });
});

describe("what is on no record", () => {
  it("leaves no row: signing in, checking and completing as the shop", async () => {
    shop = await server.shop();
    const queue = await shop.queue();
    const fan = await shop.fan();
    await fan.enter(queue.id);
    await testLine(server.db, queue.id).tick();
    const entry = await server.until(
      () => fan.status(queue.id),
      ({ body }) => body.status === "ADMITTED",
    );
    const { token } = entry.body.admission as { token: string };
    const drawId = await drawAmong(server, shop, [fan]);
    const win = (await fan.drawStatus(drawId)).body.admission as { token: string };
    const before = await rowsOf();
    const calls: Record<string, object> = {
      "auth/external/authorize": { provider: "shop", issuer: "https://shop.example.com", subject: "1" },
      [`queues/${queue.id}/validate`]: { token },
      [`queues/${queue.id}/complete`]: { consumerId: fan.consumerId },
      [`draws/${drawId}/validate`]: { token: win.token },
      [`draws/${drawId}/complete`]: { consumerId: fan.consumerId },
    };
    expect(Object.keys(calls)).toHaveLength(Object.keys(unaudited).length);
    for (const [path, body] of Object.entries(calls))
      expect((await shop.call("POST", `/api/v1/${path}`, { body })).status).toBeLessThan(300);
    expect(await rowsOf()).toHaveLength(before.length);
  });
});

describe("the log of an organization", () => {
  it("keeps of a consumer the names of what changed alone", async () => {
    shop = await server.shop();
    const made = { email: "ada@example.com", name: "Ada Lovelace", metadata: { size: "shoe-37" } };
    const id = await make("/api/v1/consumers", made);
    const patch = { name: "Augusta King", metadata: { size: "shoe-38" } };
    await shop.call("PATCH", `/api/v1/consumers/${id}`, { body: patch });
    const queue = await shop.queue();
    const fan = await shop.fan();
    await fan.enter(queue.id);
    const body = { consumerId: fan.consumerId, reason: "sold the place", block: true };
    await shop.call("POST", `/api/v1/queues/${queue.id}/deny`, { body });
    const rows = await rowsOf();
    expect(rows.map(({ action, changed }) => [action, changed])).toEqual([
      ["organization.created", []],
      ["consumer.created", ["email", "name", "metadata"]],
      ["consumer.updated", ["name", "metadata"]],
      ["queue.created", []],
      ["entry.denied", ["status", "reason", "isBlocked"]],
    ]);
    expect(JSON.stringify(rows)).not.toMatch(/ada@|Lovelace|Augusta|shoe-|sold the place|reason that/);
    expect(rows.at(-1)).toMatchObject({
      before: { status: "QUEUED", isBlocked: false },
      after: { status: "DENIED", isBlocked: true },
      related: [queue.id, fan.consumerId],
    });
  });

  it("shows of a queue what differs, and nothing of a call that changes nothing", async () => {
    shop = await server.shop();
    const { id } = await shop.queue({ admitRate: 60, capacity: 10 });
    await shop.call("PATCH", `/api/v1/queues/${id}`, { body: { admitRate: 90, capacity: null } });
    for (const verb of ["pause", "pause", "resume", "resume", "open"])
      await shop.call("POST", `/api/v1/queues/${id}/${verb}`);
    for (const drain of [true, true, false, false])
      await shop.call("POST", `/api/v1/queues/${id}/close`, { body: { drain } });
    const rows = await rowsOf();
    expect(rows.slice(2).map(({ action, changed }) => [action, changed])).toEqual([
      ["queue.updated", ["capacity", "admitRate"]],
      ["queue.paused", ["status", "isPaused"]],
      ["queue.resumed", ["status", "isPaused"]],
      ["queue.closed", ["status", "closeAt"]],
      ["queue.closed", ["isEnded"]],
    ]);
    expect(rows[2]).toMatchObject({
      before: { admitRate: 60, capacity: 10, version: 1 },
      after: { admitRate: 90, capacity: null, version: 2 },
    });
  });

  it("names the member who made a change by id alone, in the mode of the call, and lets admins read it", async () => {
    shop = await server.shop();
    const admin = await shop.member("admin");
    const made = await admin.call("POST", "/api/v1/experiences", { body: { name: "Home" } });
    expect(made.status).toBe(201);
    expect((await rowsOf()).at(-1)).toMatchObject({
      action: "experience.created",
      actor_type: "member",
      actor_id: expect.stringMatching(/^mem_/),
      actor_name: null,
    });
    const { body } = await admin.call("GET", "/api/v1/audit-log?first=1");
    expect(body.data).toMatchObject([{ mode: "test", target: { id: made.body.id } }]);
    for (const path of ["/api/v1/audit-log", "/api/v1/audit-log/export"])
      expect((await (await shop.member("editor")).call("GET", path)).body.code).toBe("INSUFFICIENT_ROLE");
  });

  it("holds none of what fans do", async () => {
    shop = await server.shop();
    const queue = await shop.queue();
    const before = await rowsOf();
    const [stays, leaves] = await shop.fans(2);
    for (const fan of [stays, leaves]) await fan?.enter(queue.id);
    await leaves?.leave(queue.id);
    await testLine(server.db, queue.id).tick();
    await stays?.status(queue.id);
    expect(await rowsOf()).toHaveLength(before.length);
  });
});
