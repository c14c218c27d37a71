import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makeDraw } from "../../verify/src/testing/make-draw-proof.ts";
import { logLine } from "../../verify/src/testing/make-line-log.ts";
import { makeLine } from "../../verify/src/testing/make-line-proof.ts";
import { atMinute, wholeLog } from "../../verify/src/testing/make-log.ts";

const program = new URL("./stanchion.ts", import.meta.url).pathname;
const line = logLine(makeLine(30), [{ nowServing: 30 }]);
const { queueId, organizationId } = line.proof.rules;
const leaves = line.leaves.map((leaf) => `${leaf}\n`).join("");
let folder: string;
let server: Server;
let origin: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "stanchion-verify-"));
  await write("proof.json", JSON.stringify(line.proof));
  await write("leaves.ndjson", leaves);
  await mkdir(path.join(folder, "alone"));
  await write("alone/proof.json", JSON.stringify(line.proof));
  await write("draw.json", JSON.stringify(makeDraw().proof));
  await mkdir(path.join(folder, "unlogged"));
  await write("unlogged/proof.json", JSON.stringify(line.proof));
  await write("unlogged/log.json", "{}");
  await write("jwks.json", JSON.stringify(line.jwks));
  await write("receipt.json", JSON.stringify({ receipt: line.receiptOf(7) }));
  server = createServer((request, response) => {
    const answer = shown[(request.url ?? "").split("?")[0] ?? ""];
    response.writeHead(answer === undefined ? 404 : 200).end(answer);
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  server.close();
  await rm(folder, { recursive: true });
});

const proofPath = `/api/v1/queues/${queueId}/proof`;
const logPath = `/api/v1/organizations/${organizationId}/fairness-log`;
const answers: Readonly<Record<string, string>> = {
  [proofPath]: JSON.stringify(line.proof),
  [`${proofPath}/leaves`]: leaves,
  "/.well-known/jwks.json": JSON.stringify(line.jwks),
  [logPath]: JSON.stringify(wholeLog(line)),
};
let shown: Record<string, string> = answers;

describe("stanchion verify-line", () => {
  it("proves a saved opening, and says which rank the ticket has", async () => {
    const { code, out, err } = await run("proof.json", "--receipt", "receipt.json");
    expect([code, err]).toEqual([0, ""]);
    expect(out).toMatch(
      /\n\nTicket 7 has rank \d+ of the 30 whose order was drawn\.\n\n30 entries: .* of guests, .*\.\n\nLevel: consistent\n/,
    );
    expect(out).toContain("The organization's log was not looked at");
  });

  it.each([
    ["the fan's page", () => `${origin}/q/${queueId}`],
    ["the page that verifies", () => `${origin}/verify?queue=${queueId}`],
    ["its proof", () => `${origin}/api/v1/queues/${queueId}/proof`],
  ])("proves an opening by the address of %s, with its log", async (_, address) => {
    const { code, out, err } = await run(address(), "--receipt", "receipt.json");
    expect([code, err]).toEqual([0, ""]);
    expect(out).toContain("holds  logged opening");
    expect(out).toMatch(
      /By the log the line let it in by .*, when it came to rank 30\. Whoever waited on has/,
    );
  });

  it("says what is missing before the order is drawn", async () => {
    const { algorithm, rules, rulesHash, commitment } = line.proof;
    await write("announced.json", JSON.stringify({ algorithm, rules, rulesHash, commitment }));
    const { code, out } = await run("announced.json");
    expect([code, out]).toEqual([
      3,
      expect.stringContaining("The line has not opened yet; what is published"),
    ]);
  });

  it("says between the freeze and the order that the list is shown when the order is drawn", async () => {
    const { serverSeed, beacon, seed, ...frozen } = line.proof;
    const opened = line.entries.findIndex(({ kind }) => kind === "line.opened");
    const inTime = JSON.stringify(wholeLog({ ...line, entries: line.entries.slice(0, opened) }));
    shown = { ...answers, [proofPath]: JSON.stringify(frozen), [logPath]: inTime };
    delete shown[`${proofPath}/leaves`];
    const { code, out, err } = await run(`${origin}/q/${queueId}`);
    shown = { ...shown, [logPath]: answers[logPath] ?? "" };
    const keptBack = await run(`${origin}/q/${queueId}`);
    shown = answers;
    expect(keptBack.code).toBe(1);
    expect(keptBack.out).toContain("NOT PROVEN: logged opening. The log has the order since");
    expect([code, err]).toEqual([3, ""]);
    expect(out).toContain("holds  freeze");
    expect(out).toContain("The list is fixed and signed, and the order is not drawn yet;");
  });

  it("says of a line in which nothing is drawn that a receipt and the log can be checked", async () => {
    const { algorithm, rules, rulesHash, commitment } = line.proof;
    const plain = { algorithm, shuffleBeforeOpen: false, rules, rulesHash, commitment };
    await write("plain.json", JSON.stringify(plain));
    const { code, out } = await run("plain.json", "--receipt", "receipt.json");
    expect(code).toBe(3);
    expect(out).toMatch(/\n\nTicket 7 has rank 7\.\n\nIn this line nobody's order is drawn: first come,/);
  });

  it("tells who was not served when the operator ended the line", async () => {
    const data = { lastTicket: 31, nowServing: 30, queueId, rulesHash: line.proof.rulesHash };
    const end = atMinute({ data, distributionId: queueId, kind: "cancelled" }, line.entries.length);
    const log = wholeLog({ ...line, entries: [...line.entries, end] });
    await write("late.json", JSON.stringify(line.receiptOf(31)));
    shown = { ...answers, [logPath]: JSON.stringify(log) };
    const { code, out } = await run(`${origin}/q/${queueId}`, "--receipt", "late.json");
    shown = answers;
    expect([code, out]).toEqual([
      0,
      expect.stringMatching(/the operator ended the line at .*; this rank was not served\./),
    ]);
  });

  it("names the step that is broken, and fails", async () => {
    await write(
      "other.ndjson",
      line.leaves
        .slice(1)
        .map((leaf) => `${leaf}\n`)
        .join(""),
    );
    const { code, out } = await run("proof.json", "--leaves", "other.ndjson");
    expect([code, out]).toEqual([1, expect.stringMatching(/NOT PROVEN: leaves\. .*\nNext: /)]);
  });

  it("judges nothing of another line", async () => {
    const other = line.receiptOf(7);
    const receipt = { ...other, body: { ...other.body, distributionId: "queue_x" } };
    await write("other.json", JSON.stringify(receipt));
    const mixedUp = await run("proof.json", "--receipt", "other.json");
    expect(mixedUp).toMatchObject({
      code: 2,
      err: expect.stringContaining("The receipt is of another line"),
    });
    expect((await run()).code).toBe(2);
  });

  it.each<[wrong: string, args: () => string[], says: RegExp]>([
    [
      "a file that is not there",
      () => ["none.json"],
      /^There is no file none\.json\.\n.* Next: give a file/s,
    ],
    [
      "a mistyped address",
      () => [`${origin}/about`],
      /about is no address of a line\.\n.* Next: give the address/s,
    ],
    ["the number of no line", () => [`${origin}/q/queue_1`], /^There is no such line; check its number\./],
    [
      "no keys",
      () => ["alone/proof.json"],
      /^There is no jwks\.json beside the proof; name it with --jwks\./,
    ],
    [
      "no list",
      () => ["alone/proof.json", "--jwks", "jwks.json"],
      /^There is no leaves\.ndjson beside the proof; name it with --leaves\./,
    ],
    ["a folder", () => ["alone"], /^alone is a folder, and not a file\./],
    [
      "the proof of a draw",
      () => ["draw.json"],
      /^draw\.json is the proof of a draw, and not of a line\.\n.* Next: check it by verify-draw\./s,
    ],
    ["a file that is no proof", () => ["receipt.json"], /^receipt\.json is no proof of a line\./],
    [
      "a line's id",
      () => [queueId],
      /^queue_\w+ is the id of a line,.* such as https:\/\/shop\.example\/q\/queue_/s,
    ],
    [
      "a draw's id",
      () => ["draw_01…"],
      /^draw_01… is the id of a draw,.* Next: give verify-draw the address, such as .*\/d\/draw_01…\./s,
    ],
    [
      "a log that is none",
      () => ["unlogged/proof.json", "--jwks", "jwks.json", "--leaves", "leaves.ndjson"],
      /^The saved log is no page of a log\..* Next: save that as log\.json/s,
    ],
    ["what is no JSON", () => ["leaves.ndjson"], /^leaves\.ndjson is no JSON\.\n.* Next: save it anew/s],
  ])("says what is wrong with what was given: %s", async (_, args, says) => {
    const { code, out, err } = await run(...args());
    expect([code, out, err]).toEqual([2, "", expect.stringMatching(says)]);
    expect(err).not.toContain("can be reached");
  });

  it("says what cannot be reached", async () => {
    const { code, err } = await run("http://127.0.0.1:1/q/queue_1");
    expect([code, err]).toEqual([3, expect.stringContaining("see that it can be reached")]);
  });
});

function run(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  return new Promise((done) => {
    execFile(process.execPath, [program, "verify-line", ...args], { cwd: folder }, (error, out, err) =>
      done({ code: error === null ? 0 : Number(error.code), out, err }),
    );
  });
}

function write(name: string, text: string): Promise<void> {
  return writeFile(path.join(folder, name), text);
}
