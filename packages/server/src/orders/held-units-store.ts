import { type Kysely, sql } from "kysely";
import type { ItemQuantity } from "../catalog/index.ts";
import type { Tables } from "../platform/database/index.ts";

/** Units that a holder has reserved, or has bought. */
export interface HeldUnits extends ItemQuantity {
  readonly holderId: string;
  readonly state: "RESERVED" | "SOLD";
}

/** Locks what these holders have, behind their orders and admissions. */
export async function lockHeldUnits(db: Kysely<Tables>, holderIds: readonly string[]): Promise<HeldUnits[]> {
  const found = await sql<HeldUnits>`
    select holder_id, item_id, quantity, state from stock_holds
    where holder_id = any (${[...holderIds]}::uuid[]) and state <> 'RELEASED' order by holder_id, item_id for update`.execute(
    db,
  );
  return found.rows;
}
