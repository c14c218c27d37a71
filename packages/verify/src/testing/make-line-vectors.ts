import { bytesFromHex, bytesFromText, hexFromBytes } from "../bytes.ts";
import { hashRules } from "../draw.ts";
import {
  commitToLineSeed,
  type LineRules,
  lineBeaconDelayMs,
  makeLineSeed,
  rankTicket,
  writeLineLeaf,
} from "../line.ts";
import { rootOfLeaves } from "../merkle-tree.ts";
import { madeUpHex, madeUpId, madeUpLevel } from "./made-up.ts";
import { madeUpBeacon, madeUpSignature } from "./made-up-beacon.ts";

/** Whole openings of lines from the rules to the ranks. */
export function makeLineVectors() {
  const withoutBeacon = [0, 1, 2, 9, 100].map((n) => makeLineVector(`line of ${n}`, n, false));
  return [...withoutBeacon, makeLineVector("a beacon whose chain has a name", 7, true)];
}

function makeLineVector(name: string, n: number, hasBeacon: boolean) {
  const serverSeed = madeUpHex(32, "server seed", "line", name);
  const rules = makeRules(name, serverSeed, hasBeacon);
  const tickets = Array.from({ length: n }, (_, index) => {
    return [index + 1, madeUpLevel(index), madeUpHex(32, "subject", name, index)] as const;
  });
  const leaves = tickets.map(([ticket, level, subject]) => {
    return bytesFromText(writeLineLeaf({ level, queueId: rules.queueId, subject, ticket }));
  });
  const [root, rulesHash] = [rootOfLeaves(leaves), hashRules(rules)];
  const beacon = madeUpSignature(rules.beacon);
  const seed = makeLineSeed({
    rulesHash,
    root,
    count: n,
    serverSeed: bytesFromHex(serverSeed),
    beacon: bytesFromHex(beacon ?? ""),
  });
  return {
    name,
    rules,
    rulesHash: hexFromBytes(rulesHash),
    serverSeed,
    tickets,
    n,
    root: hexFromBytes(root),
    beacon,
    seed: hexFromBytes(seed),
    ranks: tickets.map(([ticket]) => rankTicket(ticket, n, seed)),
  };
}

function makeRules(name: string, serverSeed: string, hasBeacon: boolean): LineRules {
  const openAt = "2027-03-01T12:00:00.250Z";
  return {
    algorithm: "fair-line-v1",
    beacon: hasBeacon ? madeUpBeacon("vectors", Date.parse(openAt) + lineBeaconDelayMs) : { kind: "none" },
    commitment: hexFromBytes(commitToLineSeed(bytesFromHex(serverSeed))),
    entryLevel: "guest",
    mode: "test",
    openAt,
    organizationId: madeUpId("org", name),
    queueId: madeUpId("queue", name),
  };
}
