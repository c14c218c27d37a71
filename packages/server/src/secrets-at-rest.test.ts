/** Whoever has a dump of the database can sign in as nobody: a journey that hands out every kind of secret, and a look at every row. */
import { decodeId } from "@stanchion/contract";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { pageKeyOf } from "./identity/page-key.ts";
import { base32Of, totpCode, totpStepAt } from "./members/totp.ts";
import {
  accountCalls,
  carryCalls,
  codeCalls,
  cookiesOf,
  latestCode,
  mailedToken,
  startTestServer,
  type TestAnswer,
  type TestServer,
  testLine,
} from "./testing/index.ts";
import { dumpRows, holdsSecret } from "./testing/secret-forms.ts";

/**
 * What is kept in the place of each kind of secret that the server hands out or is told. None stands in the database as it is;
 * a kind that the journey does not bring about fails the test.
 */
const keptInstead = {
  "publishable key":
    "its SHA-256 and a hint (8 characters that say its kind, 4 at the beginning, 4 at the end): it is public, and no key is kept",
  "secret key": "its SHA-256 and the same hint",
  "created key":
    "its SHA-256 and hint; the kept answer is sealed under the Idempotency-Key and the server's secret",
  "rotated key": "its SHA-256 and hint, as of the secret before it",
  "page key": "nothing: it is a MAC over organization and mode",
  "guest's access token": "nothing: it is a MAC over what it says",
  "guest's refresh token": "nothing before its first use, then the number of its generation",
  "refreshed access token": "nothing",
  "refreshed refresh token": "the number of its generation",
  "one-time code": "a MAC over address and code",
  "person's access token": "nothing",
  "person's refresh token": "nothing before its first use",
  "exchange code": "its SHA-256",
  "exchanged access token": "nothing",
  "exchanged refresh token": "nothing before its first use",
  "carry code": "its SHA-256",
  "carried access token": "nothing",
  "carried refresh token": "nothing before its first use",
  fingerprint: "a hash of it, as the device of entry and admission",
  "Idempotency-Key of a key": "a hash that the row is found by",
  "Idempotency-Key of an entry": "a hash in the entry's row",
  "line token": "nothing: it is a MAC over the entry",
  "admission token": "nothing: it is signed anew whenever it is asked for",
  "signing key": "sealed under the server's secret",
  "invitation token": "its SHA-256",
  "first password": "argon2id",
  "session cookie": "its SHA-256",
  "known-device cookie": "nothing: it is a MAC over address and device",
  "second factor's secret": "sealed under the server's secret",
  "second factor's code": "the number of its step, once it was used",
  "recovery code": "a MAC over account and code",
  "reset token": "its SHA-256",
  "new password": "argon2id",
  "webhook's secret": "sealed under the server's secret, as long as it signs",
  "webhook's new secret": "the same",
  "hook's secret": "sealed under the server's secret, as long as it is good",
  "hook's new secret": "the same",
  "shop system's secret": "the same",
  "server's secret": "nothing: it is never written to the database",
} as const;
type Kind = keyof typeof keptInstead;

const serverSecret = "a secret of the tests, long enough to be one";
const me = "/api/v1/members/me";

describe("a dump of the database", () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer();
  });
  afterAll(() => server.stop());

  it("holds no key, code, password or token that was issued, in any encoding", async () => {
    const issued = await issueEverySecret(server);
    expect([...issued.keys()].sort()).toEqual(Object.keys(keptInstead).sort());
    const rows = await dumpRows(server.db);
    for (const table of [
      "public.api_key_secrets",
      "public.entries",
      "public.idempotency_keys",
      "stanchion_jobs.",
    ])
      expect(
        rows.some((row) => row.startsWith(table)),
        table,
      ).toBe(true);
    const dump = rows.join("\n");
    for (const [kind, secrets] of issued) {
      expect(secrets.length, kind).toBeGreaterThan(0);
      for (const secret of secrets) {
        expect(secret.length, kind).toBeGreaterThanOrEqual(6);
        if (holdsSecret(dump, secret)) expect.fail(`${rowWith(rows, secret)} holds the ${kind}`);
      }
    }
  });

  it("would be seen to hold one, as it is, in hex, in base64 and in base64url, also in the midst of more", async () => {
    const token = "Q7-planted_0secret0_of0the0tests0_long-enough";
    const planted = Buffer.from(`{"token":"${token}"}`);
    const decoded = Buffer.from(token, "base64url");
    const texts = [
      `it is ${token}.`,
      planted.toString("hex"),
      planted.toString("base64"),
      planted.toString("base64url"),
      decoded.toString("hex"),
      decoded.toString("base64"),
    ];
    await server.db.query("create schema planted");
    await server.db.query("create table planted.notes (note text, bytes bytea)");
    const finds = async (): Promise<string | undefined> => rowWith(await dumpRows(server.db), token);
    expect(await finds()).toBe(undefined);
    for (const [column, value] of [
      ...texts.map((text) => ["note", text] as const),
      ["bytes", planted] as const,
      ["bytes", decoded] as const,
    ]) {
      await server.db.query(`insert into planted.notes (${column}) values ($1)`, [value]);
      expect(await finds()).toBe("planted.notes");
      await server.db.query("delete from planted.notes");
    }
    await server.db.query("drop schema planted cascade");
    expect(holdsSecret('{"code":"402913"}', "402913")).toBe(true);
    expect(holdsSecret("2026-01-01 10:00:00.402913+00", "402913")).toBe(false);
  });
});

function rowWith(rows: readonly string[], secret: string): string | undefined {
  return rows.find((row) => holdsSecret(row, secret))?.split(" ", 1)[0];
}

/** Walks every way on which the server hands out a secret or is told one; answers them by kind. */
async function issueEverySecret(server: TestServer): Promise<Map<Kind, string[]>> {
  const issued = new Map<Kind, string[]>();
  const note = (kind: Kind, ...secrets: unknown[]): void => {
    issued.set(kind, [...(issued.get(kind) ?? []), ...secrets.map(String)]);
  };
  const expectStatus = (answer: TestAnswer, status: number): TestAnswer => {
    expect(answer.status, answer.text).toBe(status);
    return answer;
  };
  const noteTokens = (
    name: "guest's" | "refreshed" | "person's" | "exchanged" | "carried",
    answer: TestAnswer,
  ): void => {
    note(`${name} access token`, answer.body.accessToken);
    note(`${name} refresh token`, answer.body.refreshToken);
  };
  note("server's secret", serverSecret);
  const shop = await server.shop();
  const { publishableKey } = shop;
  note("publishable key", publishableKey);
  note("secret key", shop.secretKey);
  note(
    "page key",
    ...[true, false].map((isLive) => pageKeyOf(server.server.secrets, organizationOf(shop), isLive)),
  );

  await issueKeys();
  await issueConsumersSecrets();
  await issueMembersSecrets();
  await issueWebhookSecrets();
  await issueHookSecrets();
  note("signing key", ...(await privateKeysOf(server)));
  return issued;

  async function issueKeys(): Promise<void> {
    for (const kind of ["secret", "publishable"]) {
      const headers = { "Idempotency-Key": `the-callers-own-word-for-a-${kind}-key` };
      const body = { name: `Till ${kind}`, kind };
      const made = expectStatus(await shop.call("POST", "/api/v1/api-keys", { body, headers }), 201);
      const again = await shop.call("POST", "/api/v1/api-keys", { body, headers });
      expect(again.text).toBe(made.text);
      note("Idempotency-Key of a key", headers["Idempotency-Key"]);
      note("created key", made.body.key);
      const rotatePath = `/api/v1/api-keys/${String(made.body.id)}/rotate`;
      const rotated = await shop.call("POST", rotatePath, { body: { overlapSeconds: 60 } });
      note("rotated key", expectStatus(rotated, 200).body.key);
    }
  }

  async function issueWebhookSecrets(): Promise<void> {
    const headers = { "Idempotency-Key": "the-callers-own-word-for-a-webhook" };
    const body = { url: "https://shop.example/hooks", events: ["queue.paused"] };
    const made = await shop.call("POST", "/api/v1/webhook-endpoints", { body, headers });
    note("webhook's secret", expectStatus(made, 201).body.secret);
    const rotatePath = `/api/v1/webhook-endpoints/${String(made.body.id)}/rotate-secret`;
    const rotated = await shop.call("POST", rotatePath, { body: {}, headers });
    note("webhook's new secret", expectStatus(rotated, 200).body.secret);
  }

  async function issueHookSecrets(): Promise<void> {
    const headers = { "Idempotency-Key": "the-callers-own-word-for-a-hook" };
    const path = "/api/v1/hooks";
    const made = await shop.call("POST", path, { body: { source: "hmac" }, headers });
    note("hook's secret", expectStatus(made, 201).body.secret);
    const rotated = await shop.call("POST", `${path}/${String(made.body.id)}/rotate-secret`, { headers });
    note("hook's new secret", expectStatus(rotated, 200).body.secret);
    const secret = "shpss_that_the_shop_system_signs_with";
    expectStatus(await shop.call("POST", path, { body: { source: "shopify", secret } }), 201);
    note("shop system's secret", secret);
  }

  async function issueConsumersSecrets(): Promise<void> {
    const fan = await shop.fan();
    note("guest's access token", fan.tokens.accessToken);
    note("guest's refresh token", fan.tokens.refreshToken);
    const refresh = (refreshToken: unknown) =>
      server.call("POST", "/api/v1/auth/refresh", { publishableKey, body: { refreshToken } });
    const refreshed = expectStatus(await refresh(fan.tokens.refreshToken), 200);
    noteTokens("refreshed", refreshed);

    const [calls, email] = [codeCalls(server, shop), "ada@example.com"];
    expectStatus(await calls.request(email), 200);
    const code = await latestCode(server, email);
    note("one-time code", code);
    const person = expectStatus(await calls.verify(email, code, String(refreshed.body.accessToken)), 200);
    noteTokens("person's", person);
    noteTokens("refreshed", expectStatus(await refresh(person.body.refreshToken), 200));
    // One that nobody has used yet.
    expectStatus(await calls.request("unused@example.com"), 200);
    note("one-time code", await latestCode(server, "unused@example.com"));

    const accounts = accountCalls(server, shop);
    const exchangeCode = await accounts.codeFor("subject-1");
    note("exchange code", exchangeCode, await accounts.codeFor("subject-2"));
    noteTokens("exchanged", expectStatus(await accounts.exchange(exchangeCode), 200));

    const carry = carryCalls(server, shop);
    const carryCode = await carry.codeOf(await shop.fan());
    note("carry code", carryCode, await carry.codeOf(await shop.fan()));
    const onward = await carry.exchange(carryCode, { fingerprint: "the-other-device-of-a-fan-0001" });
    note("fingerprint", "the-other-device-of-a-fan-0001");
    noteTokens("carried", expectStatus(onward, 200));

    const queue = await shop.queue();
    const headers = {
      "X-Fingerprint": "the-device-of-a-fan-0001",
      "Idempotency-Key": "the-fans-own-word-for-an-entry",
    };
    note("fingerprint", headers["X-Fingerprint"]);
    note("Idempotency-Key of an entry", headers["Idempotency-Key"]);
    const path = `/api/v1/queues/${queue.id}`;
    const asPerson = { publishableKey, bearer: String(person.body.accessToken) };
    const entered = await server.call("POST", `${path}/enter`, { ...asPerson, headers });
    note("line token", expectStatus(entered, 201).body.lineToken);
    const admitted = await server.until(
      () =>
        server.call("GET", `${path}/status`, {
          ...asPerson,
          headers: { "X-Fingerprint": headers["X-Fingerprint"] },
        }),
      ({ body }) => body.status === "ADMITTED",
    );
    const { token } = Object(admitted.body.admission);
    note("admission token", token, String(token).split(".").at(-1));
    const body = { token, fingerprint: headers["X-Fingerprint"] };
    expectStatus(await shop.call("POST", `${path}/validate`, { body }), 200);
    expect(await testLine(server.db, queue.id).stays()).toHaveLength(1);
  }

  async function issueMembersSecrets(): Promise<void> {
    const [email, password, newPassword] = [
      "owner@example.com",
      "the first pass phrase",
      "the second pass phrase",
    ];
    note("first password", password);
    note("new password", newPassword);
    const send = (path: string, body: object, headers = {}) =>
      server.call("POST", `/api/v1/members/${path}`, { body, headers: { Origin: server.url, ...headers } });
    const invite = async (to: string): Promise<string | null> => {
      const answer = await shop.call("POST", "/api/v1/invitations", { body: { email: to, role: "admin" } });
      expectStatus(answer, 201);
      return mailedToken(server, to);
    };
    const token = await invite(email);
    note("invitation token", token, await invite("invited@example.com"));
    const noteCookies = (answer: TestAnswer): string => {
      const cookie = cookiesOf(answer);
      for (const [kind, name] of [
        ["session cookie", "session"],
        ["known-device cookie", "devices"],
      ] as const)
        note(kind, new RegExp(`stanchion_${name}=([^;]+)`).exec(cookie)?.[1]);
      return cookie;
    };
    const Cookie = noteCookies(expectStatus(await send("accept-invitation", { token, password }), 201));

    const enrolled = expectStatus(await send("me/second-factor", { password }, { Cookie }), 200);
    const secret = String(enrolled.body.secret);
    const bytes = bytesOfBase32(secret);
    expect(base32Of(bytes)).toBe(secret);
    note("second factor's secret", secret, bytes.toString("base64url"));
    const code = totpCode(bytes, totpStepAt(Date.now()));
    const confirmed = expectStatus(await send("me/second-factor/confirm", { code }, { Cookie }), 200);
    const recoveryCodes = confirmed.body.recoveryCodes as string[];
    for (const one of recoveryCodes) note("recovery code", one, one.replace("-", ""));
    note("second factor's code", code);
    noteCookies(expectStatus(await send("sign-in", { email, password, code: recoveryCodes[0] }), 200));

    for (let round = 0; round < 2; round += 1) {
      const known = await mailedToken(server, email);
      expectStatus(await send("password/reset-request", { email }), 200);
      const reset = await server.until(
        () => mailedToken(server, email),
        (found) => found !== known,
      );
      note("reset token", reset);
      // The second stays unused.
      if (round === 0)
        expectStatus(await send("password/reset", { token: reset, password: newPassword }), 204);
    }
    const read = await server.call("GET", me, { headers: { Cookie } });
    expect(read.status).toBe(401);
  }
}

function organizationOf({ organizationId }: { organizationId: string }): string {
  const id = decodeId("organization", organizationId);
  if (id === null) throw new Error(`${organizationId} is no organization's id`);
  return id;
}

function bytesOfBase32(text: string): Buffer {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  const bits = [...text].map((letter) => alphabet.indexOf(letter).toString(2).padStart(5, "0")).join("");
  return Buffer.from(bits.match(/.{8}/g)?.map((byte) => Number.parseInt(byte, 2)) ?? []);
}

/** The private keys that admission tokens are signed with, as they are when opened. */
async function privateKeysOf(server: TestServer): Promise<string[]> {
  const rows = await server.db.query<{ sealed: Buffer }>(
    "select sealed_private_key as sealed from signing_keys",
  );
  return rows.map(({ sealed }) => server.server.secrets.decrypt(sealed).subarray(-32).toString("base64url"));
}
