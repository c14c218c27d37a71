import { encodeId, shapes } from "@stanchion/contract";
import { isKnownChain, listProofParts, roundThatCounts, timeOfRound } from "../../fairness/index.ts";
import type { Database } from "../../platform/database/index.ts";
import { type DeflatedPiece, deflatePiece } from "../../platform/deflated-text.ts";
import { type KeptAward, listAwards, type ProofFacts } from "./draw-proof-store.ts";

/** How many awards are read at once. */
const awardsAtOnce = 2_000;

/** What a draw is said to prove. Whoever checks it works that out anew. */
export function levelOfProof({
  rules: { beacon },
  witness,
  frozenAt,
}: Pick<ProofFacts, "rules" | "witness" | "frozenAt">): string {
  if (beacon.kind === "none") return "consistent";
  if (!isKnownChain(beacon.chainHash)) return "beacon run by an unknown party";
  if (witness === null || frozenAt === null) return "beacon";
  // Who freezes too late for the round of the rules could have waited for another one that suits.
  const isInTime = roundThatCounts(beacon, frozenAt.getTime()) === beacon.round;
  return isInTime && Date.parse(witness.at) < timeOfRound(beacon, beacon.round) ? "witnessed" : "beacon";
}

/** Changes with every byte of the proof. */
export function versionOfProof(facts: ProofFacts): string {
  const { frozenAt, seed, witness, cancelledAt, voidedAt, awards, rulesHash } = facts;
  const stage = [frozenAt, seed, witness, cancelledAt, voidedAt]
    .map((part) => (part === null ? 0 : 1))
    .join("");
  return `${rulesHash.toString("hex", 0, 8)}-${stage}-${awards}`;
}

/**
 * The proof as JSON in pieces, so that neither a million removals nor a million ranks are held at once: the large parts come from
 * where they were written, the rest is made anew around them.
 *
 * @param serverSeed shown from when it can be shown; else null
 */
export async function proofPieces(
  { pool }: Pick<Database, "pool">,
  facts: ProofFacts,
  serverSeed: Buffer | null,
): Promise<DeflatedPiece[]> {
  const { drawId, rules } = facts;
  const announced = {
    algorithm: rules.algorithm,
    rules,
    rulesHash: facts.rulesHash.toString("hex"),
    commitment: facts.commitment.toString("hex"),
    level: levelOfProof(facts),
    cancelledAt: facts.cancelledAt?.toISOString() ?? null,
    voidedAt: facts.voidedAt?.toISOString() ?? null,
  };
  if (facts.statement === null) return [await pieceOf(JSON.stringify(announced))];
  const frozen = {
    lastNumber: facts.lastNumber,
    count: facts.count,
    levels: Object.fromEntries(
      shapes.entryLevels.map((level, index) => [level, facts.levelCounts?.[index] ?? 0]),
    ),
    root: facts.root?.toString("hex"),
    freeze: facts.statement,
    witness: facts.witness,
    ...(serverSeed === null ? {} : { serverSeed: serverSeed.toString("hex") }),
  };
  const pieces = [
    await pieceOf(`${opened(announced)},"removals":[`),
    ...(await listProofParts(pool, drawId, "removals")),
  ];
  if (facts.seed === null) return [...pieces, await pieceOf(`],${inside(frozen)}}`)];
  const drawn = {
    ...frozen,
    beacon: facts.beacon?.toString("hex") ?? null,
    seed: facts.seed.toString("hex"),
  };
  const first = await listProofParts(pool, drawId, "awards");
  return [
    ...pieces,
    await pieceOf(`],${inside(drawn)},"ranking":[`),
    ...(await listProofParts(pool, drawId, "ranking")),
    await pieceOf(`],"winners":[`),
    ...(await listProofParts(pool, drawId, "winners")),
    await pieceOf(
      `],${inside({ drawnAt: facts.publishedAt?.toISOString() ?? null, uniformity: facts.uniformity })},"awards":[`,
    ),
    ...first,
    ...(await laterAwards(pool, facts, first.length > 0)),
    await pieceOf("]}"),
  ];
}

async function laterAwards(
  pool: Database["pool"],
  { drawId, awards }: ProofFacts,
  isBehindOthers: boolean,
): Promise<DeflatedPiece[]> {
  const pieces: DeflatedPiece[] = [];
  for (let after = 0; after < awards; after += awardsAtOnce) {
    const rows = await listAwards(pool, drawId, { after, upTo: awards, most: awardsAtOnce });
    const comma = isBehindOthers || after > 0 ? "," : "";
    pieces.push(await pieceOf(comma + rows.map((row) => JSON.stringify(awardOf(row))).join(",")));
  }
  return pieces;
}

function awardOf({ at, entryId, outcome, reason, seat }: KeptAward) {
  return { at: at.toISOString(), entryId: encodeId("entry", entryId), outcome, reason, seat };
}

function pieceOf(text: string): Promise<DeflatedPiece> {
  return deflatePiece(Buffer.from(text));
}

/** An object's JSON without its last brace. */
function opened(value: object): string {
  return JSON.stringify(value).slice(0, -1);
}

/** An object's JSON without both braces. */
function inside(value: object): string {
  return JSON.stringify(value).slice(1, -1);
}
