/** What a shop verifies with the SDK, against the real server: admission tokens and webhooks. */
import { protectCheckout } from "@stanchion/sdk/checkout";
import { StanchionError, verifyAdmission, verifyWebhook } from "@stanchion/sdk/server";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import {
  startTestReceiver,
  startTestServer,
  type TestFan,
  type TestReceiver,
  type TestServer,
  type TestShop,
} from "../packages/server/src/testing/index.ts";

let server: TestServer;
let shop: TestShop;
let receiver: TestReceiver;

beforeAll(async () => {
  [server, receiver] = await Promise.all([startTestServer(), startTestReceiver()]);
  shop = await server.shop();
});
beforeEach(() => {
  receiver.answer = (_, response) => void response.writeHead(204).end();
});
afterAll(async () => {
  await server.stop();
  await receiver.stop();
});

async function tokenFor(fan: TestFan, queueId: string): Promise<string> {
  await fan.enter(queueId);
  const admitted = await server.until(
    () => fan.status(queueId),
    ({ body }) => body.status === "ADMITTED",
  );
  return (admitted.body.admission as { token: string }).token;
}

async function codeOf(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => "good",
    (error: unknown) => (error instanceof StanchionError ? error.code : String(error)),
  );
}

it("an admission's token, offline and by asking, until it was used", async () => {
  const { id: queueId } = await shop.queue();
  const fan = await shop.fan();
  const token = await tokenFor(fan, queueId);
  const { organizationId, secretKey } = shop;
  const offline = { url: server.url, organizationId, queueId };
  const online = { ...offline, secretKey, validate: true };
  const admission = await verifyAdmission(token, online);
  expect(admission).toMatchObject({ consumerId: fan.consumerId, distributionId: queueId, organizationId });
  expect(admission.expiresAt?.getTime()).toBeGreaterThan(Date.now());
  expect(await verifyAdmission(token, offline)).toEqual({ ...admission, expiresAt: null });

  const body = { consumerId: fan.consumerId, orderId: "4711" };
  expect((await shop.call("POST", `/api/v1/queues/${queueId}/complete`, { body })).status).toBe(200);
  expect(await codeOf(verifyAdmission(token, offline))).toBe("good");
  expect(await codeOf(verifyAdmission(token, online))).toBe("ADMISSION_USED");
  const otherShop = await server.shop();
  const byOther = { ...offline, organizationId: otherShop.organizationId };
  expect(await codeOf(verifyAdmission(token, byOther))).toBe("INVALID_TOKEN");
});

it("a webhook, also while its secret is changed for another", async () => {
  const made = await shop.call("POST", "/api/v1/webhook-endpoints", {
    body: { url: `${receiver.url}/hooks`, events: ["queue.opened"] },
  });
  const path = `/api/v1/webhook-endpoints/${made.body.id}`;
  const first = String(made.body.secret);
  const second = String((await shop.call("POST", `${path}/rotate-secret`)).body.secret);
  await shop.call("POST", `${path}/test`);
  const [webhook] = await server.until(
    async () => [...receiver.received],
    ({ length }) => length > 0,
  );
  if (webhook === undefined) throw new Error("nothing came");
  for (const secrets of [first, second, [second, first]]) {
    const event = await verifyWebhook(webhook.text, webhook.headers, secrets);
    expect(event).toMatchObject({ type: "webhook.test", organizationId: shop.organizationId });
  }
  expect(await codeOf(verifyWebhook(`${webhook.text} `, webhook.headers, first))).toBe(
    "WEBHOOK_NOT_VERIFIED",
  );
});

it("a checkout, until its webhook says that the fan was denied", async () => {
  const { id: queueId } = await shop.queue();
  const made = await shop.call("POST", "/api/v1/webhook-endpoints", {
    body: { url: `${receiver.url}/denied`, events: ["queue.consumer.denied"] },
  });
  const checkout = protectCheckout({
    url: server.url,
    organizationId: shop.organizationId,
    queueId,
    secretKey: shop.secretKey,
    cookie: { secret: "a secret of this test's shop, long enough" },
  });
  const told: Promise<unknown>[] = [];
  receiver.answer = ({ path, text, headers }, response) => {
    if (path === "/denied")
      told.push(verifyWebhook(text, headers, String(made.body.secret)).then((event) => checkout.note(event)));
    response.writeHead(204).end();
  };
  const fan = await shop.fan();
  const token = await tokenFor(fan, queueId);
  const open = (path: string, cookie = "") =>
    checkout.check(new Request(`https://shop.test${path}`, { headers: { accept: "text/html", cookie } }));
  const come = await open(`/checkout?admission_token=${token}`);
  if (come.isAdmitted) throw new Error("it was not redirected");
  const [cookie = ""] = come.response.headers.getSetCookie();
  expect(await open("/checkout", cookie)).toMatchObject({
    isAdmitted: true,
    admission: { consumerId: fan.consumerId, distributionId: queueId },
  });

  const body = { consumerId: fan.consumerId, reason: "a bot" };
  expect((await shop.call("POST", `/api/v1/queues/${queueId}/deny`, { body })).status).toBe(200);
  await server.until(
    async () => told.length,
    (count) => count > 0,
  );
  await Promise.all(told);
  for (const path of ["/checkout", `/checkout?admission_token=${token}`]) {
    const refused = await open(path, cookie);
    expect(refused.isAdmitted).toBe(false);
    if (!refused.isAdmitted)
      expect(refused.response.headers.get("location")).toBe(`${server.url}/q/${queueId}`);
  }
});
