import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  cookiesOf,
  errorOf,
  mailedToken,
  startTestServer,
  type TestAnswer,
  type TestMember,
  type TestServer,
  type TestShop,
} from "../testing/index.ts";
import { base32Of, totpCode, totpStepAt } from "./totp.ts";

const me = "/api/v1/members/me";
const factor = `${me}/second-factor`;

let server: TestServer;
let shop: TestShop;
const logged: string[] = [];
beforeAll(async () => {
  server = await startTestServer({ isWorker: false, onLog: (line) => void logged.push(line) });
  shop = await server.shop();
});
afterAll(() => server.stop());

const code = (answer: TestAnswer): string => errorOf(answer).code;
const signIn = (body: object): Promise<TestAnswer> =>
  server.call("POST", "/api/v1/members/sign-in", { body, headers: { Origin: server.url } });

function bytesOf(base32: string): Buffer {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  const bits = [...base32].map((letter) => alphabet.indexOf(letter).toString(2).padStart(5, "0")).join("");
  return Buffer.from(bits.match(/.{8}/g)?.map((byte) => Number.parseInt(byte, 2)) ?? []);
}

describe("the second factor", () => {
  let step = totpStepAt(Date.now());
  /** A code that was not used yet: of the present step or the next. */
  const turnOn = async (member: TestMember) => {
    const { password } = member;
    const enrolled = await member.call("POST", factor, { body: { password } });
    const secret = bytesOf(String(enrolled.body.secret));
    step = totpStepAt(Date.now());
    const confirmed = await member.call("POST", `${factor}/confirm`, {
      body: { code: totpCode(secret, step) },
    });
    expect(confirmed.status).toBe(200);
    return { secret, recoveryCodes: confirmed.body.recoveryCodes as string[] };
  };

  it("is asked for once it was confirmed, and takes each code once", async () => {
    const member = await shop.member();
    const { email, password } = member;
    const enrolled = await member.call("POST", factor, { body: { password } });
    expect(enrolled.body.uri).toContain(`secret=${String(enrolled.body.secret)}`);
    expect(base32Of(bytesOf(String(enrolled.body.secret)))).toBe(enrolled.body.secret);
    expect((await signIn({ email, password })).status).toBe(200);
    const { secret, recoveryCodes } = await turnOn(member);
    expect(recoveryCodes).toHaveLength(10);
    expect(new Set(recoveryCodes).size).toBe(10);
    expect((await member.call("GET", me)).body.hasSecondFactor).toBe(true);
    expect(code(await signIn({ email, password }))).toBe("SECOND_FACTOR_REQUIRED");
    expect(code(await signIn({ email, password: "wrong", code: "000000" }))).toBe("INVALID_CREDENTIALS");
    // That of the confirmation is used up.
    expect(code(await signIn({ email, password, code: totpCode(secret, step) }))).toBe("INVALID_OTP");
    const next = totpCode(secret, step + 1);
    const answers = await Promise.all([1, 2, 3].map(() => signIn({ email, password, code: next })));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 401, 401]);
  });

  it("can be replaced by a recovery code, once each, however it is typed", async () => {
    const member = await shop.member();
    const { email, password } = member;
    const [first = "", second = ""] = (await turnOn(member)).recoveryCodes;
    expect((await signIn({ email, password, code: first.toLowerCase().replace("-", " ") })).status).toBe(200);
    expect(code(await signIn({ email, password, code: first }))).toBe("INVALID_OTP");
    expect((await signIn({ email, password, code: second })).status).toBe(200);
  });

  it("is counted with wrong passwords where it is wrong", async () => {
    const member = await shop.member();
    const { email, password } = member;
    await turnOn(member);
    for (let count = 0; count < 10; count += 1)
      expect(code(await signIn({ email, password, code: "000000" }))).toBe("INVALID_OTP");
    expect(code(await signIn({ email, password, code: "000000" }))).toBe("RATE_LIMITED");
  });

  it("is turned on and off by the password alone", async () => {
    const member = await shop.member();
    const { email, password } = member;
    expect(code(await member.call("POST", factor, { body: { password: "wrong" } }))).toBe(
      "INVALID_CREDENTIALS",
    );
    const early = await member.call("POST", `${factor}/confirm`, { body: { code: "123456" } });
    expect(errorOf(early)).toMatchObject({ code: "INVALID_STATE", details: { state: "SECOND_FACTOR_OFF" } });
    await member.call("POST", factor, { body: { password } });
    expect(code(await member.call("POST", `${factor}/confirm`, { body: { code: "000000" } }))).toBe(
      "INVALID_OTP",
    );
    await turnOn(member);
    expect(errorOf(await member.call("POST", factor, { body: { password } }))).toMatchObject({
      code: "INVALID_STATE",
      details: { state: "SECOND_FACTOR_ON" },
    });
    const off = (word: string) => member.call("POST", `${factor}/disable`, { body: { password: word } });
    expect(code(await off("wrong"))).toBe("INVALID_CREDENTIALS");
    expect((await off(password)).status).toBe(204);
    expect((await signIn({ email, password })).status).toBe(200);
  });

  it("is sealed in the database, and its codes are there as keyed hashes", async () => {
    const member = await shop.member();
    const { secret, recoveryCodes } = await turnOn(member);
    const rows = await server.db.query<{ row: string }>(
      "select a::text as row from member_accounts a union all select c::text from member_recovery_codes c",
    );
    for (const { row } of rows) {
      for (const text of [secret.toString("hex"), base32Of(secret)]) expect(row).not.toContain(text);
      for (const one of recoveryCodes)
        for (const text of [one, Buffer.from(one.replace("-", "")).toString("hex")])
          expect(row).not.toContain(text);
    }
    for (const line of logged) for (const one of recoveryCodes) expect(line).not.toContain(one);
  });
});

describe("a new password by mail", () => {
  const ask = (email: string) =>
    server.call("POST", "/api/v1/members/password/reset-request", { body: { email } });
  const reset = (body: object) =>
    server.call("POST", "/api/v1/members/password/reset", { body, headers: { Origin: server.url } });
  const mailed = async (email: string): Promise<string> =>
    (await server.until(
      () => mailedToken(server, email),
      (token) => token !== null,
    )) ?? "";

  it("is asked for with one answer, whether anybody has the address or not", async () => {
    const { email } = await shop.member();
    const [known, unknown] = [await ask(email), await ask("nobody@example.com")];
    expect([known.status, known.text]).toEqual([unknown.status, unknown.text]);
    await mailed(email);
    expect(await mailedToken(server, "nobody@example.com")).toBeNull();
  });

  it("is set once by the token, ends every session and makes the browser known", async () => {
    const member = await shop.member();
    const { email } = member;
    await ask(email);
    const token = await mailed(email);
    const password = "the new long password";
    const [one, two] = await Promise.all([reset({ token, password }), reset({ token, password })]);
    expect([one.status, two.status].sort()).toEqual([204, 401]);
    expect(code(await reset({ token, password }))).toBe("INVALID_TOKEN");
    expect(code(await member.call("GET", me))).toBe("INVALID_TOKEN");
    expect(code(await signIn({ email, password: member.password }))).toBe("INVALID_CREDENTIALS");
    for (let count = 0; count < 10; count += 1) await signIn({ email, password: "guessed" });
    const done = one.status === 204 ? one : two;
    const known = await server.call("POST", "/api/v1/members/sign-in", {
      body: { email, password },
      headers: { Origin: server.url, Cookie: cookiesOf(done) },
    });
    expect(known.status).toBe(200);
  });

  it("that was asked for earlier is refused once another was set", async () => {
    const { email } = await shop.member();
    await ask(email);
    const first = await mailed(email);
    await ask(email);
    const second = await server.until(
      () => mailedToken(server, email),
      (token) => token !== first,
    );
    expect((await reset({ token: second, password: "the new long password" })).status).toBe(204);
    expect(code(await reset({ token: first, password: "the new long password" }))).toBe("INVALID_TOKEN");
  });

  it("is refused an hour later, and where nobody was sent the token", async () => {
    const { email } = await shop.member();
    await ask(email);
    const token = await mailed(email);
    await server.db.query("update member_password_resets set expires_at = now() - interval '1 second'");
    const refusal = async (given: string) => {
      const answer = await reset({ token: given, password: "the new long password" });
      return [code(answer), errorOf(answer).details];
    };
    expect(await refusal(token)).toEqual(["TOKEN_EXPIRED", { field: "token" }]);
    expect(await refusal("x")).toEqual(["INVALID_TOKEN", { field: "token" }]);
    await ask(email);
    const next = await server.until(
      () => mailed(email),
      (found) => found !== token,
    );
    expect((await reset({ token: next, password: "the new long password" })).status).toBe(204);
    expect(await refusal(next)).toEqual(["INVALID_TOKEN", { field: "token" }]);
  });

  it("is mailed five times an hour to one address, and the answer stays the same", async () => {
    const { email } = await shop.member();
    for (let count = 0; count < 7; count += 1) expect((await ask(email)).status).toBe(200);
    const sent = await server.until(
      async () => (await server.call("GET", "/dev/mailbox")).text.split(`To ${email},`).length - 1,
      (count) => count >= 5,
    );
    expect(sent).toBe(5);
  });

  it("leaves no token in the database or the log", async () => {
    const { email } = await shop.member();
    await ask(email);
    const token = await mailed(email);
    const rows = await server.db.query<{ row: string }>(
      "select r::text as row from member_password_resets r",
    );
    for (const { row } of rows) expect(row).not.toContain(Buffer.from(token).toString("hex"));
    for (const line of logged) expect(line).not.toContain(token);
  });
});
