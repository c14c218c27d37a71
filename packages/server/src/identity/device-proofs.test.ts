import { limits, operationNames, operationOf, type SessionTokens } from "@stanchion/contract";
import { calculateThumbprint } from "dpop";
import { calculateJwkThumbprint, exportJWK, generateKeyPair, type JWTHeaderParameters, SignJWT } from "jose";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  type BoundFan,
  boundFan,
  codeCalls,
  errorOf,
  latestCode,
  newDeviceKey,
  proofOf,
  startTestServer,
  strangeId,
  type TestAnswer,
  type TestServer,
  type TestShop,
} from "../testing/index.ts";
import { readDeviceProof } from "./device-proof.ts";
import { proofHints } from "./proof-hints.ts";

const guestPath = "/api/v1/auth/guest";
const refreshPath = "/api/v1/auth/refresh";
const minuteMs = 60_000;

const refusal = (answer: TestAnswer): unknown[] => [
  answer.status,
  errorOf(answer).code,
  errorOf(answer).details.reason,
];
const refusedProof = (reason: string): unknown[] => [401, "INVALID_TOKEN", reason];
const stolen = (reason: string): unknown[] => [403, "FP002", reason];

describe("a session that starts with a proof", () => {
  let server: TestServer;
  let shop: TestShop;
  let queueId: string;
  beforeAll(async () => {
    server = await startTestServer({ isWorker: false });
    shop = await server.shop();
    queueId = (await shop.queue()).id;
  });
  afterAll(() => server.stop());

  const start = (proof: string, headers: Record<string, string> = {}): Promise<TestAnswer> =>
    server.call("POST", guestPath, {
      publishableKey: shop.publishableKey,
      headers: { DPoP: proof, ...headers },
    });
  const mailedCode = async (email: string): Promise<string> => {
    await codeCalls(server, shop).request(email);
    return latestCode(server, email);
  };

  it.each(["ES256", "Ed25519"] as const)("by %s is bound to the key, and says so", async (alg) => {
    const key = await newDeviceKey(alg);
    const answer = await start(await proofOf(server, key, {}));
    expect(answer.status).toBe(201);
    expect(answer.body.tokenType).toBe("DPoP");
    expect(answer.headers.get("dpop-nonce")).toMatch(/^[A-Za-z0-9_-]{30}$/);
    const { accessToken, refreshToken } = answer.body as unknown as SessionTokens;
    for (const token of [accessToken, refreshToken]) {
      expect(token).toMatch(/^[A-Za-z0-9_-]{144}$/);
      const thumbprint = Buffer.from(token, "base64url").subarray(58, 90).toString("base64url");
      expect(thumbprint).toBe(await calculateThumbprint(key.publicKey));
      expect(thumbprint).toBe(await calculateJwkThumbprint(await exportJWK(key.publicKey)));
    }
  });

  it("is one as ever without a proof", async () => {
    const fan = await shop.fan();
    expect(fan.tokens.tokenType).toBe("Bearer");
    expect(fan.tokens.accessToken).toHaveLength(100);
    expect((await fan.enter(queueId)).status).toBe(201);
  });

  it("enters, asks, leaves, renews and ends with proofs by that key", async () => {
    const fan = await boundFan(server, shop);
    expect((await fan.enter(queueId)).status).toBe(201);
    expect((await fan.status(queueId)).status).toBe(200);
    expect((await fan.leave(queueId)).status).toBe(200);
    const body = { refreshToken: fan.tokens.refreshToken };
    const renewed = await fan.call("POST", refreshPath, { body });
    expect([renewed.status, renewed.body.tokenType]).toEqual([200, "DPoP"]);
    expect((await fan.call("POST", "/api/v1/auth/logout")).status).toBe(204);
    expect(refusal(await fan.status(queueId))).toEqual([401, "INVALID_TOKEN", undefined]);
  });

  const signed = (...[header, claims, key]: DropFirst<Parameters<typeof signedProof>>): Promise<string> =>
    signedProof(server, header, claims, key);

  describe("refuses a proof", () => {
    const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");
    const withHeader = async (change: Record<string, unknown>): Promise<string> => {
      const [head = "", body = "", signature = ""] = (await signed()).split(".");
      const header = JSON.parse(Buffer.from(head, "base64url").toString());
      return [part({ ...header, ...change }), body, signature].join(".");
    };

    const signedByRsa = async (alg: "RS256" | "PS256"): Promise<string> => {
      const { publicKey, privateKey } = await generateKeyPair(alg);
      const jwk = await exportJWK(publicKey);
      return new SignJWT({ htm: "POST", htu: `${server.url}${guestPath}`, jti: crypto.randomUUID() })
        .setProtectedHeader({ typ: "dpop+jwt", alg, jwk })
        .setIssuedAt()
        .sign(privateKey);
    };

    it("the way that a good one is judged", async () => {
      expect((await start(await signed())).status).toBe(201);
    });

    it.each([
      ["that is no JWT", "malformed", (): Promise<string> => Promise.resolve("proof")],
      ["of five parts", "malformed", (): Promise<string> => Promise.resolve("a.b.c.d.e")],
      ["whose parts are no JSON", "malformed", async () => `e30.${"A".repeat(4)}.${"A".repeat(86)}`],
      ["of null", "malformed", async () => `${part(null)}.${part(null)}.${"A".repeat(86)}`],
      ["of another type", "typ", () => signed({ typ: "jwt" })],
      ["without a type", "typ", () => signed({ typ: undefined })],
      ["signed by nothing", "alg", () => withHeader({ alg: "none" })],
      ["signed by a shared secret", "alg", () => withHeader({ alg: "HS256" })],
      ["by an algorithm that is not taken", "alg", () => withHeader({ alg: "ES384" })],
      ["by RS256, with a signature of its length", "alg", () => signedByRsa("RS256")],
      ["by PS256, with a signature of its length", "alg", () => signedByRsa("PS256")],
      [
        "whose signature has a length of no algorithm's",
        "malformed",
        async () => (await signed()).slice(0, -1),
      ],
      ["that needs an extension", "malformed", () => withHeader({ crit: ["b64"], b64: true })],
      ["without a key", "jwk", () => withHeader({ jwk: undefined })],
      ["of a key of another curve", "jwk", async () => withHeader({ jwk: { kty: "EC", crv: "P-384" } })],
      [
        "with the private key in it",
        "jwk",
        async () => {
          const key = newDeviceKey();
          const { privateKey } = await key;
          return signed({ jwk: await exportJWK(privateKey) }, {}, key);
        },
      ],
      [
        "with a point that is not on the curve",
        "signature",
        async () => withHeader({ jwk: { kty: "EC", crv: "P-256", x: "A".repeat(43), y: "A".repeat(43) } }),
      ],
      [
        "with the key of another",
        "signature",
        async () => {
          const other = await newDeviceKey();
          const { kty, crv, x, y } = await exportJWK(other.publicKey);
          return signed({ jwk: { kty, crv, x, y } });
        },
      ],
      ["by EdDSA with a key for ES256", "jwk", () => withHeader({ alg: "EdDSA" })],
      ["of another method", "htm", () => signed({}, { htm: "GET" })],
      ["of another path", "htu", () => signed({}, { htu: `${server.url}${refreshPath}` })],
      ["of another server", "htu", () => signed({}, { htu: `https://elsewhere.example${guestPath}` })],
      ["of a relative address", "htu", () => signed({}, { htu: guestPath })],
      ["without an id", "malformed", () => signed({}, { jti: undefined })],
      ["with an empty id", "malformed", () => signed({}, { jti: "" })],
      ["without a time", "malformed", () => signed({}, { iat: undefined })],
      ["with a time that is a text", "malformed", () => signed({}, { iat: "now" })],
      ["of six minutes ago", "nonce", () => signed({}, { iat: Math.floor(Date.now() / 1_000) - 360 })],
      ["of six minutes ahead", "nonce", () => signed({}, { iat: Math.floor(Date.now() / 1_000) + 360 })],
      ["with a nonce that nobody made", "nonce", () => signed({}, { nonce: "A".repeat(30) })],
      ["with a nonce of another form", "nonce", () => signed({}, { nonce: "now" })],
      ["of more than 2,048 characters", "malformed", () => signed({}, { padding: "x".repeat(2_048) })],
    ] as const)("%s", async (_, reason, make) => {
      const answer = await start(await make());
      expect(refusal(answer)).toEqual(refusedProof(reason));
      expect(errorOf(answer).details.field).toBe("DPoP");
      expect(errorOf(answer).details.hint).toBe(proofHints[reason]);
      expect(errorOf(answer).message).toContain(proofHints[reason]);
      const challenge = answer.headers.get("www-authenticate") ?? "";
      expect(challenge).toMatch(/^DPoP .*algs="ES256 EdDSA"/);
      expect(challenge).toContain(reason === "nonce" ? "use_dpop_nonce" : "invalid_dpop_proof");
      expect(answer.headers.get("dpop-nonce")).not.toBeNull();
    });

    it("of which two are sent", async () => {
      const [one, two] = [await signed(), await signed()];
      expect(refusal(await start(`${one}, ${two}`))).toEqual(refusedProof("malformed"));
    });

    it("whose signature is another spelling of the same bytes, by what it reads and not by its text", async () => {
      const proof = await signed();
      expect((await start(proof)).status).toBe(201);
      const last = proof.at(-1) ?? "";
      const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
      const other = alphabet[alphabet.indexOf(last) ^ 1] ?? "";
      expect(refusal(await start(proof.slice(0, -1) + other))).toEqual(refusedProof("replayed"));
    });

    it("that was used for a write before", async () => {
      const proof = await signed();
      expect((await start(proof)).status).toBe(201);
      expect(refusal(await start(proof))).toEqual(refusedProof("replayed"));
    });
  });

  it("takes htu without query and fragment, whatever its escapes and case", async () => {
    const { host } = new URL(server.url);
    for (const htu of [
      `${server.url}${guestPath}?a=1#b`,
      `http://${host.toUpperCase()}/api/v1/%61uth/guest`,
      `http://${host}/api/./v1/x/../auth/guest`,
    ]) {
      const answer = await start(await signed({}, { htu }));
      expect(answer.status, htu).toBe(201);
    }
  });

  it("takes the proof of a write once", async () => {
    const fan = await boundFan(server, shop);
    const path = `/api/v1/queues/${queueId}/enter`;
    const parts = { path, nonce: fan.nonce, token: fan.tokens.accessToken };
    const headers = { DPoP: await proofOf(server, fan.key, parts) };
    expect((await fan.enter(queueId, headers)).status).toBe(201);
    expect(refusal(await fan.enter(queueId, headers))).toEqual(refusedProof("replayed"));
  });

  describe("whose tokens were stolen", () => {
    let fan: BoundFan;
    let thief: BoundFan;
    beforeAll(async () => {
      [fan, thief] = [await boundFan(server, shop), await boundFan(server, shop)];
      await fan.enter(queueId);
    });
    const operations = operationNames
      .map((name) => ({ name, ...operationOf(name) }))
      .filter(({ access }) => access === "consumer" || access === "maybeConsumer");
    const noDraw = strangeId("draw");
    const pathOf = (path: string): string => path.replace("{queueId}", queueId).replace("{drawId}", noDraw);

    it("are the operations of a consumer, and those that take a consumer's token", () => {
      expect(operations.map(({ name }) => name).sort()).toEqual([
        "cancelTurnMail",
        "createCarryCode",
        "enterDraw",
        "enterQueue",
        "exchangeExternalAccount",
        "leaveDraw",
        "leaveQueue",
        "logout",
        "readDrawEntry",
        "readEntry",
        "readOwnConsumer",
        "readTurnMail",
        "requestCode",
        "requestTurnMail",
        "verifyCode",
      ]);
    });

    it.each(operations)("refuses the access token to $name without the key", async ({ method, path }) => {
      const { publishableKey } = shop;
      const token = fan.tokens.accessToken;
      const send = (headers: Record<string, string>) =>
        server.call(method, pathOf(path), { publishableKey, headers });
      const parts = { method, path: pathOf(path), token, nonce: thief.nonce };
      const theirs = await proofOf(server, thief.key, parts);
      const owns = await proofOf(server, fan.key, parts);
      expect(refusal(await send({ Authorization: `Bearer ${token}` }))).toEqual(stolen("sent_as_bearer"));
      expect(refusal(await send({ Authorization: `Bearer ${token}`, DPoP: owns }))).toEqual(
        stolen("sent_as_bearer"),
      );
      expect(refusal(await send({ Authorization: `DPoP ${token}` }))).toEqual(stolen("no_proof"));
      expect(refusal(await send({ Authorization: `DPoP ${token}`, DPoP: theirs }))).toEqual(
        stolen("other_key"),
      );
      const ofOther = await proofOf(server, fan.key, { ...parts, token: thief.tokens.accessToken });
      expect(refusal(await send({ Authorization: `DPoP ${token}`, DPoP: ofOther }))).toEqual(
        refusedProof("ath"),
      );
    });

    it("says to a device that sends its token as Bearer how to send it, and to another that it is not the one", async () => {
      const { publishableKey } = shop;
      const token = fan.tokens.accessToken;
      const path = `/api/v1/queues/${queueId}/status`;
      const send = async (headers: Record<string, string>) =>
        errorOf(await server.call("GET", path, { publishableKey, headers })).message;
      expect(await send({ Authorization: `Bearer ${token}` })).toContain("Authorization: DPoP <token>");
      expect(await send({ Authorization: `DPoP ${token}` })).toContain("send a proof");
      const DPoP = await proofOf(server, thief.key, { method: "GET", path, token, nonce: thief.nonce });
      expect(await send({ Authorization: `DPoP ${token}`, DPoP })).toContain("start a session on this one");
    });

    it("refuses the refresh token without the key, spends nothing and revokes nothing", async () => {
      const body = { refreshToken: fan.tokens.refreshToken };
      const { publishableKey } = shop;
      expect(refusal(await server.call("POST", refreshPath, { publishableKey, body }))).toEqual(
        stolen("no_proof"),
      );
      expect(refusal(await thief.call("POST", refreshPath, { body }))).toEqual(stolen("other_key"));
      expect((await fan.call("POST", refreshPath, { body })).status).toBe(200);
      expect((await fan.status(queueId)).status).toBe(200);
    });

    it("looks at no signature of a call that is past its limit", async () => {
      const limited = await server.shop({ rateLimits: { general: { limit: 1, windowSeconds: 60 } } });
      const { key, tokens, nonce, status } = await boundFan(server, limited);
      const path = `/api/v1/queues/${queueId}/status`;
      const proof = await proofOf(server, key, { method: "GET", path, nonce, token: tokens.accessToken });
      const forged = { DPoP: `${proof.slice(0, -86)}${"A".repeat(86)}` };
      expect(refusal(await status(queueId, forged))).toEqual(refusedProof("signature"));
      expect((await status(queueId, forged)).status).toBe(429);
    });

    it("does not spend the owner's limits on what a thief tries", async () => {
      const limited = await server.shop({ rateLimits: { general: { limit: 1, windowSeconds: 60 } } });
      const owner = await boundFan(server, limited);
      const { publishableKey } = limited;
      for (let times = 0; times < 3; times += 1)
        await server.call("GET", `/api/v1/queues/${queueId}/status`, {
          publishableKey,
          headers: { Authorization: `DPoP ${owner.tokens.accessToken}` },
        });
      expect(errorOf(await owner.status(queueId)).code).toBe("OTHER_ORGANIZATION");
    });
  });

  it("takes no token that is bound to none as one that is, and no secret key", async () => {
    const fan = await shop.fan();
    const key = await newDeviceKey();
    const path = `/api/v1/queues/${queueId}/status`;
    const token = fan.tokens.accessToken;
    const headers = {
      Authorization: `DPoP ${token}`,
      DPoP: await proofOf(server, key, { method: "GET", path, token }),
    };
    expect(refusal(await fan.call("GET", path, { headers }))).toEqual([401, "INVALID_TOKEN", undefined]);
    const asKey = await server.call("GET", "/api/v1/queues", {
      headers: { Authorization: `DPoP ${shop.secretKey}` },
    });
    expect(refusal(asKey)).toEqual([401, "INVALID_TOKEN", undefined]);
  });

  it("binds the session of the person whom a code makes of the guest to the key of the proof", async () => {
    const email = `fan-${crypto.randomUUID()}@example.com`;
    const fan = await boundFan(server, shop);
    await fan.enter(queueId);
    const code = await mailedCode(email);
    const path = "/api/v1/auth/otp/verify";
    const signedIn = await fan.call("POST", path, { body: { email, code } });
    expect(signedIn.body).toMatchObject({
      tokenType: "DPoP",
      session: { consumerId: fan.tokens.session.consumerId },
    });
    const key = Buffer.from(String(signedIn.body.accessToken), "base64url").subarray(58, 90);
    expect(key.toString("base64url")).toBe(await calculateThumbprint(fan.key.publicKey));
  });

  it("binds a guest's new session where the guest's own was bound to none", async () => {
    const email = `fan-${crypto.randomUUID()}@example.com`;
    const [fan, key] = [await shop.fan(), await newDeviceKey()];
    const code = await mailedCode(email);
    const path = "/api/v1/auth/otp/verify";
    const headers = { DPoP: await proofOf(server, key, { path }) };
    const signedIn = await fan.call("POST", path, { body: { email, code }, headers });
    expect(signedIn.body.tokenType).toBe("DPoP");
  });
});

describe("a session that is bound, as time goes by", () => {
  let server: TestServer;
  let shop: TestShop;
  let queueId: string;
  beforeAll(async () => {
    server = await startTestServer({ isWorker: false });
    shop = await server.shop();
    queueId = (await shop.queue()).id;
  });
  afterAll(() => server.stop());

  describe("under a nonce", () => {
    it("asks nothing of the client's clock", async () => {
      const fan = await boundFan(server, shop);
      const path = `/api/v1/queues/${queueId}/status`;
      const proof = await proofOf(server, fan.key, {
        method: "GET",
        path,
        nonce: fan.nonce,
        token: fan.tokens.accessToken,
        claims: { iat: 86_400 },
      });
      expect(errorOf(await fan.call("GET", path, { headers: { DPoP: proof } })).code).toBe("NOT_IN_QUEUE");
    });

    it("ends after five minutes, and is told the next one in time", async () => {
      const fan = await boundFan(server, shop);
      const first = fan.nonce;
      await server.advance(3 * minuteMs);
      await fan.status(queueId);
      expect(fan.nonce).toBe(first);
      await server.advance(minuteMs);
      await fan.status(queueId);
      expect(fan.nonce).not.toBe(first);
      await server.advance(6 * minuteMs);
      expect(refusal(await fan.status(queueId))).toEqual(refusedProof("nonce"));
      expect(errorOf(await fan.status(queueId)).code).toBe("NOT_IN_QUEUE");
    });

    it("that is old counts as the fan's own call and not as a failed credential of the address", async () => {
      const limited = await server.shop({ rateLimits: { general: { limit: 2, windowSeconds: 600 } } });
      const fan = await boundFan(server, limited);
      await server.advance(6 * minuteMs);
      const answer = await fan.status(queueId);
      expect(refusal(answer)).toEqual(refusedProof("nonce"));
      expect(answer.headers.get("x-ratelimit-remaining")).toBe("1");
    });
  });

  it("takes the proof of a read again while it is fresh, for that read and that token alone", async () => {
    const fan = await boundFan(server, shop);
    const path = `/api/v1/queues/${queueId}/status`;
    const parts = { method: "GET", path, nonce: fan.nonce, token: fan.tokens.accessToken };
    const headers = { DPoP: await proofOf(server, fan.key, parts) };
    for (let times = 0; times < 3; times += 1)
      expect(errorOf(await fan.call("GET", path, { headers })).code).toBe("NOT_IN_QUEUE");
    const other = (await shop.queue()).id;
    expect(refusal(await fan.status(other, headers))).toEqual(refusedProof("htu"));
    expect(refusal(await fan.leave(queueId, headers))).toEqual(refusedProof("htm"));
    const again = await boundFan(server, shop, fan.key);
    expect(refusal(await again.status(queueId, headers))).toEqual(refusedProof("ath"));
    await server.advance(limits.proofNonceSeconds * 1_000);
    expect(refusal(await fan.call("GET", path, { headers }))).toEqual(refusedProof("nonce"));
  });
});

describe("the address of a proof", () => {
  it("is the public one alone where it is known", async () => {
    const server = await startTestServer({
      isWorker: false,
      env: { PUBLIC_URL: "https://line.example.com/fair" },
    });
    const { publishableKey } = await server.shop();
    const start = async (htu: string) => {
      const proof = await signedProof(server, {}, { htu });
      return (await server.call("POST", guestPath, { publishableKey, headers: { DPoP: proof } })).status;
    };
    expect(await start(`https://line.example.com/fair${guestPath}`)).toBe(201);
    expect(await start(`https://line.example.com${guestPath}`)).toBe(401);
    expect(await start(`http://line.example.com/fair${guestPath}`)).toBe(401);
    expect(await start(server.url + guestPath)).toBe(401);
    await server.stop();
  });
});

describe("readDeviceProof", () => {
  it("never throws, whatever it is given", () => {
    const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");
    const signature = "A".repeat(86);
    const values = [null, 1, "x", [], {}, { typ: "dpop+jwt" }, { typ: "dpop+jwt", alg: "ES256", jwk: [] }];
    for (const head of values)
      for (const body of values)
        expect(readDeviceProof(`${part(head)}.${part(body)}.${signature}`)).toEqual(expect.any(String));
  });
});

type DropFirst<List extends readonly unknown[]> = List extends [unknown, ...infer Rest] ? Rest : never;

/** A proof put together by the library that is the reference for such tokens, sound unless it is told otherwise. */
async function signedProof(
  server: TestServer,
  header: Record<string, unknown> = {},
  claims: Record<string, unknown> = {},
  key = newDeviceKey(),
): Promise<string> {
  const { publicKey, privateKey } = await key;
  const { kty, crv, x, y } = await exportJWK(publicKey);
  return new SignJWT({
    htm: "POST",
    htu: server.url + guestPath,
    jti: crypto.randomUUID(),
    iat: Math.floor(Date.now() / 1_000),
    ...claims,
  })
    .setProtectedHeader({
      typ: "dpop+jwt",
      alg: "ES256",
      jwk: { kty, crv, x, y },
      ...header,
    } as JWTHeaderParameters)
    .sign(privateKey);
}
