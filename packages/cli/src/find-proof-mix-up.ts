export interface ProofMixUp {
  /** What the document is instead, as the end of a sentence. */
  readonly says: string;
  /** What to do, as the end of a sentence. */
  readonly next: string;
}

/**
 * Why a saved document is not the proof that was to be checked: it is that of the other kind, or none at all. Null: it is one, true or
 * not. What has anything of such a proof is one, since whoever runs a draw may have altered the rest: that is to be judged.
 *
 * @example findProofMixUp({}, "draw")?.says === "is no proof of a draw."
 */
export function findProofMixUp(document: unknown, what: "draw" | "line"): ProofMixUp | null {
  const other = what === "draw" ? "line" : "draw";
  if (hasSignOf(document, what)) return null;
  if (hasSignOf(document, other))
    return { says: `is the proof of a ${other}, and not of a ${what}.`, next: `check it by verify-${other}` };
  if (proofMembers.some((name) => Object.hasOwn(Object(document), name))) return null;
  return {
    says: `is no proof of a ${what}.`,
    next: `save what ${proofPaths[what]} answers, and give that`,
  };
}

const proofPaths = {
  draw: "/api/v1/draws/{drawId}/proof",
  line: "/api/v1/queues/{queueId}/proof",
} as const;
const algorithms = { draw: "fair-draw-v1", line: "fair-line-v1" } as const;
const idNames = { draw: "drawId", line: "queueId" } as const;

/** Proofs have these from their beginning on or later, and no other saved file has them. */
const proofMembers = [
  "algorithm",
  "rules",
  "rulesHash",
  "commitment",
  "freeze",
  "serverSeed",
  "seed",
  "ranking",
  "winners",
  "awards",
];

function hasSignOf(document: unknown, what: "draw" | "line"): boolean {
  const { algorithm, rules } = Object(document);
  const named = [algorithm, Object(rules).algorithm];
  return named.includes(algorithms[what]) || Object(rules)[idNames[what]] !== undefined;
}
