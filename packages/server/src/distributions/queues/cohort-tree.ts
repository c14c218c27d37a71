import { encodeId, shapes } from "@stanchion/contract";
import { growTree, hashLeaf, statementsOf, writeProofParts } from "../../fairness/index.ts";
import type { Database } from "../../platform/database/index.ts";
import { type CohortMember, listCohortAfter } from "./opening-store.ts";

/** How many rows are worked on in one turn of the event loop: some milliseconds of it. */
const rowsAtOnce = 1_000;

/** What is fixed of those who came before an opening. */
export interface CohortTree {
  readonly root: Buffer;
  /** How many there are of each level, guests first. */
  readonly levelCounts: readonly number[];
}

/** Reads everybody who came before the opening once, and hashes them in the order of their tickets. */
export async function readCohort(
  { pool }: Database,
  queueId: string,
  cohortSize: number,
): Promise<CohortTree> {
  const tree = growTree();
  const levelCounts = shapes.entryLevels.map(() => 0);
  await eachLeaf(pool, queueId, cohortSize, (leaves, members) => {
    for (const leaf of leaves) tree.add(hashLeaf(leaf));
    for (const { level } of members) levelCounts[level] = (levelCounts[level] ?? 0) + 1;
  });
  return { root: tree.finish().root, levelCounts };
}

/** Keeps the leaves as the proof shows them. */
export async function writeCohortLeaves(
  { pool }: Database,
  queueId: string,
  cohortSize: number,
): Promise<void> {
  const parts = writeProofParts(statementsOf(pool), queueId, "leaves");
  await eachLeaf(pool, queueId, cohortSize, (leaves) =>
    parts.add(leaves.map((leaf) => `${leaf}\n`).join("")),
  );
  await parts.finish();
}

async function eachLeaf(
  pool: Database["pool"],
  queueId: string,
  cohortSize: number,
  take: (leaves: readonly string[], members: readonly CohortMember[]) => void | Promise<void>,
): Promise<void> {
  const wireId = encodeId("queue", queueId);
  for (let after = 0; after < cohortSize; ) {
    const members = await listCohortAfter(pool, queueId, { after, upTo: cohortSize, most: rowsAtOnce });
    const last = members.at(-1)?.ticket ?? 0;
    // Tickets are dense, and nobody's row ever goes.
    if (last !== Math.min(cohortSize, after + rowsAtOnce)) throw new Error("a ticket of the cohort is gone");
    await take(
      members.map((member) => leafText(wireId, member)),
      members,
    );
    after = last;
  }
}

/** What the tree holds of a ticket: canonical JSON, written out by hand because a line has a million of them. */
function leafText(wireId: string, { ticket, level, subject }: CohortMember): string {
  return (
    `{"level":"${shapes.entryLevels[level]}","queueId":"${wireId}"` +
    `,"subject":"${subject.toString("hex")}","ticket":${ticket}}`
  );
}
