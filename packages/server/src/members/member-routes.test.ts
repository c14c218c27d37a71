import { hasRole, operationNames, operationOf, roles } from "@stanchion/contract";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  errorOf,
  startTestServer,
  strangeId,
  type TestAnswer,
  type TestMember,
  type TestServer,
  type TestShop,
} from "../testing/index.ts";

const members = "/api/v1/members";

describe("members", () => {
  let server: TestServer;
  let shop: TestShop;
  beforeAll(async () => {
    server = await startTestServer({ isWorker: false });
    shop = await server.shop();
  });
  afterAll(() => server.stop());

  const code = (answer: TestAnswer): string => errorOf(answer).code;
  const idOf = async (member: TestMember): Promise<string> =>
    String((await member.call("GET", `${members}/me`)).body.id);
  const setRole = (by: Pick<TestMember, "call">, id: string, role: string): Promise<TestAnswer> =>
    by.call("PATCH", `${members}/${id}`, { body: { role } });

  it("are listed to every member and to a secret key, newest first, by role and by name", async () => {
    const own = await server.shop();
    const owner = await own.member();
    const viewer = await own.member("viewer");
    for (const caller of [viewer, own]) {
      const { body } = await caller.call("GET", members);
      expect(body.data).toMatchObject([
        { email: viewer.email, role: "viewer", version: 1, hasSecondFactor: false },
        { email: owner.email, role: "owner" },
      ]);
    }
    const { body } = await own.call("GET", `${members}?role=owner&search=owner`);
    expect(body.data).toHaveLength(1);
    const read = await viewer.call("GET", `${members}/${await idOf(owner)}`);
    expect([read.body.email, read.headers.get("etag")]).toEqual([owner.email, '"1"']);
  });

  it("get another role, which counts at once in this process", async () => {
    const [owner, member] = [await shop.member(), await shop.member("viewer")];
    const id = await idOf(member);
    const product = { body: { name: "Boot", sku: `B-${id}` } };
    expect(code(await member.call("POST", "/api/v1/products", product))).toBe("INSUFFICIENT_ROLE");
    const changed = await setRole(owner, id, "editor");
    expect(changed.body).toMatchObject({ id, role: "editor", version: 2 });
    expect((await member.call("POST", "/api/v1/products", product)).status).toBe(201);
    const stale = await owner.call("PATCH", `${members}/${id}`, {
      body: { role: "viewer" },
      headers: { "If-Match": '"1"' },
    });
    expect(errorOf(stale)).toMatchObject({ code: "CONCURRENT_MODIFICATION", details: { version: 2 } });
  });

  it("make and lower owners only as owners", async () => {
    const [owner, admin, viewer] = [
      await shop.member(),
      await shop.member("admin"),
      await shop.member("viewer"),
    ];
    const [ownerId, viewerId] = [await idOf(owner), await idOf(viewer)];
    for (const caller of [admin, shop]) {
      for (const answer of [
        await setRole(caller, ownerId, "viewer"),
        await setRole(caller, viewerId, "owner"),
        await caller.call("DELETE", `${members}/${ownerId}`),
      ])
        expect(errorOf(answer)).toMatchObject({
          code: "INSUFFICIENT_ROLE",
          details: { roleNeeded: "owner" },
        });
      expect((await setRole(caller, viewerId, "admin")).status).toBe(200);
      expect((await setRole(caller, viewerId, "viewer")).status).toBe(200);
    }
    expect((await setRole(owner, viewerId, "owner")).status).toBe(200);
  });

  it("who are removed are out at once, and are remembered as removed", async () => {
    const [owner, viewer] = [await shop.member(), await shop.member("viewer")];
    const id = await idOf(viewer);
    expect((await owner.call("DELETE", `${members}/${id}`)).status).toBe(204);
    expect(code(await viewer.call("GET", `${members}/me`))).toBe("INVALID_TOKEN");
    const again = await owner.call("GET", `${members}/${id}`);
    expect(errorOf(again)).toMatchObject({ code: "MEMBER_NOT_FOUND", details: { deleted: true } });
    expect(code(await owner.call("GET", `${members}/${strangeId("member")}`))).toBe("MEMBER_NOT_FOUND");
    const stranger = await (await server.shop()).member();
    const other = `${members}/${await idOf(owner)}`;
    expect(code(await stranger.call("GET", other))).toBe("OTHER_ORGANIZATION");
  });

  it("cannot leave, be removed or lowered as the last owner", async () => {
    const own = await server.shop();
    const owner = await own.member();
    const id = await idOf(owner);
    for (const answer of [
      await owner.call("DELETE", `${members}/me`),
      await owner.call("DELETE", `${members}/${id}`),
      await setRole(owner, id, "admin"),
    ])
      expect([answer.status, code(answer)]).toEqual([409, "LAST_OWNER"]);
    expect((await setRole(owner, id, "owner")).status).toBe(200);
    await own.member();
    expect((await owner.call("DELETE", `${members}/me`)).status).toBe(204);
  });

  it.each([
    ["leave", (one: TestMember) => one.call("DELETE", `${members}/me`), 204],
    [
      "lower each other",
      (one: TestMember, _other: TestMember, otherId: string) => setRole(one, otherId, "viewer"),
      200,
    ],
    [
      "remove each other",
      (one: TestMember, _other: TestMember, otherId: string) => one.call("DELETE", `${members}/${otherId}`),
      204,
    ],
  ] as const)("of two owners who %s at once, one stays owner", async (_, act, done) => {
    for (let round = 0; round < 8; round += 1) {
      const own = await server.shop();
      const [one, two] = [await own.member(), await own.member()];
      const [oneId, twoId] = [await idOf(one), await idOf(two)];
      const answers = await Promise.all([act(one, two, twoId), act(two, one, oneId)]);
      const statuses = answers.map(({ status }) => status);
      expect(statuses.filter((status) => status === done)).toHaveLength(1);
      // The other is told that it is the last, or that it is no owner any more.
      for (const answer of answers.filter(({ status }) => status !== done))
        expect(["LAST_OWNER", "INSUFFICIENT_ROLE", "INVALID_TOKEN"]).toContain(code(answer));
      const left = await own.call("GET", `${members}?role=owner`);
      expect(left.body.data).toHaveLength(1);
    }
  });
});

describe("the table of roles", () => {
  let server: TestServer;
  let shop: TestShop;
  beforeAll(async () => {
    server = await startTestServer({ isWorker: false });
    shop = await server.shop();
  });
  afterAll(() => server.stop());

  const open = operationNames.filter((name) => (operationOf(name).leastRole ?? null) !== null);

  it.each(roles)("is what the server holds a %s to, in every operation", async (role) => {
    const member = await shop.member(role);
    for (const name of open) {
      const { method, path, leastRole } = operationOf(name);
      if (name === "leaveOrganization") continue;
      // Nothing is done: no such parameter.
      const answer = await member.call(method, `${path.replace(/\{\w+\}/g, "x")}?nosuch=1`);
      const isAllowed = hasRole(role, leastRole ?? "owner");
      expect([name, answer.status]).toEqual([name, isAllowed ? 400 : 403]);
      if (answer.status === 403)
        expect(errorOf(answer).details).toMatchObject({ role, roleNeeded: leastRole });
    }
  });

  it.each(operationNames.filter((name) => !open.includes(name) && operationOf(name).access !== "anyone"))(
    "keeps members' cookies out of %s",
    async (name) => {
      const { method, path, access } = operationOf(name);
      // What other systems send is judged by its signature, whatever cookie comes along.
      if (access === "visitor" || access === "signed") return;
      const member = await shop.member("owner");
      const answer = await member.call(method, `${path.replace(/\{\w+\}/g, "x")}?nosuch=1`);
      expect(answer.status).toBe(401);
    },
  );
});
