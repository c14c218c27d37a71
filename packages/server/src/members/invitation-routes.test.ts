import { limits } from "@stanchion/contract";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  cookiesOf,
  errorOf,
  mailedToken,
  startTestServer,
  strangeId,
  type TestAnswer,
  type TestMember,
  type TestServer,
  type TestShop,
} from "../testing/index.ts";
import { inviteFromHost } from "./invite-from-host.ts";

const invitations = "/api/v1/invitations";
const acceptPath = "/api/v1/members/accept-invitation";
const password = "a good long password";

describe("an invitation", () => {
  let server: TestServer;
  let shop: TestShop;
  let owner: TestMember;
  let people = 0;
  beforeAll(async () => {
    server = await startTestServer({ isWorker: false });
    shop = await server.shop();
    owner = await shop.member();
  });
  afterAll(() => server.stop());

  const code = (answer: TestAnswer): string => errorOf(answer).code;
  const newEmail = (): string => {
    people += 1;
    return `person-${people}@example.com`;
  };
  const tokenOf = async (email: string): Promise<string> => {
    const token = await mailedToken(server, email);
    if (token === null) throw new Error(`no mail to ${email}`);
    return token;
  };
  const invite = async (role = "editor", by: Pick<TestMember, "call"> = owner, email = newEmail()) => {
    const answer = await by.call("POST", invitations, { body: { email, role } });
    if (answer.status !== 201) throw new Error(answer.text);
    return { email, id: String(answer.body.id), answer, token: await tokenOf(email) };
  };
  const accept = (body: object): Promise<TestAnswer> =>
    server.call("POST", acceptPath, { body, headers: { Origin: server.url } });

  it("goes out by mail with a token that no answer shows", async () => {
    const { email, answer, token } = await invite("admin");
    expect(answer.body).toMatchObject({ email, role: "admin", status: "PENDING" });
    expect(answer.headers.get("location")).toBe(`${invitations}/${String(answer.body.id)}`);
    const lasts = Date.parse(String(answer.body.expiresAt)) - Date.parse(String(answer.body.createdAt));
    expect(lasts).toBe(7 * 86_400_000);
    const read = await owner.call("GET", `${invitations}/${String(answer.body.id)}`);
    const list = await owner.call("GET", invitations);
    for (const { text } of [answer, read, list]) expect(text).not.toContain(token);
    expect(read.body).toEqual(answer.body);
  });

  it("makes a member who is signed in, once", async () => {
    const { email, token, id } = await invite("editor");
    const answer = await accept({ token, password, name: "Ada" });
    expect(answer.status).toBe(201);
    expect(answer.body).toMatchObject({
      email,
      name: "Ada",
      role: "editor",
      organization: { id: shop.organizationId },
    });
    const me = await server.call("GET", "/api/v1/members/me", { headers: { Cookie: cookiesOf(answer) } });
    expect(me.body).toEqual(answer.body);
    const signIn = { email, password };
    expect((await server.call("POST", "/api/v1/members/sign-in", { body: signIn })).status).toBe(200);
    expect(code(await accept({ token, password }))).toBe("INVALID_TOKEN");
    expect((await owner.call("GET", `${invitations}/${id}`)).body.status).toBe("ACCEPTED");
  });

  it("makes one member of those who accept it at once", async () => {
    const { email, token } = await invite();
    const answers = await Promise.all(Array.from({ length: 4 }, () => accept({ token, password })));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 401, 401, 401]);
    const list = await owner.call("GET", `/api/v1/members?search=${email}`);
    expect(list.body.data).toHaveLength(1);
  });

  it("that nobody made, that was taken back or has run out is refused as such", async () => {
    const refusal = async (token: string) => {
      const { code: told, details } = errorOf(await accept({ token, password }));
      return [told, details];
    };
    const invalid = ["INVALID_TOKEN", { field: "token" }];
    expect(await refusal("x".repeat(43))).toEqual(invalid);
    const revoked = await invite();
    const revoke = () => owner.call("POST", `${invitations}/${revoked.id}/revoke`);
    expect((await revoke()).body.status).toBe("REVOKED");
    expect((await revoke()).status).toBe(200);
    expect(await refusal(revoked.token)).toEqual(invalid);
    const spent = await invite();
    expect((await accept({ token: spent.token, password })).status).toBe(201);
    expect(await refusal(spent.token)).toEqual(invalid);
    const late = await invite();
    await server.db.query(
      "update member_invitations set expires_at = now() - interval '1 second' where email = $1",
      [late.email],
    );
    expect(await refusal(late.token)).toEqual(["TOKEN_EXPIRED", { field: "token" }]);
    const over = await owner.call("POST", `${invitations}/${late.id}/revoke`);
    expect(errorOf(over)).toMatchObject({ code: "INVALID_STATE", details: { state: "EXPIRED" } });
    expect((await invite("editor", owner, late.email)).answer.status).toBe(201);
  });

  it("to who is in, or invited already, is refused for the address", async () => {
    const open = await invite();
    const unique = { issues: [{ type: "unique", path: [{ key: "email" }] }] };
    const again = { email: open.email.toUpperCase(), role: "viewer" };
    expect(errorOf(await owner.call("POST", invitations, { body: again }))).toMatchObject(unique);
    const own = { email: owner.email, role: "viewer" };
    expect(errorOf(await owner.call("POST", invitations, { body: own }))).toMatchObject(unique);
    const email = newEmail();
    const race = await Promise.all(
      Array.from({ length: 4 }, () => owner.call("POST", invitations, { body: { email, role: "viewer" } })),
    );
    expect(race.map(({ status }) => status).sort()).toEqual([201, 422, 422, 422]);
  });

  it("gives no more than the one who invites has", async () => {
    const admin = await shop.member("admin");
    const asOwner = { body: { email: newEmail(), role: "owner" } };
    for (const caller of [admin, shop])
      expect(errorOf(await caller.call("POST", invitations, asOwner))).toMatchObject({
        code: "INSUFFICIENT_ROLE",
        details: { role: "admin", roleNeeded: "owner" },
      });
    const words = async (caller: Pick<TestMember, "call">) =>
      errorOf(await caller.call("POST", invitations, asOwner)).message;
    expect(await words(admin)).toBe(
      "This needs the role owner. Yours is admin: ask an owner of the organization.",
    );
    expect(await words(shop)).toMatch(
      /^This needs the role owner\. A secret key gives .* as an admin does: /,
    );
    const editor = await shop.member("editor");
    expect(errorOf(await editor.call("POST", invitations, asOwner))).toMatchObject({
      code: "INSUFFICIENT_ROLE",
      details: { role: "editor", roleNeeded: "admin" },
    });
    expect((await owner.call("POST", invitations, asOwner)).status).toBe(201);
  });

  it("of somebody with an account takes that account's password, and no other", async () => {
    const other = await server.shop();
    const known = await other.member("viewer");
    const { token } = await invite("admin", owner, known.email);
    expect(code(await accept({ token, password: "not the one of before" }))).toBe("INVALID_CREDENTIALS");
    const answer = await accept({ token, password: known.password });
    expect(answer.status).toBe(201);
    expect(answer.body).toMatchObject({ role: "admin", organization: { id: shop.organizationId } });
    expect(answer.body.organizations).toHaveLength(2);
  });

  it("of somebody who has left everywhere begins anew, and revives no session", async () => {
    const leaver = await shop.member("viewer");
    expect((await leaver.call("DELETE", "/api/v1/members/me")).status).toBe(204);
    const { token } = await invite("viewer", owner, leaver.email);
    expect((await accept({ token, password })).status).toBe(201);
    expect(code(await leaver.call("GET", "/api/v1/members/me"))).toBe("INVALID_TOKEN");
  });

  it("is sent once for an Idempotency-Key", async () => {
    const body = { email: newEmail(), role: "viewer" };
    const send = () =>
      owner.call("POST", invitations, { body, headers: { "Idempotency-Key": "invite-once" } });
    const [first, again] = [await send(), await send()];
    expect([first.status, again.status]).toEqual([201, 201]);
    expect(again.text).toBe(first.text);
    expect(again.headers.get("idempotent-replayed")).toBe("true");
  });

  it("of another organization is not this one's", async () => {
    const other = await (await server.shop()).member();
    const { id } = await invite();
    for (const [method, path] of [
      ["GET", `${invitations}/${id}`],
      ["POST", `${invitations}/${id}/revoke`],
    ] as const)
      expect(code(await other.call(method, path))).toBe("OTHER_ORGANIZATION");
    expect(code(await owner.call("GET", `${invitations}/${strangeId("invitation")}`))).toBe(
      "INVITATION_NOT_FOUND",
    );
  });

  it("from the host makes the first owner, and shows its token where no mail is set up", async () => {
    const fresh = await server.shop();
    const email = newEmail();
    const given = { organization: fresh.organizationId, email, role: "owner" };
    const made = await inviteFromHost(server.db.database, given, {
      mail: null,
      baseUrl: "https://line.example",
    });
    expect(made.guide).toBe("https://line.example/docs/guides/members-and-roles");
    const answer = await accept({ token: made.token, password });
    expect(answer.body).toMatchObject({ role: "owner", organization: { id: fresh.organizationId } });
    const bad = { mail: null, baseUrl: "" };
    await expect(inviteFromHost(server.db.database, { ...given, role: "king" }, bad)).rejects.toThrow(
      "--role",
    );
    const allWrong = { organization: "org_x", email: "eve", role: "king" };
    await expect(inviteFromHost(server.db.database, allWrong, bad)).rejects.toThrow(
      /^There is no organization org_x in this database\..*\n--email cannot .*\n--role cannot .*$/,
    );
    const nowhere = { ...given, organization: strangeId("organization") };
    await expect(inviteFromHost(server.db.database, nowhere, bad)).rejects.toThrow("no organization");
  });

  it("leaves no token and no password in the database", async () => {
    const { token } = await invite();
    await accept({ token, password: "a password to look for" });
    const hashed = await server.db.query<{ row: string }>(
      "select i::text as row from member_invitations i union all select a::text from member_accounts a",
    );
    expect(hashed.length).toBeGreaterThan(limits.listFirstDefault / 10);
    for (const { row } of hashed) {
      expect(row).not.toContain(token);
      expect(row).not.toContain("a password to look for");
    }
  });
});

describe("an invitation that cannot be mailed", () => {
  it("is told as the provider's fault, and leaves none behind", async () => {
    const server = await startTestServer({
      isWorker: false,
      env: { SMTP_URL: "smtp://127.0.0.1:1", MAIL_FROM: "line@example.com" },
    });
    const owner = await (await server.shop()).member();
    const body = { email: "ada@example.com", role: "viewer" };
    const answer = await owner.call("POST", invitations, { body });
    expect([answer.status, errorOf(answer).code]).toEqual([502, "MAIL_PROVIDER_FAILED"]);
    expect((await owner.call("GET", invitations)).body.data).toEqual([]);
    await server.stop();
  });
});
