import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { accountCalls, startTestServer, type TestServer, type TestShop } from "../testing/index.ts";

const consumers = "/api/v1/consumers";

describe("consumers are searched", () => {
  let server: TestServer;
  let shop: TestShop;
  let ids: Record<string, string>;
  beforeAll(async () => {
    server = await startTestServer({ isWorker: false });
    shop = await server.shop();
    const named = async (name: string, email: string | null): Promise<[string, string]> => {
      const { body } = await shop.call("POST", consumers, { body: { name, email } });
      return [name, String(body.id)];
    };
    ids = Object.fromEntries([
      await named("Ada Lovelace", "countess@example.com"),
      await named("Bo Li", "bo@mail.example"),
      await named("Æsa Ibn-Sīnā", null),
      await named("100%_sure\\", null),
    ]);
    await accountCalls(server, shop).authorize("Customer|4711", { claims: { name: "Vouched For" } });
    const other = await server.shop();
    await other.call("POST", consumers, { body: { name: "Ada of another shop" } });
    await accountCalls(server, other).authorize("Customer|4712", { claims: { name: "Elsewhere" } });
  });
  afterAll(() => server.stop());

  const found = async (search: string, more = ""): Promise<string[]> => {
    const answer = await shop.call("GET", `${consumers}?search=${encodeURIComponent(search)}${more}`);
    expect(answer.status).toBe(200);
    return (answer.body.data as { name: string }[]).map(({ name }) => name);
  };

  it.each([
    ["a name", "lovel", "Ada Lovelace"],
    ["a whole name", "ada lovelace", "Ada Lovelace"],
    ["an address", "TESS@EXAMPLE.com", "Ada Lovelace"],
    ["the host of an address", "mail.example", "Bo Li"],
    ["letters of every script", "īNā", "Æsa Ibn-Sīnā"],
    ["signs as they are", "0%_", "100%_sure\\"],
    ["a backslash", "ure\\", "100%_sure\\"],
    ["the beginning of an outside subject", "Customer|47", "Vouched For"],
    ["a whole outside subject", "Customer|4711", "Vouched For"],
  ])("by %s", async (_, search, name) => {
    expect(await found(search)).toEqual([name]);
  });

  it("by the consumer's own id", async () => {
    expect(await found(ids["Bo Li"] ?? "")).toEqual(["Bo Li"]);
  });

  it("by one or two letters with which a word of the name or the address begins", async () => {
    expect(await found("bo")).toEqual(["Bo Li"]);
    expect(await found("li")).toEqual(["Bo Li"]);
    expect(await found("co")).toEqual(["Ada Lovelace"]);
    expect(await found("o")).toEqual([]);
    expect(await found("%")).toEqual([]);
  });

  it("by nothing that does not fit", async () => {
    for (const search of ["nobody", "customer|4711", "ustomer|4711", "Customer|4712", "' or 1=1 --"])
      expect(await found(search)).toEqual([]);
  });

  it("page after page", async () => {
    const crowd = await server.shop();
    for (let n = 0; n < 5; n += 1) await crowd.call("POST", consumers, { body: { name: `Twin ${n}` } });
    const first = await crowd.call("GET", `${consumers}?search=twin&first=3`);
    const { endCursor } = first.body.pageInfo as { endCursor: string };
    const rest = await crowd.call("GET", `${consumers}?search=twin&first=3&after=${endCursor}`);
    const names = [first, rest].flatMap(({ body }) =>
      (body.data as { name: string }[]).map(({ name }) => name),
    );
    expect(names).toEqual(["Twin 4", "Twin 3", "Twin 2", "Twin 1", "Twin 0"]);
  });

  it("and nobody who was erased is found", async () => {
    const { body } = await shop.call("POST", consumers, { body: { name: "Gone Tomorrow" } });
    expect(await found("tomorrow")).toEqual(["Gone Tomorrow"]);
    await shop.call("POST", `${consumers}/${body.id}/erase`);
    expect(await found("tomorrow")).toEqual([]);
  });
});
