/** Every token that was ever passed off as another, made with a library of others and, where it helps the forger, with our own key. */
import { createHash, generateKeyPairSync, type KeyObject, randomBytes } from "node:crypto";
import { errors, type JWK, type JWTHeaderParameters, jwtVerify, SignJWT, UnsecuredJWT } from "jose";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createLog } from "../platform/log.ts";
import { createSecrets } from "../platform/secrets.ts";
import {
  errorOf,
  startTestServer,
  strangeId,
  type TestAnswer,
  type TestFan,
  type TestServer,
  type TestShop,
  testSecret,
} from "../testing/index.ts";
import { openSigningKeys } from "./signing-keys.ts";

type Claims = Record<string, unknown> & { iat: number; exp: number };

describe("a token that is passed off", () => {
  let server: TestServer;
  let shop: TestShop;
  let queueId: string;
  let fan: TestFan;
  let genuine: string;
  let claims: Claims;
  let header: JWTHeaderParameters;
  let ours: KeyObject;
  beforeAll(async () => {
    server = await startTestServer({ isWorker: false });
    shop = await server.shop();
    queueId = (await shop.queue()).id;
    fan = await shop.fan();
    await fan.enter(queueId);
    await shop.call("POST", `/api/v1/queues/${queueId}/admit`, { body: { consumerId: fan.consumerId } });
    const status = (await fan.status(queueId)).body as { admission: { token: string } };
    genuine = status.admission.token;
    const keys = await openSigningKeys(server.db.database, createSecrets(testSecret), createLog("silent"));
    ours = keys.current(Date.now()).privateKey;
    keys.close();
    const [head = "", payload = ""] = genuine.split(".");
    header = parse(head) as JWTHeaderParameters;
    claims = parse(payload) as Claims;
  });
  afterAll(() => server.stop());

  const parse = (part: string): unknown => JSON.parse(Buffer.from(part, "base64url").toString());
  const validate = (token: string): Promise<TestAnswer> =>
    shop.call("POST", `/api/v1/queues/${queueId}/validate`, { body: { token } });
  const signed = (
    change: object = {},
    head: object = {},
    key: KeyObject | Uint8Array = ours,
  ): Promise<string> =>
    new SignJWT({ ...claims, ...change }).setProtectedHeader({ ...header, ...head }).sign(key);

  it("is not one where the library and our own key say the same as we do", async () => {
    expect((await validate(genuine)).status).toBe(200);
    expect((await validate(await signed())).status).toBe(200);
  });

  describe("as an admission", () => {
    const strange = generateKeyPairSync("ed25519").privateKey;
    const publicX = async (): Promise<string> => {
      const { keys } = (await server.call("GET", "/.well-known/jwks.json")).body as { keys: { x: string }[] };
      return keys[0]?.x ?? "";
    };
    const cases: [name: string, make: () => string | Promise<string>][] = [
      ["without a signature", () => new UnsecuredJWT(claims).encode()],
      ["by another key under our key's id", () => signed({}, {}, strange)],
      [
        "by another key that it brings along",
        () => signed({}, { jwk: { kty: "OKP", crv: "Ed25519", x: "AAAA" } }, strange),
      ],
      [
        "by a key at an address of its own",
        () => signed({}, { jku: "https://evil.example/jwks.json", kid: "evil" }, strange),
      ],
      ["without a key's id", () => signed({}, { kid: undefined })],
      [
        "HS256 under the public key's bytes",
        async () => signed({}, { alg: "HS256" }, Buffer.from(await publicX(), "base64url")),
      ],
      [
        "HS256 under the public key as text",
        async () => signed({}, { alg: "HS256" }, Buffer.from((await publicX()).padEnd(32, "="))),
      ],
      [
        "ES256 by a key of its own",
        () => signed({}, { alg: "ES256" }, generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey),
      ],
      ["of the type of any JWT", () => signed({}, { typ: "JWT" })],
      ["of the type of an access token", () => signed({}, { typ: "at+jwt" })],
      ["without a type", () => signed({}, { typ: undefined })],
      ["for another audience", () => signed({ aud: strangeId("organization") })],
      ["for several audiences", () => signed({ aud: [claims.aud, strangeId("organization")] })],
      ["for another queue", () => signed({ dist: strangeId("queue") })],
      ["for another consumer", () => signed({ sub: strangeId("consumer") })],
      ["of an admission that is none", () => signed({ jti: strangeId("admission") })],
      ["that is not good yet", () => signed({ nbf: claims.exp + 3_600 })],
      ["made in the future", () => signed({ iat: claims.iat + 86_400, exp: claims.exp + 86_400 })],
      ["that never ends", () => signed({ exp: undefined })],
      ["that ends at no number", () => signed({ exp: String(claims.exp) })],
      ["that lives longer than ours may", () => signed({ exp: claims.exp + 86_400 })],
      [
        "with a critical extension",
        () =>
          new SignJWT({ ...claims })
            .setProtectedHeader({ ...header, crit: ["stranger"], stranger: true })
            .sign(ours, { crit: { stranger: true } }),
      ],
      ["an access token", () => fan.tokens.accessToken],
      ["a refresh token", () => fan.tokens.refreshToken],
      ["a publishable key", () => shop.publishableKey],
      ["a secret key", () => shop.secretKey],
      ["as JSON", () => JSON.stringify({ payload: genuine.split(".")[1], signature: genuine.split(".")[2] })],
      ["with a blank at its end", () => `${genuine} `],
    ];
    it.each(cases)("%s is INVALID_TOKEN", async (_, make) => {
      const answer = await validate(await make());
      expect([answer.status, errorOf(answer).code]).toEqual([401, "INVALID_TOKEN"]);
    });

    it("that has ended is TOKEN_EXPIRED, and only where it was one of ours", async () => {
      const ended = { iat: claims.iat - 120, exp: claims.iat - 60 };
      expect(errorOf(await validate(await signed(ended))).code).toBe("TOKEN_EXPIRED");
      expect(errorOf(await validate(await signed(ended, {}, strange))).code).toBe("INVALID_TOKEN");
    });

    it("is judged by the library as by us where both can tell", async () => {
      const { keys } = (await server.call("GET", "/.well-known/jwks.json")).body as { keys: JWK[] };
      const [key] = keys;
      if (key === undefined) throw new Error("the JWKS is empty");
      const options = { typ: "admission+jwt", algorithms: ["EdDSA"], audience: String(claims.aud) };
      const now = new Date(claims.iat * 1000);
      await expect(jwtVerify(genuine, key, { ...options, currentDate: now })).resolves.toBeTruthy();
      await expect(
        jwtVerify(await signed({}, {}, strange), key, { ...options, currentDate: now }),
      ).rejects.toThrow(errors.JWSSignatureVerificationFailed);
    });
  });

  describe("as a consumer's credential", () => {
    let asked = 0;
    // Each time from another address: a hundred failures from one would be refused for that.
    const ask = (bearer: string): Promise<TestAnswer> => {
      asked += 1;
      const headers = { "X-Forwarded-For": `10.1.${asked >> 8}.${asked & 255}` };
      const { publishableKey } = shop;
      return server.call("GET", `/api/v1/queues/${queueId}/status`, { publishableKey, bearer, headers });
    };
    const cases: [name: string, make: () => string | Promise<string>][] = [
      ["an admission token", () => genuine],
      ["a refresh token", () => fan.tokens.refreshToken],
      ["a line token", async () => ((await fan.status(queueId)).body as { lineToken: string }).lineToken],
      ["a publishable key", () => shop.publishableKey],
      ["a JWT without a signature", () => new UnsecuredJWT({ sub: fan.consumerId }).encode()],
      ["a JWT by our own key", () => signed({}, { typ: "at+jwt" })],
      ["random bytes of the right length", () => randomBytes(75).toString("base64url")],
      ["a token with another character in each place", () => flipped(fan.tokens.accessToken)],
    ];
    it.each(cases)("%s is INVALID_TOKEN", async (_, make) => {
      const answer = await ask(await make());
      expect([answer.status, errorOf(answer).code]).toEqual([401, "INVALID_TOKEN"]);
    });

    it("is none with any one bit of it changed", async () => {
      const bytes = Buffer.from(fan.tokens.accessToken, "base64url");
      const answers: number[] = [];
      for (let bit = 0; bit < bytes.length * 8; bit += 1) {
        const changed = Buffer.from(bytes);
        changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        answers.push((await ask(changed.toString("base64url"))).status);
      }
      expect(new Set(answers)).toEqual(new Set([401]));
      expect(answers).toHaveLength(600);
    });
  });

  describe("as a refresh token", () => {
    it.each<[string, () => string]>([
      ["an access token", () => fan.tokens.accessToken],
      ["an admission token", () => genuine],
      ["a hash of itself", () => createHash("sha256").update(fan.tokens.refreshToken).digest("base64url")],
    ])("%s is INVALID_TOKEN", async (_, make) => {
      const answer = await server.call("POST", "/api/v1/auth/refresh", {
        publishableKey: shop.publishableKey,
        body: { refreshToken: make() },
      });
      expect([answer.status, errorOf(answer).code]).toEqual([401, "INVALID_TOKEN"]);
    });
  });
});

function flipped(token: string): string {
  return [...token].map((letter) => (letter === "A" ? "B" : "A")).join("");
}
