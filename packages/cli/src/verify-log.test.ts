import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { LogEntry } from "../../verify/src/index.ts";
import { makeDraw } from "../../verify/src/testing/make-draw-proof.ts";
import { logLine } from "../../verify/src/testing/make-line-log.ts";
import { makeLine } from "../../verify/src/testing/make-line-proof.ts";
import { atMinute, logDraw, pagesOf, rootOfEntries, wholeLog } from "../../verify/src/testing/make-log.ts";

const program = new URL("./stanchion.ts", import.meta.url).pathname;
const { proof, receipt, jwks, entries } = logDraw(makeDraw());
const { drawId, organizationId, mode } = proof.rules;
const noted = `7:${rootOfEntries(entries.slice(0, 7))}`;

let folder: string;
let server: Server;
let origin: string;
let shown: readonly LogEntry[] = entries;
const line = logLine(makeLine(5), [{ nowServing: 2 }]);
const { queueId } = line.proof.rules;

const emptyLiveLog = { proof: { rules: { organizationId, mode: "live" as const } }, entries: [] };

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "stanchion-verify-log-"));
  server = createServer((request, response) => {
    const url = new URL(request.url ?? "", origin);
    const answer = answerTo(url);
    response.writeHead(answer === null ? 404 : 200).end(JSON.stringify(answer));
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  await writeFile(path.join(folder, "receipt.json"), JSON.stringify({ entryId: "ent_1", receipt }));
});

afterAll(async () => {
  server.close();
  await rm(folder, { recursive: true });
});

/** Below a path of its own, as behind a proxy; pages of three, whatever is asked for. */
function answerTo({ pathname, searchParams }: URL): unknown {
  if (pathname === "/line/.well-known/jwks.json") return jwks;
  if (pathname === `/line/api/v1/draws/${drawId}/proof`) return proof;
  if (pathname === `/line/api/v1/queues/${queueId}/proof`) return line.proof;
  if (pathname.includes(line.proof.rules.organizationId)) return wholeLog(line);
  if (pathname !== `/line/api/v1/organizations/${organizationId}/fairness-log`) return null;
  if ((searchParams.get("mode") ?? "live") === "live") return wholeLog(emptyLiveLog);
  const from = Number(searchParams.get("after") ?? -1) + 1;
  const pages = pagesOf(proof, shown);
  const pageInfo = { hasNextPage: from + 3 < shown.length, endCursor: String(from + 2) };
  return { ...pages[from / 3], pageInfo };
}

const run = (...args: readonly string[]) =>
  new Promise<{ code: number; out: string; err: string }>((done) => {
    execFile(process.execPath, [program, "verify-log", ...args], (error, out, err) =>
      done({ code: error === null ? 0 : Number(error.code), out, err }),
    );
  });
const ofReceipt = () => ["--receipt", path.join(folder, "receipt.json")];
const ofLog = () => `${origin}/line/api/v1/organizations/${organizationId}/fairness-log?mode=${mode}`;

describe("stanchion verify-log", () => {
  it("proves a log by the address of a line in it", async () => {
    const { code, out, err } = await run(`${origin}/line/q/${queueId}`);
    expect([code, err]).toEqual([0, ""]);
    expect(out).toContain("holds  logged opening   The log has the line's one order, behind the freeze.\n");
    expect(out).toContain("holds  logged progress  ");
  });

  it("proves a log by the address of a draw in it, page by page, and gives the head to be noted", async () => {
    shown = entries;
    const draw = `${origin}/line/verify?draw=${drawId}`;
    const { code, out, err } = await run(draw, ...ofReceipt(), "--noted", noted);
    expect([code, err]).toEqual([0, ""]);
    expect(out).toContain("holds  receipt's log  The log begins with the one that the receipt saw.\n");
    expect(out).toContain("holds  noted head     The log begins with the one that was noted.\n");
    expect(out).toContain("holds  logged freeze  The log has the draw's one freeze, at its place.\n");
    expect(out).toContain(`\n\nHead: ${entries.length}:${rootOfEntries(entries)}\nNext: note the head`);
  });

  it("proves a log by the address of a draw's own page, and says which log it is", async () => {
    shown = entries;
    const { code, out } = await run(`${origin}/line/d/${drawId}`, ...ofReceipt());
    expect([code, out]).toEqual([
      0,
      expect.stringContaining(
        `\n\nLog: test, of ${organizationId}, with ${entries.length} entries.\n\nHead: `,
      ),
    ]);
  });

  it("says of a log without entries which one it is, and where the other is", async () => {
    const live = ofLog().replace("?mode=test", "");
    const { code, out } = await run(live);
    expect([code, out]).toEqual([
      0,
      expect.stringContaining(
        `\n\nLog: live, of ${organizationId}; it has no entries. What is made with test keys is in another one: ?mode=test in its address.\n\nHead: 0:`,
      ),
    ]);
    expect(JSON.parse((await run(live, "--json")).out).log).toEqual({
      organizationId,
      mode: "live",
      size: 0,
    });
  });

  it.each([
    [proof, "This is no receipt: body is missing."],
    [
      { ...receipt, body: { ...receipt.body, distributionId: "draw_x" } },
      "The receipt is of another draw, draw_x,",
    ],
  ])("judges nothing by what is no receipt of the draw: %#", async (document, says) => {
    shown = entries;
    const file = path.join(folder, "other.json");
    await writeFile(file, JSON.stringify(document));
    const { code, out, err } = await run(`${origin}/line/d/${drawId}`, "--receipt", file);
    expect([code, out, err]).toEqual([2, "", expect.stringContaining(says)]);
  });

  it("proves a log by its own address", async () => {
    shown = entries;
    const { code, out } = await run(ofLog(), "--json");
    const { steps, head } = JSON.parse(out);
    expect(code).toBe(0);
    expect(steps.map(({ step }: { step: string }) => step)).toEqual(["log's head", "log"]);
    expect(head).toBe(`${entries.length}:${rootOfEntries(entries)}`);
  });

  it("names what does not hold where the log was rewritten", async () => {
    shown = entries.map((entry, index) => (index === 0 ? { ...entry, data: { version: 9 } } : entry));
    const { code, out } = await run(ofLog(), ...ofReceipt(), "--noted", noted);
    expect(code).toBe(1);
    expect(out).toContain("FAILS  noted head     The log was rewritten: its first 7 entries");
    expect(out).toContain("\n\nNOT PROVEN: receipt's log. The log was rewritten: its first 5 entries");
  });

  it("names what does not hold where a draw was frozen twice", async () => {
    const freeze = entries.find(({ kind }) => kind === "freeze") as LogEntry;
    shown = [...entries, atMinute(freeze, entries.length)].map((entry, index) =>
      index < entries.length ? entry : { ...entry, at: entries.at(-1)?.at ?? "" },
    );
    const { code, out } = await run(`${origin}/line/api/v1/draws/${drawId}`);
    expect(code).toBe(1);
    expect(out).toContain("NOT PROVEN: logged freeze. The log has 2 freezes of this draw.");
  });

  it("judges nothing that it cannot read, and says what it wants", async () => {
    shown = entries;
    const missing = await run(ofLog().replace(organizationId, "org_nobody"));
    expect([missing.code, missing.out]).toEqual([2, ""]);
    expect(missing.err).toMatch(/answered 404\.\nNothing was judged\. Next: /);
    expect((await run("https://shop.example/")).code).toBe(2);
    const id = await run(organizationId);
    expect([id.code, id.err]).toEqual([2, expect.stringMatching(/^org_\w+ is the id of an organization,/)]);
    for (const args of [
      [ofLog(), "another"],
      [ofLog(), "--noted", "7"],
    ]) {
      const { code, err } = await run(...args);
      expect([code, err]).toEqual([2, expect.stringMatching(/^verify-log needs /)]);
    }
  });
});
