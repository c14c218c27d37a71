import { expect, test } from "vitest";
import { checkLog, findSeenSizes } from "./check-log.ts";
import { findLogGap, gatherLog } from "./gather-log.ts";
import { makeDraw } from "./testing/make-draw-proof.ts";
import { logDraw, pagesOf } from "./testing/make-log.ts";

const { proof, entries, jwks, receipt } = logDraw(makeDraw());
const pages = pagesOf(proof, entries);
const { organizationId } = proof.rules;
const address = `/api/v1/organizations/${organizationId}/fairness-log?mode=test&first=100`;

/** What the log's address would answer, for each query in turn. */
function serve(shown: readonly object[]) {
  const asked: string[] = [];
  const ask = async (query: string): Promise<unknown> => {
    asked.push(query);
    const at = asked.length - 1;
    const pageInfo = { hasNextPage: at < shown.length - 1, endCursor: `c${asked.length}` };
    return { ...shown[at], pageInfo };
  };
  return { ask, asked };
}

const { drawId } = proof.rules;
const question = { sizes: findSeenSizes({ receipt, jwks }), distributionId: drawId };

test("asks for page after page of the size that the first one had, and tells how far it is", async () => {
  const { ask, asked } = serve(pages);
  const told: number[][] = [];
  await gatherLog(ask, "test", { ...question, onProgress: (...progress) => told.push(progress) });
  expect(asked).toEqual([
    "mode=test&first=100",
    "mode=test&first=100&size=10&after=c1",
    "mode=test&first=100&size=10&after=c2",
    "mode=test&first=100&size=10&after=c3",
  ]);
  expect(told).toEqual([3, 6, 9, 10].map((read) => [read, 10]));
});

test("keeps of a log the entries of the draw alone, and yet all of it is checked", async () => {
  const gathered = (await gatherLog(serve(pages).ask, "test", question)) ?? [];
  const own = entries.filter(({ distributionId }) => distributionId === drawId);
  expect(gathered.flatMap(({ data }) => data.map(({ entry }) => entry))).toEqual(own);
  expect(own.length).toBeLessThan(entries.length);
  const ofPages = checkLog({ pages, jwks, proof, receipt });
  expect(checkLog({ pages: gathered, jwks, proof, receipt })).toEqual(ofPages);
  expect(ofPages.every(({ holds }) => holds)).toBe(true);
});

test.each<[string, readonly object[]]>([
  ["leaves an entry out", [...pages.slice(0, 1), ...pages.slice(2)]],
  ["was altered", pages.map((page, at) => (at === 0 ? { ...page, data: page.data.toReversed() } : page))],
  ["has a page that is none", [...pages.slice(0, 2), { data: [null] }]],
  ["ends too soon", pages.slice(0, 2)],
])("does not hold where it %s", async (_name, shown) => {
  const gathered = (await gatherLog(serve(shown).ask, "test", question)) ?? [];
  const steps = checkLog({ pages: gathered, jwks, proof, receipt });
  expect(steps.find(({ step }) => step === "log")?.holds).toBe(false);
});

test("answers only what was asked when the log was read", async () => {
  const gathered = (await gatherLog(serve(pages).ask, "test", { distributionId: drawId })) ?? [];
  const steps = checkLog({ pages: gathered, jwks, proof, receipt });
  expect(steps.find(({ step }) => step === "log")).toMatchObject({
    holds: false,
    says: "The entries cannot be read.",
  });
});

test("does not follow a log without an end, and takes for none what is no log", async () => {
  let asked = 0;
  const endless = async () => {
    asked += 1;
    return { size: 200, data: [], pageInfo: { hasNextPage: true, endCursor: "c" } };
  };
  expect(await gatherLog(endless, "live")).toHaveLength(1);
  expect(asked).toBe(1);
  for (const none of [null, {}, { size: 1 }, { size: "1", data: [] }])
    expect(await gatherLog(async () => none, "live")).toBe(null);
});

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

test("says of a line's rules that the log is another's than the line", () => {
  const rules = { organizationId, mode: "live", queueId: "queue_1" };
  expect(findLogGap(pages, rules)).toContain("of another organization than the line, or of the other mode.");
});

test("reads a log of more entries than a page could hold at once, and keeps a few", async () => {
  const [first] = entries;
  if (first === undefined) throw new Error("the log is empty");
  const size = 25_000;
  const rowOf = (index: number) => ({
    index,
    entry: index === 7 ? { ...first, distributionId: drawId } : { ...first, distributionId: "queue_x" },
  });
  const ask = async (query: string) => {
    const from = Number(new URLSearchParams(query).get("after") ?? -1) + 1;
    const data = Array.from({ length: Math.min(100, size - from) }, (_, at) => rowOf(from + at));
    const pageInfo = { hasNextPage: from + 100 < size, endCursor: String(from + 99) };
    return { ...pages[0], size, data, pageInfo };
  };
  let told = 0;
  const onProgress = (read: number): void => {
    told = read;
  };
  const gathered = (await gatherLog(ask, "test", { ...question, onProgress })) ?? [];
  expect(told).toBe(size);
  expect(gathered.flatMap(({ data }) => data.map(({ index }) => index))).toEqual([7]);
  const { says } = checkLog({ pages: gathered, jwks }).find(({ step }) => step === "log") ?? {};
  // Read for a draw, it answers for nothing else.
  expect(says).toBe("The entries cannot be read.");
  expect(checkLog({ pages: gathered, jwks, proof, receipt })[1]?.says).toBe(
    `The head is of 10 entries, and ${size} are shown.`,
  );
});
