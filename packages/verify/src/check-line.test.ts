import fc from "fast-check";
import { expect, test } from "vitest";
import { type CheckedLine, checkLine, type LineEvidence } from "./check-line.ts";
import { timeOfDrandRound } from "./drand.ts";
import { lineBeaconDelayMs } from "./line.ts";
import type { LineProof } from "./line-proof.ts";
import { makeChain, signChainRound } from "./testing/make-draw-proof.ts";
import { enteredAfterOpening, lineOpenAt, makeLine, makeLineReceipt } from "./testing/make-line-proof.ts";
import { resign } from "./testing/make-log.ts";

const line = makeLine(12);
const chain = makeChain(new Date(Date.parse(lineOpenAt) + lineBeaconDelayMs).toISOString());
const byBeacon = makeLine(12, chain);
const receipt = makeLineReceipt(line.proof.rules, 5);
/** Of twelve who came before the opening, or of one who came after it. */
const receiptOf = (ticket: number) =>
  makeLineReceipt(line.proof.rules, ticket, ticket > 12 ? enteredAfterOpening : undefined);
const receiptOfBeacon = makeLineReceipt(byBeacon.proof.rules, 5);

test("goes through every step, and calls a line without a beacon consistent", async () => {
  const checked = await checkLine({ ...line, receipt });
  expect(checked.steps.map(({ step }) => step)).toEqual([
    ...["rules", "chain", "commitment", "leaves", "root", "freeze", "beacon", "seed"],
    ...["receipt's subject", "receipt's signature", "receipt's group", "ticket"],
  ]);
  expect([faultsOf(checked), checked.level]).toEqual([[], "consistent"]);
});

test("gives everybody another rank, and those who came later the rank of their ticket", async () => {
  const ranks: (number | undefined)[] = [];
  for (let ticket = 1; ticket <= 14; ticket += 1) {
    const checked = await checkLine({ ...line, receipt: receiptOf(ticket) });
    expect(faultsOf(checked)).toEqual([]);
    ranks.push(checked.standing?.rank);
  }
  expect(ranks.slice(0, 12).toSorted((one, other) => Number(one) - Number(other))).toEqual(
    Array.from({ length: 12 }, (_, index) => index + 1),
  );
  expect(ranks.slice(12)).toEqual([13, 14]);
});

test("finds out who was left out of the list though they came before the opening, and the other way round", async () => {
  const at = (ticket: number, enteredAt?: string) => makeLineReceipt(line.proof.rules, ticket, enteredAt);
  const early = await checkLine({ ...line, receipt: at(13) });
  const late = await checkLine({ ...line, receipt: at(5, enteredAfterOpening) });
  for (const [checked, says] of [
    [
      early,
      /^The receipt's ticket came at .*, before the opening, and the list of those who did leaves it out/,
    ],
    [late, /^The receipt's ticket came at .*, after the opening, and the list has it/],
  ] as const) {
    expect([faultsOf(checked), checked.level]).toEqual([["ticket"], null]);
    expect(checked.steps.find(({ step }) => step === "ticket")?.says).toMatch(says);
  }
});

test("refuses a line with guests where the rules want accounts", async () => {
  const rules = { ...line.proof.rules, entryLevel: "external" as const };
  const { steps } = await checkLine({ ...line, proof: { ...line.proof, rules } });
  expect(steps.find(({ step }) => step === "leaves")?.says).toMatch(
    /of a lower level than the rules ask for/,
  );
});

test("takes a beacon whose chain somebody vouches for", async () => {
  expect((await checkLine(byBeacon)).level).toBe("beacon run by an unknown party");
  expect((await checkLine({ ...byBeacon, trust: { chains: [chain.chainHash] } })).level).toBe("beacon");
});

test("takes the first round a minute later where the list was fixed when the round of the rules was out", async () => {
  const roundAfterMs = timeOfDrandRound(chain, chain.round) - Date.parse(lineOpenAt);
  for (const frozenAfterMs of [roundAfterMs - 1, roundAfterMs, roundAfterMs + 60_000])
    expect(faultsOf(await checkLine(makeLine(12, chain, frozenAfterMs)))).toEqual([]);
});

test("goes as far as the opening has come, and reaches nothing before", async () => {
  const { algorithm, rules, rulesHash, commitment, serverSeed, beacon, seed, ...frozen } = byBeacon.proof;
  const announced = { algorithm, rules, rulesHash, commitment, level: "beacon" };
  const before = await checkLine({ ...byBeacon, proof: announced, leaves: [], receipt: receiptOfBeacon });
  expect([before.stage, faultsOf(before), before.level, before.standing]).toEqual([
    "announced",
    [],
    null,
    null,
  ]);
  expect(before.steps.map(({ step }) => step)).not.toContain("leaves");
  expect(before.steps.at(-1)?.says).toContain("it would come to");
  const proof = { ...announced, ...frozen };
  const between = await checkLine({ ...byBeacon, proof, receipt: receiptOfBeacon });
  expect([between.stage, faultsOf(between), between.level]).toEqual(["frozen", [], null]);
  expect(between.steps.map(({ step }) => step)).toEqual(expect.arrayContaining(["commitment", "ticket"]));
  const forged = resign(proof.freeze, { serverSeed: "00".repeat(32) });
  const broken = await checkLine({ ...byBeacon, proof: { ...proof, freeze: forged } });
  expect(faultsOf(broken)).toEqual(["commitment"]);
});

test("says where the proof claims another level than holds", async () => {
  const checked = await checkLine(change({ level: "witnessed" }));
  expect(checked.level).toBe("consistent");
  expect(checked.steps.at(-1)).toMatchObject({ step: "level", says: expect.stringContaining("that counts") });
});

test("accepts a line that nobody came to before the opening", async () => {
  expect(faultsOf(await checkLine(makeLine(0)))).toEqual([]);
});

test.each<[string, LineEvidence, string]>([
  ["of another algorithm", change({ algorithm: "fair-draw-v1" as never }), "rules"],
  ["of other rules", change({ rules: { ...line.proof.rules, mode: "live" } }), "rules"],
  ["with another server's seed", change({ serverSeed: "00".repeat(32) }), "commitment"],
  ["with a ticket left out", { ...line, leaves: line.leaves.slice(1) }, "leaves"],
  ["with a ticket twice", { ...line, leaves: [...line.leaves, line.leaves[0] ?? ""] }, "leaves"],
  ["with two tickets changed", { ...line, leaves: line.leaves.toReversed() }, "root"],
  ["with other levels", change({ levels: {} }), "leaves"],
  ["with another root", change({ root: "00".repeat(32) }), "root"],
  ["frozen before the opening", makeLine(12, { kind: "none" }, -1), "freeze"],
  ["frozen after the round that it took", { ...byBeacon, proof: lateByRound() }, "beacon"],
  ["whose keys are others", { ...line, jwks: { keys: [] } }, "freeze"],
  [
    "by another round",
    { ...byBeacon, proof: { ...byBeacon.proof, beacon: signChainRound(chain.scheme, 7) } },
    "beacon",
  ],
  ["by a round that comes too soon", makeLine(12, { ...chain, round: chain.round - 1 }), "chain"],
  ["of another seed", change({ seed: "00".repeat(32) }), "seed"],
  ["to whoever has a receipt of another line", withReceipt({ queueId: "queue_x" }), "ticket"],
  ["to whoever has a receipt of other rules", withReceipt({ openAt: "2027-03-01T12:00:00.251Z" }), "ticket"],
])("refuses a line %s", async (_fault, evidence, step) => {
  const checked = await checkLine(evidence);
  expect(faultsOf(checked)).toContain(step);
  expect(checked.level).toBe(null);
});

test("never throws, and never accepts, whatever stands where a part of the evidence should", async () => {
  const names = fc.constantFrom<keyof LineProof>(
    "rules",
    "n",
    "levels",
    "root",
    "freeze",
    "beacon",
    "seed",
    "commitment",
  );
  await fc.assert(
    fc.asyncProperty(names, fc.jsonValue(), async (name, value) => {
      fc.pre(JSON.stringify(value) !== JSON.stringify(line.proof[name]));
      expect((await checkLine({ ...change({ [name]: value }), receipt })).level).toBe(null);
      expect((await checkLine({ ...line, receipt: { ...receipt, body: value as never } })).level).toBe(null);
      expect((await checkLine({ ...line, proof: value as never })).level).toBe(null);
    }),
  );
});

/** Fixed a second too late, by the round that was out. */
function lateByRound(): LineProof {
  const { proof } = makeLine(
    12,
    chain,
    timeOfDrandRound(chain, chain.round) - Date.parse(lineOpenAt) + 1_000,
  );
  return { ...proof, beacon: signChainRound(chain.scheme, chain.round) };
}

function change(parts: Partial<LineProof>): LineEvidence {
  return { ...line, proof: { ...line.proof, ...parts } };
}

function withReceipt(rules: object): LineEvidence {
  return { ...line, receipt: makeLineReceipt({ ...line.proof.rules, ...rules }, 5) };
}

function faultsOf({ steps }: CheckedLine): string[] {
  for (const { says } of steps) expect(says).toMatch(/^\S.*\.$/s);
  return steps.filter(({ holds }) => !holds).map(({ step }) => step);
}
