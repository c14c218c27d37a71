import { createHash } from "node:crypto";
import { type DrawRules, encodeId, shapes } from "@stanchion/contract";
import {
  appendToLog,
  commaJoined,
  growTree,
  hashLeaf,
  lockLog,
  roundThatCounts,
  signStatement,
  statementsOf,
  timeOfRound,
  writeProofParts,
} from "../../fairness/index.ts";
import { type Database, inOrganization } from "../../platform/database/index.ts";
import type { SigningKeys } from "../../platform/signing-keys/index.ts";
import * as store from "./draw-outcome-store.ts";
import { packNumbers } from "./entry-numbers.ts";

/** How many rows are worked on in one turn of the event loop: some milliseconds of it. */
const rowsAtOnce = 500;

/**
 * Fixes a draw's list and signs what it is. The list is closed first, so that it cannot change while it is read; whoever dies on the
 * way is followed by somebody who reads the same.
 *
 * @param revealed the server's seed, where a beacon comes after the freeze; else null
 */
export async function freezeDraw(
  deps: { readonly database: Database; readonly keys: SigningKeys },
  draw: store.DueDraw,
  revealed: Buffer | null,
): Promise<void> {
  const { pool, kysely } = deps.database;
  if ((await store.closeList(pool, draw.drawId)) === null) {
    await store.setDue(kysely, draw.drawId, null);
    return;
  }
  const { removalsHash, ...list } = await readList(deps.database, draw.drawId);
  await inOrganization(deps.database, draw, async (db) => {
    if ((await store.lockOutcome(db, draw)).statement !== null) return;
    const log = await lockLog(db, draw);
    const statement = signStatement(
      deps.keys,
      "freeze+jws",
      {
        algorithm: "fair-draw-v1",
        count: list.count,
        drawId: encodeId("draw", draw.drawId),
        frozenAt: log.now.toISOString(),
        lastNumber: list.lastNumber,
        logHead: log.root.toString("hex"),
        removalsHash: removalsHash.toString("hex"),
        root: list.root.toString("hex"),
        rulesHash: draw.rulesHash.toString("hex"),
        serverSeed: revealed?.toString("hex") ?? null,
      },
      log.now.getTime(),
    );
    await store.writeFreeze(db, draw.drawId, { ...list, statement, frozenAt: log.now });
    const distribution = { kind: "draw", id: draw.drawId } as const;
    await appendToLog(db, draw, { distribution, kind: "freeze", data: { statement } });
  });
}

/** When a frozen draw can be decided: at its time, and when its round has come. */
export function timeToDecide({ drawAt, beacon }: DrawRules, frozenAt: Date): Date {
  const roundMs =
    beacon.kind === "none" ? 0 : timeOfRound(beacon, roundThatCounts(beacon, frozenAt.getTime()));
  return new Date(Math.max(Date.parse(drawAt), roundMs));
}

/** Reads a closed list once, keeps its leaves and its removals as the proof will show them, and hashes both. */
async function readList(
  { pool }: Database,
  drawId: string,
): Promise<store.FrozenList & { removalsHash: Buffer }> {
  const drawWireId = encodeId("draw", drawId);
  const run = statementsOf(pool);
  const leafParts = writeProofParts(run, drawId, "leaves");
  const removalParts = commaJoined(writeProofParts(run, drawId, "removals"));
  const removalsHash = createHash("sha256").update("[");
  const [tree, removed, levelCounts]: [ReturnType<typeof growTree>, number[], number[]] = [
    growTree(),
    [],
    shapes.entryLevels.map(() => 0),
  ];
  let lastNumber = 0;
  for (;;) {
    const rows = await store.listEntriesAfter(pool, drawId, lastNumber, rowsAtOnce);
    if (rows.length === 0) break;
    let leaves = "";
    for (const row of rows) {
      lastNumber = row.number;
      if (row.status === "ENTERED") {
        const leaf = leafText(drawWireId, row);
        tree.add(hashLeaf(leaf));
        leaves += `${leaf}\n`;
        levelCounts[row.level] = (levelCounts[row.level] ?? 0) + 1;
      } else {
        const removal = `{"number":${row.number},"reason":"${removalWord(row)}"}`;
        removalsHash.update(removed.length === 0 ? removal : `,${removal}`);
        removed.push(row.number);
        await removalParts.add(removal);
      }
    }
    if (leaves !== "") await leafParts.add(leaves);
  }
  await leafParts.finish();
  await removalParts.finish();
  return {
    ...tree.finish(),
    lastNumber,
    count: lastNumber - removed.length,
    levelCounts,
    removedNumbers: packNumbers(removed),
    removalsHash: removalsHash.update("]").digest(),
  };
}

/** What the tree holds of an entry: canonical JSON, written out by hand because a list has a million of them. */
export function leafText(
  drawWireId: string,
  { entryId, level, number, subject }: Pick<store.ListedEntry, "entryId" | "level" | "number" | "subject">,
): string {
  return (
    `{"drawId":"${drawWireId}","entryId":"${encodeId("entry", entryId)}","level":"${shapes.entryLevels[level]}"` +
    `,"number":${number},"subject":"${subject.toString("hex")}"}`
  );
}

function removalWord({ status, reason }: store.ListedEntry): string {
  return status === "REMOVED" ? `REMOVED_${reason}` : status;
}
