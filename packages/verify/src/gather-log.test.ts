import { expect, test } from "vitest";
import { gatherLog } from "./gather-log.ts";

test("asks for page after page of the size that the first one had", async () => {
  const asked: string[] = [];
  const pages = await gatherLog(async (query) => {
    asked.push(query);
    const hasNextPage = asked.length < 3;
    return { size: 250, data: [asked.length], pageInfo: { hasNextPage, endCursor: `c${asked.length}` } };
  }, "live");
  expect(pages?.map(({ data }) => data)).toEqual([[1], [2], [3]]);
  expect(asked).toEqual([
    "mode=live&first=100",
    "mode=live&first=100&size=250&after=c1",
    "mode=live&first=100&size=250&after=c2",
  ]);
});

test("does not follow a log without an end, and leaves alone what is too long", async () => {
  let asked = 0;
  const endless = async () => {
    asked += 1;
    return { size: 200, data: [], pageInfo: { hasNextPage: true, endCursor: "c" } };
  };
  expect(await gatherLog(endless, "live")).toHaveLength(2);
  expect(asked).toBe(2);
  expect(await gatherLog(async () => ({ size: 20_001 }), "live")).toBe(null);
  expect(await gatherLog(async () => null, "live")).toBe(null);
});
