/** Every call of the SDK's client for servers, made against the real server. */
import { encodeId, operationNames, operationOf } from "@stanchion/contract";
import { StanchionServer } from "@stanchion/sdk/server";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { serverCalls } from "../packages/sdk/src/server/server-calls.ts";
import {
  carryCalls,
  drawAmong,
  drawnLine,
  insertMember,
  latestCode,
  startTestServer,
  type TestFan,
  type TestServer,
  type TestShop,
} from "../packages/server/src/testing/index.ts";

let server: TestServer;
let shop: TestShop;
let stanchion: StanchionServer;

beforeAll(async () => {
  server = await startTestServer({ isWorker: false });
});
afterAll(async () => {
  await server.stop();
});
beforeEach(async () => {
  shop = await server.shop();
  stanchion = new StanchionServer({ url: server.url, secretKey: shop.secretKey });
});

const makeKey = () => stanchion.apiKeys.create({ name: "Till", kind: "secret", scopes: ["queues:read"] });
const makeExperience = () => stanchion.experiences.create({ name: "Spring" });
const makeSequence = async () => {
  const { id } = await makeExperience();
  return stanchion.sequences.create({ experienceId: id, name: "First wave" });
};
const makeQueue = (settings: { readonly openAt?: string } = {}) =>
  stanchion.queues.create({ name: "Friday drop", admitRate: 600, ...settings });
const inAnHour = () => new Date(Date.now() + 3_600_000).toISOString();
const drawWon = async () => {
  const fan = await shop.fan();
  const id = await drawAmong(server, shop, [fan]);
  return { id, fan, entry: (await fan.drawStatus(id)).body };
};
const makeDraw = () =>
  stanchion.draws.create({ name: "Front row", winnerCount: 3, closeAt: inAnHour(), drawAt: inAnHour() });
const makeInvitation = () => stanchion.invitations.create({ email: "ada@example.com", role: "viewer" });
const makeMember = async (): Promise<string> => {
  const { memberId } = await insertMember(server.db, shop.organizationId, "viewer");
  return encodeId("member", memberId);
};
const makeLine = async () => {
  const queue = await makeQueue();
  const fan = await shop.fan();
  await fan.enter(queue.id);
  return { queueId: queue.id, fan, consumerId: fan.consumerId };
};
const admittedToken = async (queueId: string, fan: TestFan): Promise<string> => {
  await stanchion.entries.admit(queueId, { consumerId: fan.consumerId });
  const { body } = await fan.status(queueId);
  return (body as { admission: { token: string } }).admission.token;
};
const makeHook = () =>
  stanchion.webhookEndpoints.create({ url: "https://shop.example/hooks", events: ["queue.paused"] });
const firstOf = async <T>(items: AsyncIterable<T>): Promise<T | undefined> => {
  for await (const item of items) return item;
  return undefined;
};

const account = { provider: "shop", issuer: "https://accounts.shop.example", subject: "4711" };

/** One use of each call, by its name. */
const uses: Readonly<Record<string, () => Promise<void>>> = {
  "guests.create": async () => {
    const { session } = await stanchion.guests.create();
    expect(session.consumerId).toMatch(/^cons_/);
  },
  "sessions.refresh": async () => {
    const { refreshToken, session } = await stanchion.guests.create();
    const renewed = await stanchion.sessions.refresh({ refreshToken });
    expect(renewed.session.consumerId).toBe(session.consumerId);
  },
  "codes.request": async () => {
    expect(await stanchion.codes.request({ email: "Ada@example.com" })).toEqual({ ok: true });
  },
  "codes.verify": async () => {
    await stanchion.codes.request({ email: "grace@example.com" });
    const code = await latestCode(server, "grace@example.com");
    const { session } = await stanchion.codes.verify({ email: "grace@example.com", code });
    expect(session.type).toBe("authenticated");
  },
  "requests.read": async () => {
    const requestId = `own-${Date.now()}`;
    await stanchion.queues.read("queue_01m8b892g9ft5v32c47h6nzxee", { requestId }).catch(() => {});
    const { requests } = await stanchion.requests.read(requestId);
    expect(requests.map(({ answered }) => answered.code)).toEqual(["QUEUE_NOT_FOUND"]);
  },
  "auditRecords.list": async () => {
    const { id } = await makeExperience();
    const { data } = await stanchion.auditRecords.list({ action: "experience.created" });
    expect(data.map((one) => one.target)).toEqual([{ type: "experience", id }]);
  },
  "auditRecords.export": async () => {
    const { id } = await makeExperience();
    expect(await stanchion.auditRecords.export({ target: id })).toContain(`,experience.created,key,`);
  },
  "webhookEndpoints.create": async () => {
    const { secret, status } = await makeHook();
    expect([secret.slice(0, 6), status]).toEqual(["whsec_", "ENABLED"]);
  },
  "webhookEndpoints.list": async () => {
    const { id } = await makeHook();
    expect((await firstOf(stanchion.webhookEndpoints.list({ first: 1 })))?.id).toBe(id);
  },
  "webhookEndpoints.read": async () => {
    const { id } = await makeHook();
    expect((await stanchion.webhookEndpoints.read(id)).events).toEqual(["queue.paused"]);
  },
  "webhookEndpoints.update": async () => {
    const { id, version } = await makeHook();
    const patch = { status: "DISABLED" } as const;
    const changed = await stanchion.webhookEndpoints.update(id, patch, { ifMatch: version });
    expect(changed.disabledReason).toBe("BY_REQUEST");
  },
  "webhookEndpoints.delete": async () => {
    const { id } = await makeHook();
    await stanchion.webhookEndpoints.delete(id, { ifMatch: "*" });
    expect((await stanchion.webhookEndpoints.list()).data).toEqual([]);
  },
  "webhookEndpoints.rotate": async () => {
    const { id, secret } = await makeHook();
    const rotated = await stanchion.webhookEndpoints.rotate(id, { overlapSeconds: 60 });
    expect([rotated.secret === secret, rotated.previousSecretEndsAt]).toEqual([false, expect.any(String)]);
  },
  "webhookEndpoints.test": async () => {
    const { id } = await makeHook();
    expect((await stanchion.webhookEndpoints.test(id)).type).toBe("webhook.test");
  },
  "webhookEndpoints.replay": async () => {
    const { id } = await makeHook();
    expect(await stanchion.webhookEndpoints.replay(id, { from: "2026-01-01T00:00:00Z" })).toEqual({
      replayed: 0,
      nextFrom: null,
    });
  },
  "events.stream": async () => {
    for await (const { event, data } of stanchion.events.stream({ types: "queue.paused" })) {
      expect([event, data]).toMatchObject(["listening", { types: ["queue.paused"] }]);
      break;
    }
  },
  "events.trigger": async () => {
    const { type, listeners } = await stanchion.events.trigger({ type: "draw.consumer.lost" });
    expect(type).toBe("draw.consumer.lost");
    expect(listeners).toBeGreaterThanOrEqual(0);
  },
  "webhookDeliveries.list": async () => {
    const { id } = await makeHook();
    const { eventId } = await stanchion.webhookEndpoints.test(id);
    expect((await firstOf(stanchion.webhookDeliveries.list(id)))?.eventId).toBe(eventId);
  },
  "hooks.create": async () => {
    const { secret, url } = await stanchion.hooks.create({ source: "hmac" });
    expect([secret?.slice(0, 6), url]).toEqual(["whsec_", expect.stringContaining("/api/v1/hooks/hook_")]);
  },
  "hooks.list": async () => {
    const { id } = await stanchion.hooks.create({ source: "stripe", secret: "whsec_of_stripe" });
    expect((await firstOf(stanchion.hooks.list({ first: 1 })))?.id).toBe(id);
  },
  "hooks.read": async () => {
    const { id } = await stanchion.hooks.create({ source: "shopify", secret: "of shopify" });
    expect((await stanchion.hooks.read(id)).source).toBe("shopify");
  },
  "hooks.update": async () => {
    const { id, version } = await stanchion.hooks.create({ source: "hmac" });
    const changed = await stanchion.hooks.update(id, { description: "Till" }, { ifMatch: version });
    expect(changed.description).toBe("Till");
  },
  "hooks.delete": async () => {
    const { id } = await stanchion.hooks.create({ source: "hmac" });
    await stanchion.hooks.delete(id, { ifMatch: "*" });
    expect((await stanchion.hooks.list()).data.map((one) => one.id)).not.toContain(id);
  },
  "hooks.rotate": async () => {
    const { id, secret } = await stanchion.hooks.create({ source: "hmac" });
    const rotated = await stanchion.hooks.rotate(id, { overlapSeconds: 60 });
    expect([rotated.secret === secret, rotated.previousSecretEndsAt]).toEqual([false, expect.any(String)]);
  },
  "orders.create": async () => {
    const { status, total } = await stanchion.orders.create({ total: "12.50", currency: "EUR", paid: true });
    expect([status, total]).toEqual(["PAID", "12.50"]);
  },
  "orders.list": async () => {
    const { id } = await stanchion.orders.create({ externalId: "listed" });
    expect((await firstOf(stanchion.orders.list({ externalId: "listed" })))?.id).toBe(id);
  },
  "orders.read": async () => {
    const made = await stanchion.orders.create({});
    expect(await stanchion.orders.read(made.id)).toEqual(made);
  },
  "orders.update": async () => {
    const { id, version } = await stanchion.orders.create({});
    const changed = await stanchion.orders.update(id, { externalId: "changed" }, { ifMatch: version });
    expect(changed.externalId).toBe("changed");
  },
  "orders.complete": async () => {
    const { id } = await stanchion.orders.create({});
    expect((await stanchion.orders.complete(id)).status).toBe("PAID");
  },
  "orders.cancel": async () => {
    const { id } = await stanchion.orders.create({});
    expect((await stanchion.orders.cancel(id, { reason: "Sold twice" })).reason).toBe("Sold twice");
  },
  "apiKeys.create": async () => {
    const { key, scopes } = await makeKey();
    expect([key.slice(0, 8), scopes]).toEqual(["sk_test_", ["queues:read"]]);
  },
  "apiKeys.list": async () => {
    const { id } = await makeKey();
    expect((await stanchion.apiKeys.list({ search: "till" })).data.map((one) => one.id)).toEqual([id]);
  },
  "apiKeys.read": async () => {
    const { key: _, ...made } = await makeKey();
    expect(await stanchion.apiKeys.read(made.id)).toEqual(made);
  },
  "apiKeys.update": async () => {
    const { id, version } = await makeKey();
    const changed = await stanchion.apiKeys.update(id, { name: "Bar" }, { ifMatch: version });
    expect(changed).toMatchObject({ id, name: "Bar", version: version + 1 });
  },
  "apiKeys.rotate": async () => {
    const { id, key } = await makeKey();
    const rotated = await stanchion.apiKeys.rotate(id, { overlapSeconds: 60 });
    expect([rotated.id, rotated.previous.length, rotated.key === key]).toEqual([id, 1, false]);
  },
  "apiKeys.revoke": async () => {
    const { id } = await makeKey();
    expect((await stanchion.apiKeys.revoke(id)).status).toBe("REVOKED");
  },
  "organizations.read": async () => {
    expect((await stanchion.organizations.read()).id).toBe(shop.organizationId);
  },
  "organizations.update": async () => {
    const { version } = await stanchion.organizations.read();
    const allowedOrigins = ["https://*.shop.example"];
    const changed = await stanchion.organizations.update({ allowedOrigins }, { ifMatch: version });
    expect(changed.allowedOrigins).toEqual(allowedOrigins);
  },
  "consumers.create": async () => {
    expect((await stanchion.consumers.create({ email: "Ada@example.com" })).email).toBe("ada@example.com");
  },
  "consumers.list": async () => {
    const { id } = await stanchion.consumers.create({ name: "Ada" });
    expect((await stanchion.consumers.list({ search: "ada" })).data.map((one) => one.id)).toEqual([id]);
  },
  "consumers.read": async () => {
    const made = await stanchion.consumers.create({ name: "Ada" });
    expect(await stanchion.consumers.read(made.id)).toEqual({ ...made, active: [] });
  },
  "consumers.update": async () => {
    const { id, version } = await stanchion.consumers.create({ metadata: { a: "1" } });
    const changed = await stanchion.consumers.update(id, { metadata: { a: null } }, { ifMatch: version });
    expect(changed).toMatchObject({ id, metadata: {}, version: version + 1 });
  },
  "consumers.delete": async () => {
    const { id, version } = await stanchion.consumers.create({});
    expect(await stanchion.consumers.delete(id, { ifMatch: version })).toBeUndefined();
  },
  "consumers.batch": async () => {
    const { created, results } = await stanchion.consumers.batch({ consumers: [{ name: "Ada" }, {}] });
    expect([created, results[0]?.consumer?.name]).toEqual([2, "Ada"]);
  },
  "consumers.export": async () => {
    const { id } = await stanchion.consumers.create({ name: "Ada" });
    expect((await stanchion.consumers.export(id)).consumer.name).toBe("Ada");
  },
  "consumers.erase": async () => {
    const { id } = await stanchion.consumers.create({ name: "Ada" });
    expect(await stanchion.consumers.erase(id)).toMatchObject({ consumerId: id, entriesKept: 0 });
  },
  "externalAccounts.authorize": async () => {
    expect((await stanchion.externalAccounts.authorize(account)).resolution).toBe("created");
  },
  "externalAccounts.exchange": async () => {
    const { exchangeCode } = await stanchion.externalAccounts.authorize(account);
    const { session } = await stanchion.externalAccounts.exchange({ exchangeCode });
    expect(session.type).toBe("authenticated");
  },
  "carryCodes.exchange": async () => {
    const fan = await shop.fan();
    const carryCode = await carryCalls(server, shop).codeOf(fan);
    const { session } = await stanchion.carryCodes.exchange({ carryCode });
    expect(session.consumerId).toBe(fan.consumerId);
  },
  "products.create": async () => {
    const { variants } = await stanchion.products.create({
      name: "Boot",
      sku: "B",
      variants: [{ name: "42", sku: "B-42" }],
    });
    expect(variants.map((one) => one.sku)).toEqual(["B-42"]);
  },
  "products.list": async () => {
    const { id } = await stanchion.products.create({ name: "Boot", sku: "B" });
    expect((await stanchion.products.list({ status: "ACTIVE" })).data.map((one) => one.id)).toEqual([id]);
  },
  "products.export": async () => {
    const { id } = await stanchion.products.create({ name: "Boot", sku: "B" });
    expect(await stanchion.products.export({ status: "ACTIVE" })).toContain(`${id},Boot,B,`);
  },
  "products.import": async () => {
    const table = 'sku,name\nB,"Boot, ""high"" – 靴"\n';
    const dryRun = await stanchion.products.import(table, { dryRun: "true" });
    expect(dryRun).toEqual({ created: 1, updated: 0, unchanged: 0 });
    expect(await stanchion.products.import(table, {}, { idempotencyKey: "table" })).toEqual(dryRun);
    const [boot] = (await stanchion.products.list()).data;
    expect(boot?.name).toBe('Boot, "high" – 靴');
  },
  "products.read": async () => {
    const made = await stanchion.products.create({ name: "Boot", sku: "B" });
    expect(await stanchion.products.read(made.id)).toEqual(made);
  },
  "products.update": async () => {
    const { id, version } = await stanchion.products.create({ name: "Boot", sku: "B" });
    const changed = await stanchion.products.update(id, { sku: "C" }, { ifMatch: version });
    expect(changed).toMatchObject({ id, sku: "C", version: version + 1 });
  },
  "products.delete": async () => {
    const { id, version } = await stanchion.products.create({ name: "Boot", sku: "B" });
    expect(await stanchion.products.delete(id, { ifMatch: version })).toBeUndefined();
  },
  "experiences.create": async () => {
    expect((await makeExperience()).name).toBe("Spring");
  },
  "experiences.list": async () => {
    const { id } = await makeExperience();
    expect((await stanchion.experiences.list({ status: "OPEN" })).data.map((one) => one.id)).toEqual([id]);
  },
  "experiences.read": async () => {
    const made = await makeExperience();
    expect(await stanchion.experiences.read(made.id)).toEqual(made);
  },
  "experiences.update": async () => {
    const { id, version } = await makeExperience();
    const changed = await stanchion.experiences.update(id, { name: "Summer" }, { ifMatch: version });
    expect(changed).toMatchObject({ id, name: "Summer", version: version + 1 });
  },
  "experiences.delete": async () => {
    const { id, version } = await makeExperience();
    expect(await stanchion.experiences.delete(id, { ifMatch: version })).toBeUndefined();
    expect((await stanchion.experiences.list()).data).toEqual([]);
  },
  "sequences.create": async () => {
    expect((await makeSequence()).name).toBe("First wave");
  },
  "sequences.list": async () => {
    const { id, experienceId } = await makeSequence();
    expect((await stanchion.sequences.list({ experienceId })).data.map((one) => one.id)).toEqual([id]);
  },
  "sequences.read": async () => {
    const made = await makeSequence();
    expect(await stanchion.sequences.read(made.id)).toEqual(made);
  },
  "sequences.update": async () => {
    const { id } = await makeSequence();
    expect((await stanchion.sequences.update(id, { priority: 3 })).priority).toBe(3);
  },
  "sequences.delete": async () => {
    const { id } = await makeSequence();
    await stanchion.sequences.delete(id);
    expect((await stanchion.sequences.list()).data).toEqual([]);
  },
  "queues.create": async () => {
    expect((await makeQueue()).admitRate).toBe(600);
  },
  "queues.list": async () => {
    const { id } = await makeQueue();
    expect((await firstOf(stanchion.queues.list({ first: 1 })))?.id).toBe(id);
  },
  "queues.read": async () => {
    const made = await makeQueue();
    const read = await stanchion.queues.read(made.id);
    expect(read.admitRate).toBe(made.admitRate);
  },
  "queues.update": async () => {
    const { id, version } = await makeQueue();
    expect((await stanchion.queues.update(id, { capacity: 9 }, { ifMatch: version })).capacity).toBe(9);
  },
  "queues.delete": async () => {
    const { id } = await makeQueue();
    await stanchion.queues.delete(id, { ifMatch: "*" });
    expect((await stanchion.queues.list()).data).toEqual([]);
  },
  "queues.open": async () => {
    const { id } = await makeQueue({ openAt: "2199-01-01T00:00:00Z" });
    expect((await stanchion.queues.open(id)).status).toBe("OPEN");
  },
  "queues.pause": async () => {
    const { id } = await makeQueue();
    expect((await stanchion.queues.pause(id)).status).toBe("PAUSED");
  },
  "queues.resume": async () => {
    const { id } = await makeQueue();
    await stanchion.queues.pause(id);
    expect((await stanchion.queues.resume(id)).status).toBe("OPEN");
  },
  "queues.close": async () => {
    const { id } = await makeQueue();
    expect((await stanchion.queues.close(id, { drain: false })).status).toBe("CLOSED");
  },
  "draws.create": async () => {
    expect((await makeDraw()).rules.winnerCount).toBe(3);
  },
  "draws.list": async () => {
    const { id } = await makeDraw();
    expect((await firstOf(stanchion.draws.list({ first: 1 })))?.id).toBe(id);
  },
  "draws.read": async () => {
    const made = await makeDraw();
    expect((await stanchion.draws.read(made.id)).rulesHash).toBe(made.rulesHash);
  },
  "draws.update": async () => {
    const { id, version } = await makeDraw();
    expect((await stanchion.draws.update(id, { backfill: true }, { ifMatch: version })).backfill).toBe(true);
  },
  "draws.delete": async () => {
    const { id } = await makeDraw();
    await stanchion.draws.delete(id, { ifMatch: "*" });
    expect((await stanchion.draws.list()).data).toEqual([]);
  },
  "draws.stream": async () => {
    const { id } = await makeDraw();
    const event = await firstOf(stanchion.draws.stream(id));
    expect(event?.data).toMatchObject({ drawId: id, status: "OPEN" });
  },
  "draws.cancel": async () => {
    const { id } = await makeDraw();
    expect((await stanchion.draws.cancel(id)).status).toBe("CANCELLED");
  },
  "drawEntries.remove": async () => {
    const [{ id }, fan] = [await makeDraw(), await shop.fan()];
    await fan.enterDraw(id);
    const { consumerId } = fan;
    const removed = await stanchion.drawEntries.remove(id, { consumerId, reason: "RULES" });
    expect([removed.status, removed.reason]).toEqual(["DENIED", "RULES"]);
  },
  "drawEntries.deny": async () => {
    const { id, fan } = await drawWon();
    const { consumerId } = fan;
    const denied = await stanchion.drawEntries.deny(id, { consumerId, reason: "DUPLICATE" });
    expect(denied.status).toBe("DENIED");
  },
  "drawEntries.complete": async () => {
    const { id, fan } = await drawWon();
    const completed = await stanchion.drawEntries.complete(id, { consumerId: fan.consumerId });
    expect(completed.status).toBe("COMPLETED");
  },
  "drawAdmissions.validate": async () => {
    const { id, fan, entry } = await drawWon();
    const { token } = entry.admission as { token: string };
    const { admission } = await stanchion.drawAdmissions.validate(id, { token });
    expect(admission.consumerId).toBe(fan.consumerId);
  },
  "drawProofs.read": async () => {
    const { id, entry } = await drawWon();
    expect((await stanchion.drawProofs.read(id)).winners).toEqual([entry.entryId]);
  },
  "drawLeaves.read": async () => {
    const { id, entry } = await drawWon();
    expect(Buffer.from(await stanchion.drawLeaves.read(id)).toString()).toContain(String(entry.entryId));
  },
  "beacons.read": async () => {
    const asked = stanchion.beacons.read({ chain: "nobodys" });
    await expect(asked).rejects.toMatchObject({ code: "INVALID_PARAMETER" });
  },
  "queueProofs.read": async () => {
    const id = await drawnLine(server, shop, [await shop.fan()]);
    expect(await stanchion.queueProofs.read(id)).toMatchObject({ algorithm: "fair-line-v1", n: 1 });
  },
  "queueLeaves.read": async () => {
    const id = await drawnLine(server, shop, [await shop.fan()]);
    expect(Buffer.from(await stanchion.queueLeaves.read(id)).toString()).toContain(id);
  },
  "drawEntryProofs.read": async () => {
    const { id, entry } = await drawWon();
    expect(await stanchion.drawEntryProofs.read(id, String(entry.entryId))).toMatchObject({
      index: 0,
      path: [],
    });
  },
  "fairnessLogs.read": async () => {
    const { id } = await makeDraw();
    const { data } = await stanchion.fairnessLogs.read(shop.organizationId, { mode: "test" });
    expect(data.map(({ entry }) => [entry.kind, entry.distributionId])).toEqual([
      ["rules.made", id],
      ["rules.announced", id],
    ]);
  },
  "members.list": async () => {
    const { email } = await insertMember(server.db, shop.organizationId, "viewer");
    expect((await stanchion.members.list({ role: "viewer" })).data.map((one) => one.email)).toEqual([email]);
  },
  "members.read": async () => {
    expect((await stanchion.members.read(await makeMember())).role).toBe("viewer");
  },
  "members.update": async () => {
    const changed = await stanchion.members.update(await makeMember(), { role: "editor" }, { ifMatch: 1 });
    expect([changed.role, changed.version]).toEqual(["editor", 2]);
  },
  "members.delete": async () => {
    expect(await stanchion.members.delete(await makeMember(), { ifMatch: 1 })).toBeUndefined();
  },
  "invitations.create": async () => {
    expect((await makeInvitation()).status).toBe("PENDING");
  },
  "invitations.list": async () => {
    const { id } = await makeInvitation();
    expect((await stanchion.invitations.list()).data.map((one) => one.id)).toEqual([id]);
  },
  "invitations.read": async () => {
    const made = await makeInvitation();
    expect(await stanchion.invitations.read(made.id)).toEqual(made);
  },
  "invitations.revoke": async () => {
    const { id } = await makeInvitation();
    expect((await stanchion.invitations.revoke(id)).status).toBe("REVOKED");
  },
  "boards.read": async () => {
    const { id } = await makeQueue();
    expect((await stanchion.boards.read(id)).queueId).toBe(id);
  },
  "departedSegments.read": async () => {
    const { id } = await makeQueue();
    const bitmap = await stanchion.departedSegments.read(id, "0");
    expect([bitmap instanceof Uint8Array, bitmap.length]).toEqual([true, 512]);
  },
  "boards.stream": async () => {
    const { id } = await makeQueue();
    const event = await firstOf(stanchion.boards.stream(id));
    expect(event).toMatchObject({ event: "board", data: { queueId: id } });
  },
  "entries.admit": async () => {
    const { queueId, consumerId } = await makeLine();
    expect((await stanchion.entries.admit(queueId, { consumerId })).status).toBe("ADMITTED");
  },
  "entries.deny": async () => {
    const { queueId, consumerId } = await makeLine();
    expect((await stanchion.entries.deny(queueId, { consumerId, reason: "a bot" })).status).toBe("DENIED");
  },
  "entries.complete": async () => {
    const { queueId, consumerId } = await makeLine();
    await stanchion.entries.admit(queueId, { consumerId });
    const entry = await stanchion.entries.complete(queueId, { consumerId, orderId: "4711" });
    expect(entry.status).toBe("COMPLETED");
  },
  "admissions.validate": async () => {
    const { queueId, fan } = await makeLine();
    const token = await admittedToken(queueId, fan);
    const { valid, admission } = await stanchion.admissions.validate(queueId, { token });
    expect([valid, admission.consumerId]).toEqual([true, fan.consumerId]);
  },
  "service.readLiveness": async () => {
    expect(await stanchion.service.readLiveness()).toEqual({ status: "live" });
  },
  "service.readReadiness": async () => {
    expect(await stanchion.service.readReadiness()).toEqual({ status: "ready" });
  },
  "service.readMetrics": async () => {
    expect(await stanchion.service.readMetrics()).toContain("stanchion_open_streams");
  },
  "service.readJwks": async () => {
    expect((await stanchion.service.readJwks()).keys.length).toBeGreaterThan(0);
  },
  "service.readOpenapi": async () => {
    expect((await stanchion.service.readOpenapi()).openapi).toBe("3.1.0");
  },
};

describe("the calls of the client for servers", () => {
  it("are the operations that need no consumer and no member, each once, and no others", () => {
    const called = Object.values(serverCalls).flatMap((group) =>
      Object.values(group).map(({ operation }) => operation),
    );
    const ofPeople = ["consumer", "member", "visitor", "signed"];
    const expected = operationNames.filter((name) => !ofPeople.includes(operationOf(name).access));
    expect(called.toSorted()).toEqual(expected.toSorted());
  });

  it("are all used below", () => {
    const names = Object.entries(stanchion).flatMap(([group, calls]) =>
      Object.keys(calls).map((name) => `${group}.${name}`),
    );
    expect(Object.keys(uses).sort()).toEqual(names.sort());
  });

  it.each(Object.entries(uses))("%s", async (_, use) => {
    await use();
  });
});
