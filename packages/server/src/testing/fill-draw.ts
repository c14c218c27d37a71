import { decodeId } from "@stanchion/contract";
import type { TestDatabase } from "./test-database.ts";

/** Puts so many entries of nobody into a draw at once, behind those that are there. */
export async function fillDraw(db: TestDatabase, drawWireId: string, count: number): Promise<void> {
  await db.query(
    `with list as (
      update draw_lists set last_number = last_number + $2 where draw_id = $1 returning last_number - $2 as before
    )
    insert into draw_entries (entry_id, draw_id, consumer_id, number, level, salt, subject, entered_at, status, request_id)
    select gen_random_uuid(), $1, gen_random_uuid(), l.before + n, n % 3, uuid_send(gen_random_uuid()),
      sha256(uuid_send(gen_random_uuid())), stanchion_now(), 'ENTERED', 'req_filled'
    from list l, generate_series(1, $2::int) n`,
    [decodeId("draw", drawWireId), count],
  );
}
