import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { proveEntry } from "../../verify/src/testing/make-draw-entry-proof.ts";
import { makeDraw, makeReceipt } from "../../verify/src/testing/make-draw-proof.ts";
import {
  cancelDraw,
  type LoggedDraw,
  logDraw,
  pagesOf,
  seeLog,
  wholeLog,
} from "../../verify/src/testing/make-log.ts";

const program = new URL("./stanchion.ts", import.meta.url).pathname;
const draw = logDraw(makeDraw({ entered: 20, removals: [{ number: 3, reason: "LEFT" }] }));
const { drawId } = draw.proof.rules;
const winner = draw.proof.ranking[0] ?? 0;
const winnersReceipt = seeLog(
  makeReceipt(draw.proof.rules, JSON.parse(draw.leaves[winner] ?? "").number),
  draw.entries.slice(0, 5),
);

let folder: string;
let server: Server;
let origin: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "stanchion-verify-"));
  await writeEvidence("good", draw);
  const proof = { ...draw.proof, winners: draw.proof.winners.toReversed() };
  await writeEvidence("swapped", { ...draw, proof });
  server = createServer((request, response) => {
    const answers = answersOf(draw);
    const answer = answers[request.url ?? ""];
    response.writeHead(answer === undefined ? 404 : 200).end(answer);
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(async () => {
  server.close();
  await rm(folder, { recursive: true });
});

describe("stanchion verify-draw", () => {
  it("proves a draw by its address, and says where the entry stood", async () => {
    const receipt = await write(
      "receipt.json",
      JSON.stringify({ entryId: "ent_1", receipt: winnersReceipt }),
    );
    const { code, out, err } = await run(`${origin}/api/v1/draws/${drawId}`, "--receipt", receipt);
    expect([code, err]).toEqual([0, ""]);
    expect(out).toContain("holds  rules                The rules are those of the hash.\n");
    expect(out).toContain(
      "The entry stood at place 1 of 19: it won.\n  2027-03-01T12:00:06.500Z  ADMITTED\n",
    );
    expect(out).toContain("\n\n19 entries: ");
    expect(out).toMatch(/\n\nLevel: consistent\nThe published list and the result belong together\./);
    const alone = await run(
      `${origin}/verify?draw=${drawId}`,
      "--receipt",
      receipt,
      "--entry-only",
      "--json",
    );
    expect(alone.code).toBe(0);
    expect(JSON.parse(alone.out)).toMatchObject({
      level: "consistent",
      standing: { place: 1, hasWon: true },
    });
  });

  it("proves a saved draw from the files beside its proof, packed or not", async () => {
    expect((await run(path.join(folder, "good", "proof.json"))).code).toBe(0);
    await writeFile(
      path.join(folder, "packed.ndjson.gz"),
      gzipSync(draw.leaves.map((leaf) => `${leaf}\n`).join("")),
    );
    const args = ["--leaves", path.join(folder, "packed.ndjson.gz")];
    expect((await run(path.join(folder, "good", "proof.json"), ...args)).code).toBe(0);
  });

  it("names the step that is broken, and fails", async () => {
    const { code, out } = await run(path.join(folder, "swapped", "proof.json"));
    expect(code).toBe(1);
    expect(out).toContain("FAILS  winners        Others won than the first of the ranking.");
    expect(out).toMatch(/NOT PROVEN: winners\. .*\nNext: /);
    expect(out).not.toContain("19 entries:");
  });

  it("says of a draw that was called off after its close that nobody got a place", async () => {
    const cancelled = cancelDraw(makeDraw({ entered: 20, removals: [{ number: 3, reason: "LEFT" }] }));
    await writeEvidence("cancelled", cancelled);
    const receipt = await write(
      "cancelled/receipt.json",
      JSON.stringify(makeReceipt(draw.proof.rules, JSON.parse(draw.leaves[winner] ?? "").number)),
    );
    await rm(path.join(folder, "cancelled", "log.json"));
    const { code, out } = await run(path.join(folder, "cancelled", "proof.json"), "--receipt", receipt);
    expect(out).toContain(
      "This draw was cancelled at 2027-03-01T10:10:00.000Z; nobody got a place. The entry would have stood at place 1 of 19.",
    );
    expect([code, out]).toEqual([0, expect.not.stringContaining("it won")]);
  });

  it("says of a draw that was called off before its close that nothing will come", async () => {
    const { algorithm, rules, rulesHash, commitment } = draw.proof;
    const proof = { algorithm, rules, rulesHash, commitment, cancelledAt: "2027-03-01T10:10:00.000Z" };
    const file = await write("off.json", JSON.stringify(proof));
    const { code, out } = await run(file, "--jwks", path.join(folder, "good", "jwks.json"));
    expect(out).toContain("This draw was called off at 2027-03-01T10:10:00.000Z");
    expect([code, out]).toEqual([3, expect.not.stringContaining("come back after")]);
  });

  it("says of a draw whose beacon never came that nothing will come", async () => {
    const { seed, ranking, winners, awards, ...frozen } = draw.proof;
    const file = await write(
      "void.json",
      JSON.stringify({ ...frozen, voidedAt: "2027-03-09T10:10:00.000Z" }),
    );
    const good = (name: string): string => path.join(folder, "good", name);
    const { out } = await run(file, "--jwks", good("jwks.json"), "--leaves", good("leaves.ndjson"));
    expect(out).not.toContain("come back after");
  });

  it("tells who was taken out why, where the server has no proof of the entry", async () => {
    const left = seeLog(makeReceipt(draw.proof.rules, 3), draw.entries.slice(0, 5));
    const receipt = await write("left.json", JSON.stringify(left));
    const { code, out } = await run(`${origin}/verify?draw=${drawId}`, "--receipt", receipt, "--entry-only");
    expect(out).toContain("taken out before the freeze, as the proof says: LEFT.");
    expect(out).toContain("\nYour entry was not in the draw: it was given up before the list was closed.\n");
    expect([code, out]).toEqual([0, expect.not.stringContaining("stood at place")]);
  });

  it("judges nothing by what is no receipt of the draw", async () => {
    const other = makeReceipt({ ...draw.proof.rules, drawId: "draw_x" }, 2);
    const { salt, ...saltless } = winnersReceipt;
    for (const [document, says] of [
      [{}, "This is no receipt: body is missing."],
      [draw.proof, "This is no receipt: body is missing."],
      [saltless, "This is no receipt: salt is missing."],
      [other, `The receipt is of another draw, draw_x, and not of ${drawId}.`],
    ] as const) {
      const receipt = await write("no-receipt.json", JSON.stringify(document));
      const args = [`${origin}/verify?draw=${drawId}`, "--receipt", receipt, "--entry-only"];
      const { code, out, err } = await run(...args);
      expect([code, out, err]).toEqual([
        2,
        "",
        `${says}\nNothing was judged. Next: take the receipt of this draw, or check it without.\n`,
      ]);
    }
  });

  it("judges nothing by a saved log that is not whole, and says what to fetch", async () => {
    await writeEvidence("first-page", draw);
    const { proof, entries } = draw;
    await write("first-page/log.json", JSON.stringify(pagesOf(proof, entries)[0]));
    const { code, out, err } = await run(path.join(folder, "first-page", "proof.json"));
    expect([code, out]).toEqual([2, ""]);
    expect(err).toContain(
      `Fetch /api/v1/organizations/${proof.rules.organizationId}/fairness-log?mode=test&first=100&size=10,`,
    );
  });

  it("says that a result is kept back which the log has had for long", async () => {
    const ofResult = ["serverSeed", "beacon", "seed", "ranking", "winners", "uniformity", "awards"];
    const frozen = Object.fromEntries(
      Object.entries(draw.proof).filter(([name]) => !ofResult.includes(name)),
    );
    await writeEvidence("kept-back", { ...draw, proof: frozen as never });
    const { code, out } = await run(path.join(folder, "kept-back", "proof.json"));
    expect([code, out]).toEqual([
      1,
      expect.stringMatching(/\nNOT PROVEN: logged result\. The log has the result since/),
    ]);
    expect(out).not.toContain("come back after");
  });

  it("does not prove a draw whose server answers anything but a log", async () => {
    const { code, out } = await run(`${origin}/logless/d/${drawId}`);
    expect([code, out]).toEqual([1, expect.stringContaining("NOT PROVEN: log's head. There is no log.")]);
  });

  it("lets no text of the operator move the cursor", async () => {
    const forged = `\u001b[2J\u009b1;1H\nLevel: witnessed\u202e`;
    const levels = { ...draw.proof.levels, [forged]: 0 };
    await writeEvidence("forged", { ...draw, proof: { ...draw.proof, levels, cancelledAt: forged } });
    const { code, out } = await run(path.join(folder, "forged", "proof.json"));
    expect(code).toBe(1);
    expect(out).toContain("\uFFFD[2J\uFFFD1;1H\uFFFDLevel: witnessed\uFFFD");
    expect(out.replaceAll("\n", "")).not.toMatch(/[\p{Cc}\p{Bidi_Control}]/u);
  });

  it("judges nothing before the draw, and nothing that cannot be read", async () => {
    const { algorithm, rules, rulesHash, commitment } = draw.proof;
    const announced = await write(
      "announced.json",
      JSON.stringify({ algorithm, rules, rulesHash, commitment }),
    );
    const early = await run(announced, "--jwks", path.join(folder, "good", "jwks.json"));
    expect([early.code, early.out]).toEqual([3, expect.stringContaining("The list is not fixed yet")]);
    const missing = await run(`${origin}/api/v1/draws/draw_x/proof`);
    expect([missing.code, missing.out]).toEqual([2, ""]);
    expect(missing.err).toMatch(/^There is no such draw; check its number\.\nNothing was judged\./);
    expect(early.out).toContain("The organization's log was not looked at");
    const alone = await run(announced);
    expect([alone.code, alone.err]).toEqual([2, expect.stringContaining("name it with --jwks")]);
    expect((await run(`${origin}/`)).err).toContain("is no address of a draw");
  });

  it("says which entry's proof to save where the one beside the proof is another's", async () => {
    await writeEvidence("entry", draw);
    const receipt = await write("entry/receipt.json", JSON.stringify(winnersReceipt));
    const proof = path.join(folder, "entry", "proof.json");
    const { number, entryId } = winnersReceipt.body;
    const check = async (entry: unknown) => {
      await write("entry/entry.json", JSON.stringify(entry));
      return run(proof, "--receipt", receipt, "--entry-only");
    };
    const [own, another] = [proveEntry(draw, winner), winner === 0 ? 1 : 0];
    const mixedUp = await check(proveEntry(draw, another));
    expect([mixedUp.code, mixedUp.out]).toEqual([2, ""]);
    expect(mixedUp.err).toContain(
      `is of another entry, number ${JSON.parse(draw.leaves[another] ?? "").number}, and the receipt is of number ${number}.\nNothing was judged. Next: save what /api/v1/draws/${drawId}/proof/entries/${entryId} answers as entry.json`,
    );
    // Somebody else at the receipt's number is the operator's doing.
    expect((await check({ ...own, leaf: own.leaf.replace(entryId, "ent_other") })).code).toBe(1);
  });

  it("takes no file for a proof that is none, though all else is beside it", async () => {
    const { code, out, err } = await run(await write("good/none.json", "null"));
    expect([code, out, err]).toEqual([2, "", expect.stringMatching(/none\.json is no proof of a draw\.\n/)]);
  });

  it("takes a proof that lost its rules for a broken one, and does not say that its log is missing", async () => {
    const { rules, ...proof } = draw.proof;
    const broken = await write("good/broken.json", JSON.stringify(proof));
    const receipt = await write("good/receipt.json", JSON.stringify(winnersReceipt));
    const { code, out } = await run(broken, "--receipt", receipt);
    expect([code, out]).toEqual([1, expect.stringContaining("NOT PROVEN: rules.")]);
    expect(out).toContain("was not looked at: the proof does not say whose it is.");
  });

  it("blames the operator where the draw's address answers another's proof", async () => {
    const other = makeReceipt({ ...draw.proof.rules, drawId: "draw_x" }, 2);
    const receipt = await write("asked.json", JSON.stringify(other));
    const { code, out } = await run(`${origin}/mixed/d/draw_x`, "--receipt", receipt);
    const says = `NOT PROVEN: rules. The proof is of ${drawId}, and draw_x was asked for.`;
    expect([code, out]).toEqual([1, expect.stringContaining(says)]);
    expect(out).toContain("The receipt is of another draw, draw_x,");
    const alone = await run(`${origin}/mixed/d/draw_x`);
    expect([alone.code, alone.out]).toEqual([1, expect.stringContaining(says)]);
  });

  it("says of an id that it is no address", async () => {
    const { code, err } = await run(drawId);
    expect([code, err]).toEqual([2, expect.stringContaining(`such as https://shop.example/d/${drawId}.`)]);
  });

  it("says of a folder that it is one", async () => {
    const { code, err } = await run("good");
    expect([code, err]).toEqual([2, expect.stringMatching(/^good is a folder, and not a file\.\n/)]);
  });

  it("says of a list that is not packed as its name says that it is to be saved anew", async () => {
    const leaves = await write("broken.ndjson.gz", "no gzip");
    const { code, err } = await run(path.join(folder, "good", "proof.json"), "--leaves", leaves);
    expect([code, err]).toEqual([2, expect.stringContaining("is not packed by gzip, or not whole.")]);
  });

  it("proves a draw by the address of its own page", async () => {
    expect(await run(`${origin}/d/${drawId}`)).toMatchObject({ code: 0, err: "" });
  });

  it("tells how many entries there are of each level, and who was removed for which reason", async () => {
    const file = path.join(folder, "good", "proof.json");
    const { guest, confirmed, external } = draw.proof.levels;
    const levels = `${guest} of guests, ${confirmed} with a confirmed address, ${external} with an account of the shop`;
    const { out } = await run(file);
    expect(out).toContain(`\n\n19 entries: ${levels}.\nRemoved before the close: 1 (LEFT 1).\n\nLevel: `);
    expect(JSON.parse((await run(file, "--json")).out)).toMatchObject({
      entries: { count: 19, levels: draw.proof.levels, removals: { LEFT: 1 } },
    });
  });

  it.each([[[]], [["a", "b"]], [["a", "--entry-only"]], [["a", "--rows"]]])(
    "says how it is used: %j",
    async (args) => {
      const { code, err } = await run(...args);
      expect([code, err]).toEqual([2, expect.stringMatching(/\S/)]);
    },
  );
});

function run(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  return new Promise((done) => {
    execFile(process.execPath, [program, "verify-draw", ...args], { cwd: folder }, (error, out, err) =>
      done({ code: error === null ? 0 : Number(error.code), out, err }),
    );
  });
}

async function write(name: string, text: string): Promise<string> {
  const file = path.join(folder, name);
  await writeFile(file, text);
  return file;
}

async function writeEvidence(name: string, evidence: LoggedDraw): Promise<void> {
  await mkdir(path.join(folder, name));
  await write(`${name}/proof.json`, JSON.stringify(evidence.proof));
  await write(`${name}/log.json`, JSON.stringify(wholeLog(evidence)));
  await write(`${name}/jwks.json`, JSON.stringify(evidence.jwks));
  await write(`${name}/leaves.ndjson`, evidence.leaves.map((leaf) => `${leaf}\n`).join(""));
}

function answersOf(logged: LoggedDraw): Record<string, string> {
  const { proof, leaves, jwks } = logged;
  const base = `/api/v1/draws/${drawId}/proof`;
  return {
    [base]: JSON.stringify(proof),
    [`${base}/leaves`]: leaves.map((leaf) => `${leaf}\n`).join(""),
    [`${base}/entries/${winnersReceipt.body.entryId}`]: JSON.stringify(proveEntry(draw, winner)),
    [`/api/v1/organizations/${proof.rules.organizationId}/fairness-log?mode=test&first=100`]: JSON.stringify(
      wholeLog(logged),
    ),
    "/.well-known/jwks.json": JSON.stringify(jwks),
    "/logless/.well-known/jwks.json": JSON.stringify(jwks),
    [`/logless${base}`]: JSON.stringify(proof),
    [`/logless${base}/leaves`]: leaves.map((leaf) => `${leaf}\n`).join(""),
    [`/logless/api/v1/organizations/${proof.rules.organizationId}/fairness-log?mode=test&first=100`]: "{}",
    "/mixed/.well-known/jwks.json": JSON.stringify(jwks),
    "/mixed/api/v1/draws/draw_x/proof": JSON.stringify(proof),
    "/mixed/api/v1/draws/draw_x/proof/leaves": leaves.map((leaf) => `${leaf}\n`).join(""),
    [`/mixed/api/v1/organizations/${proof.rules.organizationId}/fairness-log?mode=test&first=100`]:
      JSON.stringify(wholeLog(logged)),
  };
}
