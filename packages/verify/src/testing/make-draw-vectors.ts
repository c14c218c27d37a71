import { bytesFromHex, bytesFromText, hexFromBytes } from "../bytes.ts";
import type { Beacon } from "../drand.ts";
import {
  commitToDrawSeed,
  type DrawRules,
  hashRemovals,
  hashRules,
  hashSubject,
  makeDrawSeed,
  pickWinners,
  type Removal,
  writeDrawLeaf,
} from "../draw.ts";
import { rootOfLeaves } from "../merkle-tree.ts";
import { rankLeaves } from "../ranking.ts";
import { madeUpHex, madeUpId, madeUpLevel } from "./made-up.ts";
import { madeUpBeacon, madeUpSignature } from "./made-up-beacon.ts";

interface DrawSetting {
  readonly name: string;
  /** How many entries were made, those removed before the freeze included. */
  readonly entered: number;
  readonly winnerCount?: number;
  readonly removals?: readonly Removal[];
  readonly beacon?: (drawAtMs: number) => Beacon;
  readonly drawAt?: string;
}

const settings: readonly DrawSetting[] = [
  ...[0, 1, 2, 3, 4, 5, 7, 8, 9, 1000, 1025].map((entered) => ({ name: `draw of ${entered}`, entered })),
  { name: "more winners than entries", entered: 3, winnerCount: 10 },
  {
    name: "removals at the beginning, in the middle and at the end",
    entered: 9,
    removals: [
      { number: 1, reason: "LEFT" },
      { number: 4, reason: "REMOVED_BOT" },
      { number: 5, reason: "ERASED" },
      { number: 9, reason: "REMOVED_DUPLICATE" },
    ],
  },
  {
    name: "everyone removed",
    entered: 2,
    removals: [
      { number: 1, reason: "LEFT" },
      { number: 2, reason: "REMOVED_RULES" },
    ],
  },
  { name: "a beacon whose chain has a name", entered: 5, beacon: (atMs) => madeUpBeacon("vectors", atMs) },
  { name: "a beacon of the default chain", entered: 5, beacon: (atMs) => madeUpBeacon("default", atMs) },
  {
    name: "a draw at the very time of a round",
    entered: 4,
    beacon: (atMs) => madeUpBeacon("vectors", atMs),
    drawAt: "2027-03-01T12:00:00.000Z",
  },
  {
    name: "a draw a millisecond after a round",
    entered: 4,
    beacon: (atMs) => madeUpBeacon("vectors", atMs),
    drawAt: "2027-03-01T12:00:00.001Z",
  },
  {
    name: "a draw before the chain began",
    entered: 4,
    beacon: (atMs) => madeUpBeacon("vectors", atMs),
    drawAt: "2023-08-23T10:00:00.000Z",
  },
];

/** Whole draws from the rules to the winners. */
export function makeDrawVectors() {
  return settings.map(makeDrawVector);
}

function makeDrawVector(setting: DrawSetting) {
  const { name, entered, removals = [] } = setting;
  const serverSeed = madeUpHex(32, "server seed", name);
  const rules = makeRules(setting, serverSeed);
  const removed = new Set(removals.map(({ number }) => number));
  const entries = Array.from({ length: entered }, (_, index) => index + 1)
    .filter((number) => !removed.has(number))
    .map((number) => makeEntry(name, number));
  const leaves = entries.map(([number, entryId, consumerId, level, salt]) => {
    const subject = hexFromBytes(hashSubject(salt, consumerId));
    return writeDrawLeaf({ drawId: rules.drawId, entryId, level, number, subject });
  });
  const [count, rulesHash] = [leaves.length, hashRules(rules)];
  const root = rootOfLeaves(leaves.map(bytesFromText));
  const beacon = madeUpSignature(rules.beacon);
  const seed = makeDrawSeed({
    rulesHash,
    root,
    count,
    serverSeed: bytesFromHex(serverSeed),
    beacon: bytesFromHex(beacon ?? ""),
  });
  const ranking = rankLeaves(seed, count);
  return {
    name,
    rules,
    rulesHash: hexFromBytes(rulesHash),
    serverSeed,
    removals,
    removalsHash: hexFromBytes(hashRemovals(removals)),
    lastNumber: entered,
    entries,
    firstLeaves: leaves.slice(0, 3),
    count,
    root: hexFromBytes(root),
    beacon,
    seed: hexFromBytes(seed),
    ranking: [...ranking],
    winners: pickWinners(entries, ranking, rules.winnerCount).map(([, entryId]) => entryId),
  };
}

function makeRules({ name, winnerCount = 2, ...setting }: DrawSetting, serverSeed: string): DrawRules {
  const drawAt = setting.drawAt ?? "2027-03-01T12:00:01.500Z";
  return {
    admissionExpirationSeconds: 900,
    algorithm: "fair-draw-v1",
    backfill: true,
    beacon: setting.beacon?.(Date.parse(drawAt)) ?? { kind: "none" },
    capacity: null,
    closeAt: new Date(Date.parse(drawAt) - 60_000).toISOString(),
    commitment: hexFromBytes(commitToDrawSeed(bytesFromHex(serverSeed))),
    completionGraceSeconds: 60,
    drawAt,
    drawId: madeUpId("draw", name),
    entryLevel: "guest",
    mode: "test",
    openAt: null,
    organizationId: madeUpId("org", name),
    unit: "consumer",
    winnerCount,
  };
}

function makeEntry(name: string, number: number) {
  return [
    number,
    madeUpId("ent", name, number),
    madeUpId("cons", name, number),
    madeUpLevel(number),
    madeUpHex(16, "salt", name, number),
  ] as const;
}
