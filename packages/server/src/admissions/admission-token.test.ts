import { createHash } from "node:crypto";
import { createRemoteJWKSet, decodeProtectedHeader, jwtVerify } from "jose";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { rotateSigningKeys } from "../platform/signing-keys/index.ts";
import { startTestServer, type TestFan, type TestServer, type TestShop, testLine } from "../testing/index.ts";

interface ReadAdmission {
  readonly id: string;
  readonly token: string;
  readonly expiresAt: string;
}

describe("an admission token, as a shop verifies it", () => {
  let server: TestServer;
  let shop: TestShop;
  beforeAll(async () => {
    server = await startTestServer({ isWorker: false });
    shop = await server.shop();
  });
  afterAll(() => server.stop());

  it("is signed with a key of the JWKS and says who may buy where, for whom and until when", async () => {
    const queue = await shop.queue();
    const fan = await admittedTo(queue.id);
    const admission = await read(fan, queue.id);
    const { payload, protectedHeader } = await verify(admission.token);
    expect(protectedHeader).toEqual({ alg: "EdDSA", typ: "admission+jwt", kid: expect.any(String) });
    expect(payload).toEqual({
      iss: server.url,
      aud: expect.stringMatching(/^org_/),
      sub: fan.consumerId,
      jti: admission.id,
      dist: queue.id,
      iat: expect.any(Number),
      exp: Number(payload.iat) + 60,
    });
    expect(Math.abs(Number(payload.iat) - Date.now() / 1_000)).toBeLessThan(5);
  });

  it("names its device by a hash only where the status was asked on the device that entered", async () => {
    const queue = await shop.queue();
    const device = { "X-Fingerprint": "phone-0001" };
    const fan = await admittedTo(queue.id, device);
    const admission = await read(fan, queue.id, device);
    const dev = createHash("sha256").update(`${admission.id}:phone-0001`).digest("hex");
    expect((await verify(admission.token)).payload.dev).toBe(dev);
    for (const headers of [{}, { "X-Fingerprint": "phone-0002" }])
      expect((await verify((await read(fan, queue.id, headers)).token)).payload).not.toHaveProperty("dev");
  });

  it("never lives past its admission, and is shown no more in the grace", async () => {
    const queue = await shop.queue({ admissionExpirationSeconds: 10, completionGraceSeconds: 60 });
    const fan = await admittedTo(queue.id);
    const { token, expiresAt } = await read(fan, queue.id);
    const { payload } = await verify(token);
    const endsAt = Math.floor(Date.parse(expiresAt) / 1_000);
    expect(payload.exp).toBe(endsAt);
    await server.advance(15_000);
    expect((await fan.status(queue.id)).body).not.toHaveProperty("admission");
    await expect(verify(token)).rejects.toMatchObject({ code: "ERR_JWT_EXPIRED" });
  });

  it("is issued by PUBLIC_URL where that is set", async () => {
    const other = await startTestServer({
      isWorker: false,
      database: server.db,
      env: { PUBLIC_URL: "https://line.example/" },
    });
    const queue = await shop.queue();
    const fan = await admittedTo(queue.id);
    const answer = await other.call("GET", `/api/v1/queues/${queue.id}/status`, {
      publishableKey: shop.publishableKey,
      bearer: fan.tokens.accessToken,
    });
    const { admission } = answer.body as unknown as { admission: ReadAdmission };
    expect((await verify(admission.token, "https://line.example")).payload.jti).toBe(admission.id);
    await other.stop();
  });

  describe("when the signing keys are rotated", () => {
    it("is signed with the new key ten minutes after that is shown, while older tokens still verify", async () => {
      const queue = await shop.queue();
      const fan = await admittedTo(queue.id);
      const before = await read(fan, queue.id);
      const newKey = await rotateSigningKeys(server.db.database, server.server.secrets, "admission");
      await server.until(shownKeys, (keys) => keys.includes(newKey));
      const oldKey = keyOf(before.token);
      expect(await shownKeys()).toEqual([oldKey, newKey]);
      expect(keyOf((await read(fan, queue.id)).token)).toBe(oldKey);
      await server.advance(9 * 60_000);
      expect(keyOf((await read(fan, queue.id)).token)).toBe(oldKey);
      await server.advance(2 * 60_000);
      const next = await admittedTo(queue.id);
      const after = await read(next, queue.id);
      expect(keyOf(after.token)).toBe(newKey);
      expect(await shownKeys()).toEqual([oldKey, newKey]);
      await verify(after.token);
      const issuedAt = new Date(
        (JSON.parse(Buffer.from(before.token.split(".")[1] ?? "", "base64url").toString()).iat + 1) * 1_000,
      );
      await verify(before.token, server.url, issuedAt);
    });
  });

  const shownKeys = async () => {
    const { body } = await server.call("GET", "/.well-known/jwks.json");
    const shown = (body as { keys: { kid: string }[] }).keys.map(({ kid }) => kid);
    const others = await server.db.query<{ kid: string }>(
      "select key_id as kid from signing_keys where purpose = 'fairness'",
    );
    expect(shown).toEqual(expect.arrayContaining(others.map(({ kid }) => kid)));
    return shown.filter((kid) => !others.some((other) => other.kid === kid));
  };
  const keyOf = (token: string) => decodeProtectedHeader(token).kid;

  async function verify(token: string, issuer = server.url, at?: Date) {
    const now = (await server.db.query<{ now: Date }>("select stanchion_now() as now"))[0]?.now;
    return jwtVerify(token, createRemoteJWKSet(new URL("/.well-known/jwks.json", server.url)), {
      issuer,
      typ: "admission+jwt",
      algorithms: ["EdDSA"],
      currentDate: at ?? now ?? new Date(),
    });
  }

  async function admittedTo(queueId: string, headers: Record<string, string> = {}): Promise<TestFan> {
    const fan = await shop.fan();
    await fan.enter(queueId, headers);
    expect(await testLine(server.db, queueId).tick()).toMatchObject({ admitted: 1 });
    return fan;
  }

  async function read(fan: TestFan, queueId: string, headers: Record<string, string> = {}) {
    return ((await fan.status(queueId, headers)).body as unknown as { admission: ReadAdmission }).admission;
  }
});

describe("the JWKS", () => {
  it("shows public keys only, may be cached five minutes, and is open to every origin", async () => {
    const server = await startTestServer({ isWorker: false });
    const answer = await server.call("GET", "/.well-known/jwks.json");
    expect(answer.headers.get("cache-control")).toBe("public, max-age=300");
    expect(answer.headers.get("access-control-allow-origin")).toBe("*");
    const shown = {
      kty: "OKP",
      crv: "Ed25519",
      x: expect.any(String),
      kid: expect.any(String),
      use: "sig",
      alg: "EdDSA",
    };
    // One of admission tokens and one of statements.
    expect(answer.body.keys).toEqual([shown, shown]);
    await server.stop();
  });
});
