import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  addKey,
  errorOf,
  startTestServer,
  strangeId,
  type TestAnswer,
  type TestFan,
  type TestServer,
  type TestShop,
} from "../testing/index.ts";
import { newApiKey, readApiKey } from "./api-key-format.ts";
import { pageKeyOf } from "./page-key.ts";

const experiences = "/api/v1/experiences";
const sequences = "/api/v1/sequences";
const queues = "/api/v1/queues";
const apiKeys = "/api/v1/api-keys";
const guest = "/api/v1/auth/guest";

describe("API keys", () => {
  it("say their kind and mode, and are never the same", () => {
    const keys = Array.from({ length: 1_000 }, () => newApiKey("secret", false));
    expect(new Set(keys).size).toBe(1_000);
    for (const key of keys) expect(key).toMatch(/^sk_test_[0-9A-Za-z]{36}$/);
    expect(readApiKey(newApiKey("publishable", true))).toEqual({ kind: "publishable", isLive: true });
    expect(readApiKey(newApiKey("secret", false))).toEqual({ kind: "secret", isLive: false });
  });

  it("are known to be none where one character is another", () => {
    const key = newApiKey("secret", true);
    for (let index = 0; index < key.length; index += 1) {
      const other = key[index] === "a" ? "b" : "a";
      expect(readApiKey(key.slice(0, index) + other + key.slice(index + 1))).toBeNull();
    }
  });
});

describe("the credential of a request", () => {
  let server: TestServer;
  let shop: TestShop;
  let other: TestShop;
  let fan: TestFan;
  beforeAll(async () => {
    server = await startTestServer({ isWorker: false });
    [shop, other] = await Promise.all([server.shop(), server.shop()]);
    fan = await shop.fan();
  });
  afterAll(() => server.stop());
  const code = (answer: TestAnswer): string => errorOf(answer).code;

  describe("that is an API key", () => {
    it.each([
      ["garbage", "sk_test_garbage"],
      ["a wrong checksum", `${newApiKey("secret", false).slice(0, -1)}!`],
      ["one nobody made", newApiKey("secret", false)],
      ["very long", `sk_test_${"x".repeat(4_000)}`],
    ])("is refused where it is %s", async (_, bearer) => {
      const answer = await server.call("GET", experiences, { bearer });
      expect(code(answer)).toBe("INVALID_TOKEN");
      expect(answer.headers.get("www-authenticate")).toMatch(/^Bearer/);
      expect(answer.text).not.toContain(bearer);
    });

    it("is refused within two seconds after it was revoked", async () => {
      const leaving = await server.shop();
      expect((await leaving.call("GET", experiences)).status).toBe(200);
      const [key] = (await leaving.call("GET", `${apiKeys}?kind=secret`)).body.data as { id: string }[];
      const body = { evenIfLast: true };
      expect((await leaving.call("POST", `${apiKeys}/${key?.id}/revoke`, { body })).status).toBe(200);
      const began = performance.now();
      const answer = await server.until(
        () => leaving.call("GET", experiences),
        ({ status }) => status === 401,
      );
      expect(performance.now() - began).toBeLessThan(2_000);
      expect(code(answer)).toBe("KEY_REVOKED");
    });

    it("is refused when it has expired", async () => {
      const expiresAt = new Date(Date.now() + 86_400_000).toISOString();
      const made = await shop.call("POST", apiKeys, { body: { name: "A day", kind: "secret", expiresAt } });
      const bearer = String(made.body.key);
      expect((await server.call("GET", experiences, { bearer })).status).toBe(200);
      await server.advance(86_400_000);
      const answer = await server.call("GET", experiences, { bearer });
      expect(errorOf(answer)).toMatchObject({
        error: "token_expired",
        code: "TOKEN_EXPIRED",
        details: { credential: "apiKey" },
      });
    });
  });

  describe("of the wrong kind", () => {
    it.each<[string, () => Promise<TestAnswer>, string]>([
      ["none where a secret key is needed", () => server.call("GET", experiences), "SECRET_KEY_REQUIRED"],
      [
        "a publishable key where a secret one is needed",
        () => server.call("GET", experiences, { bearer: shop.publishableKey }),
        "SECRET_KEY_REQUIRED",
      ],
      [
        "a publishable key in its own header there",
        () => server.call("GET", experiences, { publishableKey: shop.publishableKey }),
        "SECRET_KEY_REQUIRED",
      ],
      [
        "an access token where a secret key is needed",
        () => fan.call("GET", experiences),
        "SECRET_KEY_REQUIRED",
      ],
      [
        "none where a publishable key is needed",
        () => server.call("POST", guest),
        "PUBLISHABLE_KEY_REQUIRED",
      ],
      [
        "a secret key as the publishable one",
        () => server.call("POST", guest, { publishableKey: shop.secretKey }),
        "INVALID_TOKEN",
      ],
      [
        "an access token alone",
        () =>
          server.call("GET", `${queues}/${strangeId("queue")}/status`, { bearer: fan.tokens.accessToken }),
        "PUBLISHABLE_KEY_REQUIRED",
      ],
      [
        "a publishable key alone where a consumer is needed",
        () =>
          server.call("GET", `${queues}/${strangeId("queue")}/status`, {
            publishableKey: shop.publishableKey,
          }),
        "AUTHENTICATION_REQUIRED",
      ],
      [
        "a secret key where a consumer is needed",
        () =>
          server.call("GET", `${queues}/${strangeId("queue")}/status`, {
            publishableKey: shop.publishableKey,
            bearer: shop.secretKey,
          }),
        "AUTHENTICATION_REQUIRED",
      ],
      [
        "another scheme",
        () => server.call("GET", experiences, { headers: { Authorization: "Basic YTpi" } }),
        "INVALID_TOKEN",
      ],
      [
        "an empty bearer",
        () => server.call("GET", experiences, { headers: { Authorization: "Bearer " } }),
        "INVALID_TOKEN",
      ],
    ])("is refused: %s", async (_, ask, expected) => {
      expect(code(await ask())).toBe(expected);
    });

    it("is none where a secret key comes for a publishable one, or the scheme is in another case", async () => {
      expect((await server.call("POST", guest, { bearer: shop.secretKey })).status).toBe(201);
      const headers = { Authorization: `bEARER  ${shop.secretKey}` };
      expect((await server.call("GET", experiences, { headers })).status).toBe(200);
    });
  });

  it("says where it is a key that is refused, and says so of no token", async () => {
    const ask = async (options: Parameters<typeof server.call>[2]) => {
      const { details } = errorOf(
        await server.call("GET", `${queues}/${strangeId("queue")}/status`, options),
      );
      return [details.field, details.credential];
    };
    const bearer = fan.tokens.accessToken;
    const ofKey = ["X-Publishable-Key", "apiKey"];
    for (const publishableKey of [newApiKey("publishable", false), "pk_test_cut", shop.secretKey])
      expect(await ask({ publishableKey, bearer })).toEqual(ofKey);
    const { publishableKey } = shop;
    expect(await ask({ publishableKey, bearer: "none of ours" })).toEqual([undefined, undefined]);
    const asSecret = await server.call("GET", experiences, { bearer: newApiKey("secret", false) });
    expect(errorOf(asSecret).details).toMatchObject({ field: "Authorization", credential: "apiKey" });
  });

  it("is refused where two of them belong to two organizations or two modes", async () => {
    const live = await server.shop({ isLive: true });
    for (const { publishableKey } of [other, live])
      for (const [method, path] of [
        ["GET", experiences],
        ["POST", guest],
      ] as const)
        expect(code(await shop.call(method, path, { publishableKey }))).toBe("INVALID_TOKEN");
    const { accessToken } = (await shop.fan()).tokens;
    for (const { publishableKey } of [other, live]) {
      const answer = await server.call("POST", "/api/v1/auth/logout", {
        publishableKey,
        bearer: accessToken,
      });
      expect(code(answer)).toBe("INVALID_TOKEN");
    }
    expect((await shop.call("GET", experiences, { publishableKey: shop.publishableKey })).status).toBe(200);
  });

  describe.each<[string, string, string, Record<string, unknown>, string]>([
    ["an experience", experiences, "experience", {}, "EXPERIENCE_NOT_FOUND"],
    ["a sequence", sequences, "sequence", {}, "SEQUENCE_NOT_FOUND"],
    ["a queue", queues, "queue", { admitRate: 60 }, "QUEUE_NOT_FOUND"],
  ])("that asks for %s", (_, path, kind, settings, notFound) => {
    /** The shop's key for its other mode. */
    async function otherMode(of: TestShop): Promise<string> {
      return (await addKey(server.db, of, { kind: "secret", isLive: true })).key;
    }
    async function make(): Promise<string> {
      const body: Record<string, unknown> = { name: `Of ${kind}`, ...settings };
      if (kind === "sequence") {
        const experience = await shop.call("POST", experiences, {
          body: { name: `For ${kind} ${strangeId("order")}` },
        });
        body.experienceId = experience.body.id;
      }
      const made = await shop.call("POST", path, { body });
      expect(made.status).toBe(201);
      return `${path}/${made.body.id}`;
    }
    const calls = [
      ["GET", undefined],
      ["PATCH", {}],
      ["DELETE", undefined],
    ] as const;

    it("of another organization gets 403, and learns nothing more", async () => {
      const address = await make();
      for (const [method, body] of calls) {
        const answer = await other.call(method, address, body === undefined ? {} : { body });
        expect(errorOf(answer)).toMatchObject({ code: "OTHER_ORGANIZATION", details: {} });
        expect(answer.text).not.toContain(shop.organizationId);
      }
      await shop.call("DELETE", address);
      expect(code(await other.call("GET", address))).toBe("OTHER_ORGANIZATION");
    });

    it("of its own other mode gets 404", async () => {
      const address = await make();
      const bearer = await otherMode(shop);
      for (const [method, body] of calls) {
        const answer = await server.call(method, address, {
          bearer,
          ...(body === undefined ? {} : { body }),
        });
        expect(errorOf(answer)).toMatchObject({ code: notFound, details: {} });
      }
      await shop.call("DELETE", address);
    });

    it("that was deleted gets 404 and is told so", async () => {
      const address = await make();
      expect((await shop.call("DELETE", address)).status).toBe(204);
      for (const [method, body] of calls) {
        const answer = await shop.call(method, address, body === undefined ? {} : { body });
        expect(errorOf(answer)).toMatchObject({ code: notFound, details: { deleted: true } });
      }
    });

    it("that never was gets 404", async () => {
      const answer = await shop.call("GET", `${path}/${strangeId(kind as "queue")}`);
      expect(errorOf(answer)).toMatchObject({ code: notFound, details: {} });
    });

    it("by the id of another kind gets 404", async () => {
      const address = await make();
      const id = address.slice(address.lastIndexOf("_") + 1);
      for (const [otherPath, prefix] of [
        [experiences, "exp"],
        [sequences, "seq"],
        [queues, "queue"],
      ] as const)
        if (otherPath !== path)
          expect((await shop.call("GET", `${otherPath}/${prefix}_${id}`)).status).toBe(404);
      await shop.call("DELETE", address);
    });
  });

  describe("of the server's own pages", () => {
    const startAs = (publishableKey: string, origin?: string) =>
      server.call("POST", guest, { publishableKey, headers: origin === undefined ? {} : { Origin: origin } });

    it("is good from the server's own origin only, whatever the organization lists", async () => {
      const listed = await server.shop({ isLive: true, allowedOrigins: ["https://shop.example"] });
      const page = await server.call("GET", `/q/${(await listed.queue()).id}`);
      const key = /pk_live_page_\w+/.exec(page.text)?.[0] ?? "";
      expect((await startAs(key, new URL(server.url).origin)).status).toBe(201);
      expect((await startAs(key)).status).toBe(201);
      for (const origin of ["https://shop.example", "https://elsewhere.example", "null"])
        expect(code(await startAs(key, origin))).toBe("ORIGIN_NOT_ALLOWED");
    });

    it("is refused where it is forged or of no organization", async () => {
      const { secrets } = server.server;
      const key = pageKeyOf(secrets, "0190fd2e-7c4a-7bbb-8abc-0123456789ab", false);
      expect(code(await startAs(key))).toBe("INVALID_TOKEN");
      const own = (await server.call("GET", `/q/${(await shop.queue()).id}`)).text;
      const good = /pk_test_page_\w+/.exec(own)?.[0] ?? "";
      expect((await startAs(good)).status).toBe(201);
      expect(code(await startAs(good.replace("pk_test", "pk_live")))).toBe("INVALID_TOKEN");
      const forged = `${good.slice(0, -1)}${good.endsWith("0") ? "1" : "0"}`;
      expect(code(await startAs(forged))).toBe("INVALID_TOKEN");
    });
  });
});
