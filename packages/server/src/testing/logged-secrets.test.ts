import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { codeCalls, latestCode, startTestServer, type TestServer, type TestShop } from "./index.ts";
import {
  noteLogLine,
  noteSecret,
  noteSecretsOf,
  refuseLoggedSecrets,
  takeLinesWithSecrets,
} from "./logged-secrets.ts";

describe("the log of a test file's servers", () => {
  let server: TestServer;
  let shop: TestShop;
  beforeAll(async () => {
    server = await startTestServer({ isWorker: false });
    shop = await server.shop();
  });
  afterAll(() => server.stop());
  beforeEach(() => void takeLinesWithSecrets());

  const log = (facts: object): void => server.server.log.info(facts, "planted");

  it("passes where it tells of refusals and holds no secret", async () => {
    const fan = await shop.fan();
    await fan.status((await shop.queue()).id);
    log({ consumerId: fan.consumerId, organizationId: shop.organizationId });
    expect(refuseLoggedSecrets).not.toThrow();
  });

  it("fails where it holds a token that an answer gave, or half of one", async () => {
    const { accessToken, refreshToken } = (await shop.fan()).tokens;
    for (const note of [
      accessToken,
      `of ${refreshToken}.`,
      accessToken.slice(0, 60),
      accessToken.slice(30),
    ]) {
      await shop.fan().then(({ tokens }) => noteSecret(tokens.accessToken));
      noteSecretsOf({ headers: {}, body: { accessToken, refreshToken } });
      log({ note });
      expect(refuseLoggedSecrets).toThrow("the log holds secrets, in 1 lines");
    }
  });

  it("fails where it holds a code, a password, a cookie, a key, a fingerprint or a word for repeats", async () => {
    const member = await shop.member();
    const [calls, email] = [codeCalls(server, shop), "ada@example.com"];
    await calls.request(email);
    const code = await latestCode(server, email);
    const fan = await shop.fan();
    const headers = { "X-Fingerprint": "a-device-0001", "Idempotency-Key": "a-word-0001" };
    await fan.enter((await shop.queue()).id, headers);
    const made = await shop.call("POST", "/api/v1/api-keys", { body: { name: "Till", kind: "secret" } });
    const cookie = member.cookie.split("=")[1]?.split(";")[0];
    const [key] = [String(made.body.key)];
    // Keys are masked by their shape, so that only one without its beginning gets so far.
    const notes = [code, member.password, cookie, key.slice(8), ...Object.values(headers)];
    for (const note of notes) log({ note });
    log({ note: key });
    const found = takeLinesWithSecrets();
    expect(found).toHaveLength(notes.length);
    expect(found.join()).not.toContain(key);
  });

  it("is held also against what is issued after the line was written", () => {
    noteLogLine('{"note":"a-token-of-later"}');
    noteSecret("a-token-of-later");
    expect(takeLinesWithSecrets()).toHaveLength(1);
    expect(takeLinesWithSecrets()).toEqual([]);
  });

  it("may hold numbers of six digits that are parts of others", () => {
    noteSecret("402913");
    for (const text of ["1402913", "10:00:00.402913", "req_402913", "402913x"])
      noteLogLine(`{"n":"${text}"}`);
    expect(takeLinesWithSecrets()).toEqual([]);
    noteLogLine('{"n":402913}');
    expect(takeLinesWithSecrets()).toEqual([]);
  });
});
