import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { logLine } from "../../verify/src/testing/make-line-log.ts";
import { makeLine } from "../../verify/src/testing/make-line-proof.ts";
import { wholeLog } from "../../verify/src/testing/make-log.ts";

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
  await write("jwks.json", JSON.stringify(line.jwks));
  await write("receipt.json", JSON.stringify({ receipt: line.receiptOf(7) }));
  server = createServer((request, response) => {
    const answer = answers[(request.url ?? "").split("?")[0] ?? ""];
    response.writeHead(answer === undefined ? 404 : 200).end(answer);
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  server.close();
  await rm(folder, { recursive: true });
});

const answers: Readonly<Record<string, string>> = {
  [`/api/v1/queues/${queueId}/proof`]: JSON.stringify(line.proof),
  [`/api/v1/queues/${queueId}/proof/leaves`]: leaves,
  "/.well-known/jwks.json": JSON.stringify(line.jwks),
  [`/api/v1/organizations/${organizationId}/fairness-log`]: JSON.stringify(wholeLog(line)),
};

describe("stanchion verify-line", () => {
  it("proves a saved opening, and says which rank the ticket has", async () => {
    const { code, out, err } = await run("proof.json", "--receipt", "receipt.json");
    expect([code, err]).toEqual([0, ""]);
    expect(out).toMatch(/\n\nTicket 7 has rank \d+ of the 30 whose order was drawn\.\n\nLevel: consistent\n/);
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

  it("judges nothing that is missing or of another line", async () => {
    expect(await run("none.json")).toMatchObject({ code: 3, out: "" });
    expect(await run(`${origin}/about`)).toMatchObject({ code: 3, out: "" });
    const missing = await run(`${origin}/q/queue_1`);
    expect(missing).toMatchObject({ code: 3, err: expect.stringContaining("There is no such line") });
    const other = line.receiptOf(7);
    const receipt = { ...other, body: { ...other.body, distributionId: "queue_x" } };
    await write("other.json", JSON.stringify(receipt));
    const mixedUp = await run("proof.json", "--receipt", "other.json");
    expect(mixedUp).toMatchObject({
      code: 3,
      err: expect.stringContaining("The receipt is of another line"),
    });
    expect((await run()).code).toBe(2);
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
