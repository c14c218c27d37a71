import type { Transaction } from "kysely";
import {
  type KnownHold,
  outOfHeldStock,
  releaseHolds,
  reserveStock,
  writeHolds,
} from "../../catalog/index.ts";
import type { Tables } from "../../platform/database/index.ts";

/**
 * Holds for a draw what its winners will hold, so that so many can win; from the result on each admission holds its own. Throws
 * OUT_OF_STOCK.
 */
export async function holdForWinners(
  db: Transaction<Tables>,
  drawId: string,
  { holds, winnerCount }: { readonly holds: readonly KnownHold[]; readonly winnerCount: number },
): Promise<void> {
  await releaseHolds(db, drawId);
  await writeHolds(db, drawId, holds);
  const needed = holds.map(({ itemId, quantity }) => ({ itemId, quantity: quantity * winnerCount }));
  const shortages = await reserveStock(db, drawId, needed);
  if (shortages.length > 0) throw outOfHeldStock(shortages, holds);
}
