import { createHmac, generateKeyPairSync, sign } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  errorOf,
  startTestServer,
  strangeId,
  type TestFan,
  type TestServer,
  type TestShop,
  testLine,
} from "../../testing/index.ts";

describe("validating an admission token", () => {
  let server: TestServer;
  let shop: TestShop;
  beforeAll(async () => {
    server = await startTestServer({ isWorker: false });
    shop = await server.shop();
  });
  afterAll(() => server.stop());

  const validate = (queueId: string, token: string, fingerprint?: string) =>
    shop.call("POST", `/api/v1/queues/${queueId}/validate`, {
      body: { token, ...(fingerprint === undefined ? {} : { fingerprint }) },
    });
  const codeOf = async (queueId: string, token: string, fingerprint?: string) =>
    errorOf(await validate(queueId, token, fingerprint)).code;

  it("answers whose admission it is, as often as it is asked", async () => {
    const queue = await shop.queue();
    const { fan, token, admission } = await admittedTo(queue.id);
    for (const _ of [1, 2]) {
      const answer = await validate(queue.id, token);
      expect(answer.body).toMatchObject({
        valid: true,
        admission: {
          id: admission.id,
          queueId: queue.id,
          consumerId: fan.consumerId,
          status: "ADMITTED",
          expiresAt: admission.expiresAt,
        },
      });
    }
  });

  it("refuses an expired token; the status has a new one", async () => {
    const queue = await shop.queue();
    const { fan, token } = await admittedTo(queue.id);
    await server.advance(61_000);
    const answer = await validate(queue.id, token);
    expect([answer.status, errorOf(answer).error]).toEqual([401, "token_expired"]);
    const renewed = (await fan.status(queue.id)).body as { admission: { token: string } };
    expect((await validate(queue.id, renewed.admission.token)).status).toBe(200);
  });

  it("refuses after completion, leaving and denial at once, though the token's time is not over", async () => {
    const queue = await shop.queue();
    const path = `/api/v1/queues/${queue.id}`;
    const [bought, left, denied] = [
      await admittedTo(queue.id),
      await admittedTo(queue.id),
      await admittedTo(queue.id),
    ];
    await shop.call("POST", `${path}/complete`, { body: { consumerId: bought.fan.consumerId } });
    await left.fan.leave(queue.id);
    await shop.call("POST", `${path}/deny`, { body: { consumerId: denied.fan.consumerId, reason: "no" } });
    const used = await validate(queue.id, bought.token);
    expect([used.status, errorOf(used).code]).toEqual([409, "ADMISSION_USED"]);
    expect(errorOf(await validate(queue.id, left.token))).toMatchObject({
      code: "INVALID_STATE",
      details: { state: "LEFT" },
    });
    expect(errorOf(await validate(queue.id, denied.token)).details).toEqual({
      state: "DENIED",
      hint: expect.stringMatching("no admission to complete"),
    });
  });

  it("refuses an admission that has ended under a token that has not", async () => {
    const queue = await shop.queue({ admissionExpirationSeconds: 10, completionGraceSeconds: 0 });
    const { token } = await admittedTo(queue.id);
    await server.db.query("update admissions set release_at = stanchion_now() - interval '1 second'");
    expect(await codeOf(queue.id, token)).toBe("ADMISSION_EXPIRED");
  });

  it("refuses a token of another queue, of another organization, and texts that are none", async () => {
    const [queue, other] = [await shop.queue(), await shop.queue()];
    const { token } = await admittedTo(queue.id);
    expect(await codeOf(other.id, token)).toBe("INVALID_TOKEN");
    expect(await codeOf(strangeId("queue"), token)).toBe("QUEUE_NOT_FOUND");
    const stranger = await server.shop();
    const foreign = await stranger.queue();
    const answer = await stranger.call("POST", `/api/v1/queues/${foreign.id}/validate`, { body: { token } });
    expect([answer.status, errorOf(answer).code]).toEqual([401, "INVALID_TOKEN"]);
    const asked = await stranger.call("POST", `/api/v1/queues/${queue.id}/validate`, { body: { token } });
    expect(errorOf(asked).code).toBe("OTHER_ORGANIZATION");
    const [header = "", payload = "", signature = ""] = token.split(".");
    for (const text of [
      "x",
      "..",
      "a.b.c",
      `${header}.${payload}`,
      `${token}.${signature}`,
      `${header}..${signature}`,
    ])
      expect(await codeOf(queue.id, text)).toBe("INVALID_TOKEN");
    expect(await codeOf(queue.id, `${header}.${payload}.`)).toBe("INVALID_TOKEN");
    expect(await codeOf(queue.id, "")).toBe("VALIDATION_ERROR");
  });

  it("refuses tokens that are unsigned, signed by another key, or under the public key as a secret", async () => {
    const queue = await shop.queue();
    const { token } = await admittedTo(queue.id);
    const [header = "", payload = ""] = token.split(".");
    const { kid } = JSON.parse(Buffer.from(header, "base64url").toString());
    const { keys } = (await server.call("GET", "/.well-known/jwks.json")).body as { keys: { x: string }[] };
    const headed = (alg: string, more: object = {}) =>
      `${Buffer.from(JSON.stringify({ alg, typ: "admission+jwt", kid, ...more })).toString("base64url")}.${payload}`;
    const hmac = (text: string, secret: string | Buffer) =>
      `${text}.${createHmac("sha256", secret).update(text).digest("base64url")}`;
    const { privateKey, publicKey } = generateKeyPairSync("ed25519");
    const own = headed("EdDSA", { jwk: publicKey.export({ format: "jwk" }) });
    const forged = [
      `${headed("none")}.`,
      `${headed("none")}.${token.split(".")[2]}`,
      hmac(headed("HS256"), Buffer.from(keys[0]?.x ?? "", "base64url")),
      hmac(headed("HS256"), keys[0]?.x ?? ""),
      `${own}.${sign(null, Buffer.from(own), privateKey).toString("base64url")}`,
      `${headed("EdDSA", { kid: "strange" })}.${token.split(".")[2]}`,
      `${headed("EdDSA", { typ: "JWT" })}.${token.split(".")[2]}`,
    ];
    for (const text of forged) expect(await codeOf(queue.id, text)).toBe("INVALID_TOKEN");
    const claims = JSON.parse(Buffer.from(payload, "base64url").toString());
    const changed = Buffer.from(JSON.stringify({ ...claims, exp: claims.exp + 3_600 })).toString("base64url");
    expect(await codeOf(queue.id, `${header}.${changed}.${token.split(".")[2]}`)).toBe("INVALID_TOKEN");
  });

  describe("with a device", () => {
    const device = "phone-0001";
    const otherDevice = "phone-0002";

    it("refuses another device whenever one is named and the entry has one", async () => {
      const queue = await shop.queue();
      const { token } = await admittedTo(queue.id, device);
      expect((await validate(queue.id, token, device)).status).toBe(200);
      expect((await validate(queue.id, token)).status).toBe(200);
      const refused = await validate(queue.id, token, otherDevice);
      expect([refused.status, errorOf(refused).code]).toEqual([403, "FP002"]);
      const without = await admittedTo(queue.id);
      expect((await validate(queue.id, without.token, otherDevice)).status).toBe(200);
    });

    it("asks for the device where the queue requires one, and for a well-formed one everywhere", async () => {
      const queue = await shop.queue({ requireFingerprint: true });
      const { token } = await admittedTo(queue.id, device);
      expect(await codeOf(queue.id, token)).toBe("FP001");
      expect(await codeOf(queue.id, token, "short")).toBe("FP003");
      expect(await codeOf(queue.id, token, otherDevice)).toBe("FP002");
      expect((await validate(queue.id, token, device)).status).toBe(200);
      expect(await codeOf((await shop.queue()).id, token, "with space")).toBe("FP003");
    });
  });

  async function admittedTo(queueId: string, fingerprint?: string) {
    const fan: TestFan = await shop.fan();
    const headers: Record<string, string> = fingerprint === undefined ? {} : { "X-Fingerprint": fingerprint };
    await fan.enter(queueId, headers);
    expect(await testLine(server.db, queueId).tick()).toMatchObject({ admitted: 1 });
    const { admission } = (await fan.status(queueId, headers)).body as {
      admission: { id: string; token: string; expiresAt: string };
    };
    return { fan, admission, token: admission.token };
  }
});
