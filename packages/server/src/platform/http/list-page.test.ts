import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { errorOf, startTestServer, type TestServer, type TestShop } from "../../testing/index.ts";
import { likePattern } from "./list-page.ts";

const experiences = "/api/v1/experiences";
const cursor = (text: string): string => Buffer.from(text, "latin1").toString("base64url");

describe("a list", () => {
  let server: TestServer;
  let shop: TestShop;
  beforeAll(async () => {
    server = await startTestServer({ isWorker: false });
  });
  afterAll(() => server.stop());

  const make = async (...names: string[]): Promise<void> => {
    shop = await server.shop();
    for (const name of names) await shop.call("POST", experiences, { body: { name } });
  };
  const names = async (query: string): Promise<unknown[]> => {
    const { body } = await shop.call("GET", `${experiences}?${query}`);
    return (body.data as { name: string }[]).map((item) => item.name);
  };

  it("gives every item once, newest first, page after page", async () => {
    const all = Array.from({ length: 7 }, (_, index) => `Drop ${index}`);
    await make(...all);
    const seen: unknown[] = [];
    let after = "";
    for (let page = 0; page < 4; page += 1) {
      const { body } = await shop.call("GET", `${experiences}?first=3${after}`);
      const { endCursor, hasNextPage } = body.pageInfo as { endCursor: string; hasNextPage: boolean };
      seen.push(...(body.data as { name: string }[]).map((item) => item.name));
      if (!hasNextPage) break;
      after = `&after=${endCursor}`;
    }
    expect(seen).toEqual(all.reverse());
  });

  it("goes on where it was although newer items came and the last one seen went", async () => {
    await make("A", "B", "C");
    const first = await shop.call("GET", `${experiences}?first=1`);
    const { endCursor } = first.body.pageInfo as { endCursor: string };
    const [last] = first.body.data as { id: string }[];
    await shop.call("POST", experiences, { body: { name: "D" } });
    await shop.call("DELETE", `${experiences}/${last?.id}`);
    expect(await names(`after=${endCursor}`)).toEqual(["B", "A"]);
  });

  it("gives items of one instant in one order, each once", async () => {
    shop = await server.shop();
    await Promise.all(
      Array.from({ length: 9 }, (_, index) => shop.call("POST", experiences, { body: { name: `${index}` } })),
    );
    await server.db.query("update experiences set created_at = '2026-01-01' where name = any ($1)", [
      Array.from({ length: 9 }, (_, index) => `${index}`),
    ]);
    const first = await shop.call("GET", `${experiences}?first=4`);
    const { endCursor } = first.body.pageInfo as { endCursor: string };
    const seen = [...(await names("first=4")), ...(await names(`after=${endCursor}`))];
    expect(new Set(seen).size).toBe(9);
  });

  it("is empty with no cursor where there is nothing", async () => {
    await make();
    const { body } = await shop.call("GET", experiences);
    expect(body).toEqual({ data: [], pageInfo: { endCursor: null, hasNextPage: false } });
  });

  it("has 20 items where nobody says how many", async () => {
    await make(...Array.from({ length: 21 }, (_, index) => `Drop ${index}`));
    const { body } = await shop.call("GET", experiences);
    expect(body.data).toHaveLength(20);
    expect(body.pageInfo).toMatchObject({ hasNextPage: true });
  });

  it("is searched for a text as it is, in any case", async () => {
    await make("100% Wool", "100 Wool", "Snake_case", "Snakecase", "back\\slash");
    expect(await names("search=100%25")).toEqual(["100% Wool"]);
    expect(await names("search=%25")).toEqual(["100% Wool"]);
    expect(await names("search=_")).toEqual(["Snake_case"]);
    expect(await names("search=%5C")).toEqual(["back\\slash"]);
    expect(await names("search=WOOL")).toEqual(["100 Wool", "100% Wool"]);
    expect(await names("search=%27%20or%201%3D1")).toEqual([]);
    expect(likePattern("a%b_c\\")).toBe("%a\\%b\\_c\\\\%");
  });

  it("tells whoever sends a parameter that there is not which there are", async () => {
    const list = async (query: string) => errorOf(await shop.call("GET", `${experiences}?${query}`)).details;
    expect(await list("limit=5&first=2")).toEqual({
      parameter: "limit",
      known: ["first", "after", "search", "status"],
    });
    expect(await list("first=0")).toEqual({ parameter: "first" });
  });

  describe("refuses a parameter", () => {
    beforeAll(() => make("A"));

    it.each([
      ["that it does not know", "colour=red", "colour"],
      ["that is spelled in another case", "First=1", "First"],
      ["that stands twice", "first=1&first=2", "first"],
      ["named __proto__", "__proto__=1", "__proto__"],
      ["first of none", "first=0", "first"],
      ["first of less than none", "first=-1", "first"],
      ["first of more than 100", "first=101", "first"],
      ["first that is no number", "first=ten", "first"],
      ["first that is empty", "first=", "first"],
      ["first that is a fraction", "first=1.5", "first"],
      ["first that is 1e2", "first=1e2", "first"],
      ["after that is empty", "after=", "after"],
      ["after that is no cursor", "after=abc", "after"],
      ["after with an id that is none", `after=${cursor(`1.${"-".repeat(36)}`)}`, "after"],
      [
        "after with a time beyond all times",
        `after=${cursor("999999999999999.0190fd2e-7c4a-7bbb-8abc-0123456789ab")}`,
        "after",
      ],
      ["status that is none", "status=open", "status"],
      ["search that is empty", "search=", "search"],
      ["search with NUL", "search=%00", "search"],
    ])("%s", async (_, query, parameter) => {
      const answer = await shop.call("GET", `${experiences}?${query}`);
      expect(errorOf(answer)).toMatchObject({ code: "INVALID_PARAMETER", details: { parameter } });
      expect(errorOf(answer).issues?.[0]?.path).toEqual([{ type: "object", key: parameter }]);
    });

    it("takes a cursor of the farthest time that it can have", async () => {
      const after = cursor("99999999999999.0190fd2e-7c4a-7bbb-8abc-0123456789ab");
      expect(await names(`after=${after}`)).toEqual(["A"]);
    });
  });

  it("is not filtered by what other operations take", async () => {
    await make("A");
    for (const path of [`${experiences}?experienceId=x`, `/api/v1/queues/x?first=1`])
      expect(errorOf(await shop.call("GET", path)).code).toBe("INVALID_PARAMETER");
  });
});
