import { expect, test } from "vitest";
import { findLogGap, gatherLog } from "./gather-log.ts";
import { makeDraw } from "./testing/make-draw-proof.ts";
import { logDraw, pagesOf } from "./testing/make-log.ts";

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

const { proof, entries } = logDraw(makeDraw());
const pages = pagesOf(proof, entries);
const { organizationId } = proof.rules;
const address = `/api/v1/organizations/${organizationId}/fairness-log?mode=test&first=100`;

test("takes saved pages that are the whole log of the draw", () => {
  expect(findLogGap(pages, proof.rules)).toBe(null);
});

test.each<[string, readonly unknown[], string]>([
  ["the first page alone", pages.slice(0, 1), `${address}&size=10,`],
  ["pages without one in between", [...pages.slice(0, 1), ...pages.slice(2)], `${address}&size=10,`],
  ["pages in another order", pages.toReversed(), `${address}&size=10,`],
  ["pages of two heads", [...pages.slice(0, -1), { ...pages.at(-1), size: 11 }], `${address}&size=10,`],
  ["a log of the other mode", pages.map((page) => ({ ...page, mode: "live" })), `${address}.`],
  ["nothing", [], `${address}.`],
  ["no log", [null], `${address}.`],
])("says what to fetch instead of %s", (_name, saved, fetched) => {
  expect(findLogGap(saved, proof.rules)).toContain(`Fetch ${fetched}`);
});
