import { checkDraw } from "../check-draw.ts";
import { timeOfDrandRound } from "../drand.ts";
import type { Award } from "../draw.ts";
import type { DrawProof } from "../draw-proof.ts";
import { proveEntry } from "./make-draw-entry-proof.ts";
import { type DrawPlan, type MadeDraw, makeDraw } from "./make-draw-proof.ts";
import { quicknet, quicknetRound1000 } from "./quicknet.ts";

const plans: readonly (readonly [name: string, plan: DrawPlan])[] = [
  ["nobody entered", { entered: 0, removals: [] }],
  [
    "free seats go on to alternates, one of whom is denied, until one is left",
    { entered: 9, removals: [{ number: 4, reason: "REMOVED_DUPLICATE" }] },
  ],
  ["winners and alternates are let in one after the other", { entered: 9, removals: [], turnSeconds: 30 }],
  [
    "a round of quicknet, the real one",
    {
      entered: 8,
      removals: [],
      beacon: quicknet,
      signature: quicknetRound1000,
      drawAt: new Date(timeOfDrandRound(quicknet, 1000)).toISOString(),
    },
  ],
];

/** Whole proofs as the public address answers them, each with its list, a receipt, and that entry's way to the root. */
export async function makeProofVectors() {
  return Promise.all(
    plans.map(async ([name, plan]) => {
      const draw = makeDraw(plan);
      const isEmpty = draw.leaves.length === 0;
      const proof = { ...draw.proof, awards: isEmpty ? [] : goOn(draw, plan.turnSeconds ?? 0) };
      const { receipt, ...withoutReceipt } = { ...draw, proof };
      const evidence = isEmpty ? withoutReceipt : { ...withoutReceipt, receipt };
      const { level, standing } = await checkDraw(evidence);
      const entry = isEmpty
        ? null
        : proveEntry(
            draw,
            draw.leaves.findIndex((leaf) => leaf.includes(receipt.body.entryId)),
          );
      return {
        name,
        level,
        place: standing?.place ?? null,
        jwks: draw.jwks,
        leaves: draw.leaves,
        receipt: isEmpty ? null : receipt,
        entry,
        ...proof,
      };
    }),
  );
}

/** Seat 1 is left, denied and used at last; seat 2 expires and goes on. Alternates have their turns behind those of the winners. */
function goOn({ proof, leaves }: MadeDraw, turnSeconds: number): Award[] {
  const behind = turnSeconds * proof.winners.length;
  const ranked = proof.ranking.map((index) => JSON.parse(leaves[index] ?? "").entryId as string);
  const claimSeconds = proof.rules.admissionExpirationSeconds;
  const award = (place: number, outcome: Award["outcome"], seat: number, seconds: number): Award => ({
    at: secondsAfter(proof, seconds),
    entryId: ranked[place] ?? "",
    outcome,
    reason: outcome === "DENIED" ? "RULES" : null,
    seat,
  });
  return [
    ...proof.awards,
    award(0, "LEFT", 1, 10),
    award(2, "ADMITTED", 1, behind + 11),
    award(2, "DENIED", 1, 12),
    award(3, "ADMITTED", 1, behind + 13),
    award(3, "COMPLETED", 1, behind + 14),
    award(1, "EXPIRED", 2, behind + claimSeconds + 5),
    award(4, "ADMITTED", 2, behind + claimSeconds + 70),
  ];
}

function secondsAfter({ rules }: DrawProof, seconds: number): string {
  return new Date(Date.parse(rules.drawAt) + seconds * 1000).toISOString();
}
