import { errorCodes, errorExamples, type OperationName, operationOf } from "@stanchion/contract";
import { describe, expect, it } from "vitest";
import { checkAnswer } from "../../../server/src/testing/check-answer.ts";
import { Stanchion } from "../index.ts";
import { StanchionServer, verifyAdmission, verifyWebhook } from "../server/index.ts";
import { turnMailsOf } from "../turn-mail/index.ts";
import { createFakeStanchion, type FakeStanchion } from "./index.ts";

function clientOf(fake: FakeStanchion, more: object = {}): Stanchion {
  return new Stanchion({
    publishableKey: fake.publishableKey,
    baseUrl: fake.url,
    storage: new OwnStorage(),
    ...fake.surroundings,
    ...more,
  });
}

/** A storage of this client alone. */
class OwnStorage {
  readonly #values = new Map<string, string>();
  getItem(key: string): string | null {
    return this.#values.get(key) ?? null;
  }
  setItem(key: string, value: string): void {
    this.#values.set(key, value);
  }
  removeItem(key: string): void {
    this.#values.delete(key);
  }
}

const noWait = async (): Promise<void> => {};

describe("a line", () => {
  it("is followed by a watch from joining to the checkout, and from there to the end", async () => {
    const fake = createFakeStanchion();
    const queue = fake.addQueue({ admissionExpirationSeconds: 60, completionGraceSeconds: 0 });
    queue.addFans(5_000);
    const stanchion = clientOf(fake);
    const { consumerId, position } = await stanchion.queues.enter(queue.id);
    expect(position).toBe(5_001);
    const watch = stanchion.queues.watch(queue.id);
    await fake.settle();
    expect(watch.snapshot).toMatchObject({ phase: "waiting", connection: "stream", position: 5_001 });
    queue.admitNext(4_000);
    await fake.advance(5);
    expect(watch.snapshot.position).toBe(1_001);
    queue.admitNext(1_001);
    await fake.advance(5);
    expect(watch.snapshot.phase).toBe("admitted");
    const { token } = watch.snapshot.admission ?? { token: "" };
    const { url, organizationId, now, fetch } = fake;
    const admission = await verifyAdmission(token, { url, organizationId, queueId: queue.id, now, fetch });
    expect(admission.consumerId).toBe(consumerId);
    await fake.advance(65);
    expect(watch.snapshot.phase).toBe("expired");
    watch.stop();
  });

  it("tells a wait by the rate or by a full checkout, and none where nobody knows of a turn", async () => {
    const fake = createFakeStanchion();
    const waitIn = async (settings: object, act?: "pause") => {
      const queue = fake.addQueue({ admitRate: 600, ...settings });
      queue.addFans(99);
      if (act === "pause") queue.pause();
      return (await clientOf(fake).queues.enter(queue.id)).estimatedWaitSeconds;
    };
    const checkout = {
      maxConcurrentAdmissions: 10,
      admissionExpirationSeconds: 600,
      completionGraceSeconds: 120,
    };
    expect(await waitIn({})).toBe(10);
    expect(await waitIn(checkout)).toBe(90 * 36);
    expect(await waitIn({ maxAdmissions: 100 })).toBe(10);
    expect(await waitIn({ maxAdmissions: 99 })).toBeNull();
    expect(await waitIn({}, "pause")).toBeNull();
  });

  it("goes on with another device, and tells the watch of the old one that it has", async () => {
    const fake = createFakeStanchion();
    const queue = fake.addQueue({ requireFingerprint: true });
    const laptop = clientOf(fake, { fingerprint: "laptop-0001" });
    const phone = clientOf(fake, { fingerprint: "phone-0001" });
    const { entryId } = await laptop.queues.enter(queue.id);
    const watch = laptop.queues.watch(queue.id);
    const { carryCode } = await laptop.auth.carry();
    await phone.auth.takeOver(carryCode);
    expect((await phone.queues.status(queue.id)).entryId).toBe(entryId);
    await expect(clientOf(fake).auth.takeOver(carryCode)).rejects.toMatchObject({ code: "INVALID_TOKEN" });
    watch.refresh();
    await fake.advance(120);
    expect(watch.snapshot.error?.details).toMatchObject({ reason: "carried" });
    expect(laptop.auth.session()).toBeNull();
    watch.stop();
  });

  it("counts those who left in front by the bits of their segment", async () => {
    const fake = createFakeStanchion();
    const queue = fake.addQueue();
    const [first = ""] = queue.addFans(3);
    const stanchion = clientOf(fake);
    await stanchion.queues.enter(queue.id);
    const watch = stanchion.queues.watch(queue.id);
    await fake.settle();
    queue.deny(first);
    await fake.advance(3);
    expect(watch.snapshot.position).toBe(3);
    watch.stop();
  });

  it("tells a watch that it is paused, sold out, in maintenance, offline and back", async () => {
    const fake = createFakeStanchion();
    const queue = fake.addQueue();
    const stanchion = clientOf(fake);
    await stanchion.queues.enter(queue.id);
    const watch = stanchion.queues.watch(queue.id);
    await fake.settle();
    queue.pause();
    await fake.settle();
    expect(watch.snapshot.queueStatus).toBe("PAUSED");
    queue.resume();
    fake.dropStreams();
    await fake.advance(10);
    expect(watch.snapshot).toMatchObject({ queueStatus: "OPEN", connection: "stream" });
    fake.goOffline();
    await fake.advance(20);
    expect(watch.snapshot.connection).toBe("offline");
    fake.goOnline();
    await fake.advance(120);
    expect(watch.snapshot.connection).toBe("stream");
    fake.startMaintenance({ message: "Back at eight." });
    await fake.advance(10);
    expect(watch.snapshot.error).toMatchObject({
      code: "MAINTENANCE",
      details: { message: "Back at eight." },
    });
    fake.endMaintenance();
    await fake.advance(240);
    expect(watch.snapshot.error).toBeNull();
    queue.sellOut();
    await fake.advance(15);
    expect(watch.snapshot.entry).toMatchObject({ status: "DENIED", endedReason: "SOLD_OUT" });
    watch.stop();
  });
});

describe("failNext", () => {
  const answerTo = async (fake: FakeStanchion, name: OperationName, headers: Record<string, string>) => {
    const { method, path } = operationOf(name);
    const route = path.replaceAll(/\{\w+\}/g, "x");
    const answer = await fake.handle(new Request(fake.url + route, { method, headers }));
    const text = await answer.text();
    return {
      route,
      method,
      answer: { status: answer.status, headers: answer.headers, text, body: JSON.parse(text) },
    };
  };

  it.each(errorCodes.filter((code) => errorExamples[code].operation !== null))(
    "%s answers what the contract shows, with the headers that it asks for",
    async (code) => {
      const fake = createFakeStanchion();
      const operation = errorExamples[code].operation ?? "createQueue";
      fake.failNext(code, { operation });
      const sent = errorExamples[code].request.headers["If-Match"];
      const ifMatch: Record<string, string> = sent === undefined ? {} : { "If-Match": sent };
      const { route, method, answer } = await answerTo(fake, operation, ifMatch);
      checkAnswer(method, route, answer);
      const { body, status } = errorExamples[code].response;
      expect(answer.status).toBe(status);
      expect(Object.keys(answer.body.details)).toEqual(Object.keys(body.details));
      expect(answer.body).toMatchObject({
        message: body.message,
        retryable: body.retryable,
        error: body.error,
      });
    },
  );

  it("fails the call that was named, so often as was said, and no other", async () => {
    const fake = createFakeStanchion();
    const queue = fake.addQueue();
    const stanchion = clientOf(fake, { wait: noWait });
    fake.failNext("QUEUE_FULL", { operation: "enterQueue", times: 2 });
    for (const _ of [1, 2])
      await expect(stanchion.queues.enter(queue.id)).rejects.toMatchObject({ code: "QUEUE_FULL" });
    expect((await stanchion.queues.enter(queue.id)).status).toBe("QUEUED");
  });

  it("says how long to wait, and the client waits so long", async () => {
    const fake = createFakeStanchion();
    const queue = fake.addQueue();
    const stanchion = clientOf(fake);
    fake.failNext("RATE_LIMITED", { operation: "enterQueue", retryAfterSeconds: 7 });
    const startedAtMs = fake.now();
    const entering = stanchion.queues.enter(queue.id);
    await fake.advance(7);
    expect(Date.parse((await entering).enteredAt) - startedAtMs).toBeGreaterThanOrEqual(7_000);
  });

  it("refuses a code that there is not, and one that the operation never has", () => {
    const fake = createFakeStanchion();
    expect(() => fake.failNext("SOLD_OUT" as "QUEUE_FULL")).toThrow("The contract has no code SOLD_OUT.");
    expect(() => fake.failNext("DRAW_FULL", { operation: "enterQueue" })).toThrow(
      "enterQueue is never refused with DRAW_FULL. It can be with",
    );
  });
});

it("takes a mail at the turn once the address is confirmed, and has sent it when it admits", async () => {
  const fake = createFakeStanchion();
  const queue = fake.addQueue({ pageUrl: "https://shop.example/line" });
  const stanchion = clientOf(fake);
  const turnMails = turnMailsOf(stanchion);
  await stanchion.queues.enter(queue.id);
  await expect(turnMails.request(queue.id)).rejects.toMatchObject({ code: "EMAIL_REQUIRED", status: 403 });
  await stanchion.auth.requestCode("Fan@example.com");
  await stanchion.auth.verifyCode("Fan@example.com", fake.codeFor("fan@example.com") ?? "");
  const asked = await turnMails.request(queue.id, { language: "de" });
  expect(asked).toMatchObject({ status: "REQUESTED", email: "f***@example.com", language: "de" });
  await fake.advance(60);
  const again = await turnMails.request(queue.id, { language: "fr" });
  expect(again).toEqual({ ...asked, language: "fr" });
  queue.admitNext();
  const sentAt = new Date(fake.now()).toISOString();
  expect(await turnMails.read(queue.id)).toEqual({ ...again, status: "SENT", sentAt });
});

it("says of what it does not know that it is the fake that does not", async () => {
  const fake = createFakeStanchion();
  const shop = new StanchionServer({ url: fake.url, secretKey: fake.secretKey, fetch: fake.fetch });
  await expect(shop.consumers.create({})).rejects.toMatchObject({
    code: "NOT_FAKED",
    status: 501,
    message: expect.stringContaining("The fake does not know createConsumer (POST /api/v1/consumers)."),
  });
  await expect(fake.fetch(`${fake.url}/q/queue_1`).then((answer) => answer.json())).resolves.toMatchObject({
    code: "NOT_FAKED",
  });
  await expect(fake.fetch("https://elsewhere.test/")).rejects.toThrow(
    "answers https://stanchion.test and nothing else",
  );
});

it("signs webhooks that verify, and refuses data that no event has", async () => {
  const fake = createFakeStanchion();
  const { body, headers } = await fake.webhook("queue.consumer.admitted", { consumerId: "cons_1" });
  const event = await verifyWebhook(body, headers, fake.webhookSecret, { now: fake.now });
  expect(event).toMatchObject({ type: "queue.consumer.admitted", organizationId: fake.organizationId });
  expect(event.data.consumerId).toBe("cons_1");
  await expect(fake.webhook("queue.consumer.admitted", { ticket: "1" })).rejects.toThrow(TypeError);
  await expect(fake.webhook("queue.exploded" as "queue.opened")).rejects.toThrow(
    "There is no event queue.exploded.",
  );
});
