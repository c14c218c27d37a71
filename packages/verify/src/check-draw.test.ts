import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { bytesFromText, hexFromBytes } from "./bytes.ts";
import { checkDraw, type DrawEvidence } from "./check-draw.ts";
import { timeOfDrandRound } from "./drand.ts";
import { type Removal, writeDrawLeaf } from "./draw.ts";
import type { DrawProof } from "./draw-proof.ts";
import { describeRemoval } from "./level-words.ts";
import { rootOfLeaves } from "./merkle-tree.ts";
import {
  makeChain,
  makeDraw,
  makeReceipt,
  operatorKeys,
  signChainRound,
  signStatement,
} from "./testing/make-draw-proof.ts";
import { quicknet, quicknetRound1000 } from "./testing/quicknet.ts";

const drawAt = "2027-03-01T12:00:01.500Z";
const draw = makeDraw();
const drandDraw = makeDraw({ beacon: makeChain(drawAt), drawAt });
const order = [
  "rules",
  "chain",
  "commitment",
  "leaves",
  "numbers",
  "root",
  "freeze",
  "beacon",
  "seed",
  "ranking",
  "winners",
  "uniformity",
  "awards",
];

test("goes through every step in the order of a draw's events and calls a draw without a beacon consistent", async () => {
  const { steps, level } = await checkDraw(withoutReceipt(draw));
  expect(steps.map(({ step }) => step)).toEqual(order);
  expect(await faultsOf(draw)).toEqual([]);
  expect(level).toBe("consistent");
});

test("calls a draw by a round of quicknet one by a beacon", async () => {
  const at = new Date(timeOfDrandRound(quicknet, 1000)).toISOString();
  const evidence = makeDraw({
    beacon: quicknet,
    signature: quicknetRound1000,
    drawAt: at,
    frozenAfterMs: 500,
  });
  expect(await checkDraw(evidence)).toMatchObject({ level: "beacon" });
});

test.each(["bls-unchained-g1-rfc9380", "pedersen-bls-unchained"])(
  "says that a chain by %s is an unknown party's",
  async (scheme) => {
    const evidence = makeDraw({ beacon: makeChain(drawAt, scheme), drawAt });
    expect(await faultsOf(evidence)).toEqual([]);
    expect((await checkDraw(evidence)).level).toBe("beacon run by an unknown party");
  },
);

test("waits for a later round where the freeze came too late for that of the rules", async () => {
  const late = makeDraw({ beacon: makeChain(drawAt), drawAt, frozenAfterMs: 120_000 });
  expect(await faultsOf(late)).toEqual([]);
  const round = makeChain(drawAt).round;
  const kept = makeDraw({
    beacon: makeChain(drawAt),
    drawAt,
    frozenAfterMs: 120_000,
    signature: signChainRound("bls-unchained-g1-rfc9380", round),
  });
  expect(await faultsOf(kept)).toEqual(["beacon"]);
});

test.each<[string, Parameters<typeof makeDraw>[0]]>([
  ["nobody entered", { entered: 0, removals: [] }],
  ["one person entered", { entered: 1, removals: [] }],
  [
    "all were taken out",
    { entered: 2, removals: [1, 2].map((number) => ({ number, reason: "REMOVED_BOT" }) as const) },
  ],
])("accepts a draw where %s", async (_name, plan) => {
  expect(await faultsOf(withoutReceipt(makeDraw(plan)))).toEqual([]);
});

describe("refuses a draw", () => {
  test.each<[fault: string, evidence: DrawEvidence, failing: string[]]>([
    ["of another algorithm", change({ algorithm: "fair-draw-v2" as never }), ["rules"]],
    ["of other rules", changeRules({ winnerCount: 3 }), ["rules", "seed", "ranking", "winners", "awards"]],
    ["with the hash of other rules", change({ rulesHash: "00".repeat(32) }), ["rules", "freeze", "entry"]],
    ["of another commitment", change({ commitment: "00".repeat(32) }), ["commitment"]],
    [
      "of another server's seed",
      change({ serverSeed: "00".repeat(32) }),
      ["commitment", "seed", "ranking", "winners", "awards"],
    ],
    [
      "with a leaf left out",
      changeLeaves((leaves) => leaves.slice(1)),
      ["leaves", "numbers", "root", "seed", "ranking", "winners", "awards"],
    ],
    [
      "with two leaves in another order",
      changeLeaves(([a = "", b = "", ...rest]) => [b, a, ...rest]),
      ["numbers", "root", "seed", "ranking"],
    ],
    [
      "with a leaf that has spaces",
      changeLeaves(([a = "", ...rest]) => [` ${a}`, ...rest]),
      ["leaves", "numbers", "root", "seed", "ranking", "winners", "awards"],
    ],
    [
      "with a leaf of another draw",
      changeLeaves(([a = "", ...rest]) => [ofOtherDraw(a), ...rest]),
      ["leaves", "root", "seed", "ranking", "winners", "awards"],
    ],
    ["with other counts of levels", change({ levels: { guest: draw.proof.count } }), ["leaves"]],
    ["with another count", change({ count: 5 }), ["leaves", "freeze"]],
    ["with another last number", change({ lastNumber: 8 }), ["numbers", "freeze"]],
    [
      "with a removal that nobody signed",
      change({ removals: [{ number: 3, reason: "ERASED" }] }),
      ["freeze"],
    ],
    ["without its removals", change({ removals: [] }), ["numbers", "freeze"]],
    [
      "with a removal of an entry in the list",
      change({ removals: [2, 3].map(leave) }),
      ["numbers", "freeze", "entry"],
    ],
    [
      "with a removal for no reason",
      change({ removals: [{ number: 3, reason: "WHIM" as never }] }),
      ["numbers", "freeze"],
    ],
    ["with another root", change({ root: "00".repeat(32) }), ["root", "freeze"]],
    ["without a freeze", change({ freeze: "" }), ["freeze"]],
    [
      "with a freeze of another key",
      { ...draw, jwks: { keys: [] } },
      ["freeze", "receipt's signature", "receipt's group"],
    ],
    ["with a receipt for its freeze", change({ freeze: draw.receipt.signature }), ["freeze"]],
    ["frozen before the close", makeDraw({ frozenAfterMs: -1 }), ["freeze"]],
    [
      "with a beacon that its rules do not name",
      change({ beacon: "00" }),
      ["beacon", "seed", "ranking", "winners", "awards"],
    ],
    ["of another seed", change({ seed: "00".repeat(32) }), ["seed"]],
    ["of another ranking", change({ ranking: draw.proof.ranking.toReversed() }), ["ranking"]],
    ["with a longer ranking", change({ ranking: [...draw.proof.ranking, 0] }), ["ranking"]],
    ["with other winners", change({ winners: draw.proof.winners.toReversed() }), ["winners"]],
    ["with a winner more", change({ winners: [...draw.proof.winners, "ent_x"] }), ["winners"]],
  ])("%s", async (_fault, evidence, failing) => {
    expect(await faultsOf(evidence)).toEqual(failing);
    expect((await checkDraw(evidence)).level).toBe(null);
  });

  test("with an entry twice in its list, though all else was made from it", async () => {
    const leaf = JSON.parse(draw.leaves[0] ?? "");
    const leaves = [...draw.leaves.slice(0, -1), writeDrawLeaf({ ...leaf, number: 7 })];
    const root = hexFromBytes(rootOfLeaves(leaves.map(bytesFromText)));
    const { steps } = await checkDraw({ ...change({ root }), leaves });
    expect(steps.find(({ step }) => step === "leaves")).toMatchObject({
      holds: false,
      says: "An entry is in the list twice.",
    });
  });
});

describe("refuses a draw by a beacon", () => {
  const { beacon } = drandDraw.proof.rules;
  if (beacon.kind === "none") throw new Error("the draw has no beacon");
  test.each<[fault: string, evidence: DrawEvidence, failing: string]>([
    ["that never came", { ...drandDraw, proof: { ...drandDraw.proof, beacon: null } }, "beacon"],
    [
      "of the round before",
      makeDraw({ beacon, drawAt, signature: signChainRound(beacon.scheme, beacon.round - 1) }),
      "beacon",
    ],
    [
      "of the round after",
      makeDraw({ beacon, drawAt, signature: signChainRound(beacon.scheme, beacon.round + 1) }),
      "beacon",
    ],
    [
      "whose round is out before the draw",
      makeDraw({ beacon: { ...beacon, round: beacon.round - 1 }, drawAt }),
      "chain",
    ],
    [
      "whose round comes later than it need",
      makeDraw({ beacon: { ...beacon, round: beacon.round + 1 }, drawAt }),
      "chain",
    ],
    [
      "of a chain with another's hash",
      makeDraw({ beacon: { ...beacon, chainHash: quicknet.chainHash }, drawAt }),
      "chain",
    ],
    [
      "of a chained scheme",
      makeDraw({ beacon: { ...beacon, scheme: "pedersen-bls-chained" }, drawAt }),
      "chain",
    ],
    ["whose server's seed was not shown at the freeze", hideSeed(), "freeze"],
    ["whose list was frozen without a signature", { ...drandDraw, jwks: { keys: [] } }, "beacon"],
  ])("%s", async (_fault, evidence, failing) => {
    expect(await faultsOf(evidence)).toContain(failing);
    expect((await checkDraw(evidence)).level).toBe(null);
  });
});

test.each<[string, DrawEvidence, string[]]>([
  ["of an entry that was in the draw", draw, []],
  ["of another entry's number", withReceipt({ number: 1 }), ["receipt's group", "entry"]],
  ["of an entry that the list never had", { ...draw, receipt: makeReceipt(draw.proof.rules, 8) }, ["entry"]],
  [
    "of another draw",
    { ...draw, receipt: makeReceipt({ ...draw.proof.rules, drawId: "draw_x" }, 2) },
    ["entry"],
  ],
  [
    "of other rules",
    { ...draw, receipt: makeReceipt({ ...draw.proof.rules, winnerCount: 9 }, 2) },
    ["entry"],
  ],
])("judges a receipt %s", async (_name, evidence, failing) => {
  expect(await faultsOf(evidence)).toEqual(failing);
});

test("does not take the proof of another draw for the one that was asked for", async () => {
  expect(await faultsOf({ ...draw, askedId: draw.proof.rules.drawId })).toEqual([]);
  const { steps, level } = await checkDraw({ ...draw, askedId: "draw_x" });
  expect([steps[0], level]).toEqual([
    {
      step: "rules",
      holds: false,
      says: `The proof is of ${draw.proof.rules.drawId}, and draw_x was asked for.`,
    },
    null,
  ]);
});

test("tells who was taken out before the freeze why", async () => {
  const receipt = makeReceipt(draw.proof.rules, 3);
  const { steps, level, removal } = await checkDraw({ ...draw, receipt });
  expect(removal).toBe("LEFT");
  expect(describeRemoval("LEFT")).toBe(
    "Your entry was not in the draw: it was given up before the list was closed.",
  );
  const forged = await checkDraw({ ...draw, receipt: { ...receipt, salt: "00".repeat(16) } });
  expect(forged.removal).toBeNull();
  expect(steps.at(-1)).toEqual({
    step: "entry",
    holds: true,
    says: "The receipt's entry was taken out before the freeze, as the proof says: LEFT.",
  });
  expect(level).toBe("consistent");
});

test("never throws, and never accepts, whatever stands where a part of the evidence should", async () => {
  const parts = [
    "algorithm",
    "rules",
    "rulesHash",
    "commitment",
    "removals",
    "lastNumber",
    "count",
    "root",
    "freeze",
  ];
  const names = fc.constantFrom(...parts, "serverSeed", "beacon", "seed", "ranking", "winners", "awards");
  await fc.assert(
    fc.asyncProperty(names, fc.jsonValue(), async (name, value) => {
      fc.pre(JSON.stringify(value) !== JSON.stringify(draw.proof[name as keyof DrawProof]));
      expect((await checkDraw(change({ [name]: value }))).level).toBe(null);
    }),
  );
  await fc.assert(
    fc.asyncProperty(fc.jsonValue(), async (value) => {
      expect((await checkDraw({ ...draw, proof: value as never })).level).toBe(null);
      expect((await checkDraw({ ...draw, jwks: value as never })).level).toBe(null);
      expect((await checkDraw({ ...draw, jwks: { keys: value as never } })).level).toBe(null);
      const receipt = { ...draw.receipt, body: value as never };
      expect((await checkDraw({ ...draw, receipt })).level).toBe(null);
      expect(
        (
          await checkDraw({
            ...draw,
            proof: { ...draw.proof, rules: { ...draw.proof.rules, beacon: value as never } },
          })
        ).level,
      ).toBe(null);
    }),
  );
});

async function faultsOf(evidence: DrawEvidence): Promise<string[]> {
  const { steps } = await checkDraw(evidence);
  for (const { says } of steps) expect(says).toMatch(/^\S.*\.$/s);
  return steps.filter(({ holds }) => !holds).map(({ step }) => step);
}

function withoutReceipt({ proof, leaves, jwks }: DrawEvidence): DrawEvidence {
  return { proof, leaves, jwks };
}

function change(parts: Partial<DrawProof>): DrawEvidence {
  return { ...draw, proof: { ...draw.proof, ...parts } };
}

/** Other rules, with their own hash, under the freeze of the old ones. */
function changeRules(parts: Partial<DrawProof["rules"]>): DrawEvidence {
  return change({ rules: { ...draw.proof.rules, ...parts } });
}

function changeLeaves(changed: (leaves: readonly string[]) => string[]): DrawEvidence {
  return { ...withoutReceipt(draw), leaves: changed(draw.leaves) };
}

function ofOtherDraw(leaf: string): string {
  return writeDrawLeaf({ ...JSON.parse(leaf), drawId: "draw_x" });
}

function leave(number: number): Removal {
  return { number, reason: "LEFT" };
}

function withReceipt(body: object): DrawEvidence {
  return { ...draw, receipt: { ...draw.receipt, body: { ...draw.receipt.body, ...body } } };
}

function hideSeed(): DrawEvidence {
  const payload = drandDraw.proof.freeze.split(".")[1] ?? "";
  const statement = JSON.parse(Buffer.from(payload, "base64url").toString());
  const freeze = signStatement("freeze+jws", { ...statement, serverSeed: null });
  return { ...drandDraw, jwks: operatorKeys, proof: { ...drandDraw.proof, freeze } };
}
