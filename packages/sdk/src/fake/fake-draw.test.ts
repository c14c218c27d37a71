import { expect, it } from "vitest";
import { checkAnswer } from "../../../server/src/testing/check-answer.ts";
import { Stanchion } from "../index.ts";
import { StanchionServer, verifyAdmission } from "../server/index.ts";
import { createFakeStanchion, type FakeStanchion } from "./index.ts";

/** A fan of the fake, every answer to whom is held against the contract. */
async function newFan(fake: FakeStanchion) {
  const call = async (method: string, path: string, headers: Record<string, string> = {}, sent?: object) => {
    const credential = {
      "X-Publishable-Key": fake.publishableKey,
      "Content-Type": "application/json",
      ...headers,
    };
    const body = sent === undefined ? {} : { body: JSON.stringify(sent) };
    const response = await fake.fetch(fake.url + path, { method, headers: credential, ...body });
    const text = await response.text();
    const answer = {
      status: response.status,
      headers: response.headers,
      text,
      body: JSON.parse(text || "{}"),
    };
    checkAnswer(method, path, answer);
    return answer;
  };
  const { body } = await call("POST", "/api/v1/auth/guest");
  const bearer = { Authorization: `Bearer ${body.accessToken}` };
  return {
    id: body.session.consumerId as string,
    call: (method: string, path: string, sent?: object) => call(method, path, bearer, sent),
  };
}

it("draws who the test says, and each hears of it as the contract has it", async () => {
  const fake = createFakeStanchion();
  const draw = fake.addDraw({ winnerCount: 2 });
  const path = `/api/v1/draws/${draw.id}`;
  const [ann, bob, cem] = [await newFan(fake), await newFan(fake), await newFan(fake)];
  for (const fan of [ann, bob, cem]) await fan.call("POST", `${path}/enter`);
  draw.draw({ winners: [bob.id, cem.id] });
  expect((await ann.call("GET", `${path}/status`)).body.status).toBe("LOST");
  const won = (await bob.call("GET", `${path}/status`)).body;
  expect(won).toMatchObject({ status: "WON", drawStatus: "COMPLETED" });
  const { url, organizationId, secretKey, fetch, now } = fake;
  const shop = new StanchionServer({ url, secretKey, fetch, now });
  const options = { url, organizationId, drawId: draw.id, fetch, now, validate: true, secretKey };
  expect((await verifyAdmission(won.admission.token, options)).consumerId).toBe(bob.id);
  expect((await shop.orders.create({ admissionId: won.admission.id, paid: true })).status).toBe("PAID");
  expect((await bob.call("GET", `${path}/status`)).body.status).toBe("COMPLETED");
  draw.expire(cem.id);
  expect((await cem.call("GET", `${path}/status`)).body.status).toBe("EXPIRED");
  expect(() => draw.draw({ winners: ["cons_1"] })).toThrow("INVALID_STATE");
});

it("tells by number whom the operator takes out, which the own page hears of within seconds", async () => {
  const fake = createFakeStanchion();
  const { url, publishableKey, secretKey, fetch, now, surroundings } = fake;
  const { id: drawId } = fake.addDraw();
  const stanchion = new Stanchion({ baseUrl: url, publishableKey, ...surroundings });
  const shop = new StanchionServer({ url, secretKey, fetch, now });
  const other = await newFan(fake);
  await other.call("POST", `/api/v1/draws/${drawId}/enter`);
  const { consumerId, number } = await stanchion.draws.enter(drawId);
  const watch = stanchion.draws.watch(drawId);
  await fake.settle();
  await shop.drawEntries.remove(drawId, { consumerId: other.id, reason: "DUPLICATE" });
  await fake.advance(10);
  expect(watch.snapshot).toMatchObject({ phase: "entered", draw: { entries: 1, removed: [1] } });
  await shop.drawEntries.remove(drawId, { consumerId, reason: "BOT" });
  await fake.advance(10);
  expect(watch.snapshot).toMatchObject({ phase: "denied", draw: { removed: [number, 1] } });
  watch.stop();
});

it("signs a guest in by the code that was sent, with the place kept", async () => {
  const fake = createFakeStanchion();
  const queue = fake.addQueue();
  const fan = await newFan(fake);
  await fan.call("POST", `/api/v1/queues/${queue.id}/enter`);
  const email = "Fan@example.com";
  await fan.call("POST", "/api/v1/auth/otp/request", { email });
  const wrong = await fan.call("POST", "/api/v1/auth/otp/verify", { email, code: "abcdef" });
  expect(wrong.status).toBe(422);
  const signedIn = await fan.call("POST", "/api/v1/auth/otp/verify", { email, code: fake.codeFor(email) });
  expect(signedIn.body.session).toMatchObject({ type: "authenticated", consumerId: fan.id });
  expect(fake.codeFor(email)).toBeNull();
});
