import { encodeId, shapes } from "@stanchion/contract";
import { recordChange } from "../platform/audit/index.ts";
import type { Clock } from "../platform/clock.ts";
import { inOrganization } from "../platform/database/index.ts";
import { jsonAnswer, type OperationHost, registerOperation, registerWrite } from "../platform/http/index.ts";
import { forgetRequestsOf } from "../requests/index.ts";
import { findRecord, lockRecord } from "./consumer-store.ts";
import { eraseConsumer } from "./erase-consumer.ts";
import { exportConsumer } from "./export-consumer.ts";
import { missingConsumer } from "./missing-consumer.ts";
import type { Revocations } from "./revocations.ts";

/** What the law lets a person ask for: everything that is kept, and that it goes. Those who were deleted can ask too. */
export function registerPersonalDataRoutes(
  host: OperationHost,
  {
    clock,
    revocations,
    flushRequests,
  }: {
    clock: Clock;
    revocations: Revocations;
    /** Writes down the requests that wait to be. */
    flushRequests: () => Promise<void>;
  },
): void {
  registerOperation(host, "exportConsumer", async (call) => {
    const { tenant } = call;
    const id = call.idParam("consumer");
    await flushRequests();
    return inOrganization(host.database, tenant, async (db) => {
      const row = await findRecord(db, tenant, id);
      if (row === undefined) throw await missingConsumer(db, id, tenant);
      const how = { publicUrl: host.publicUrl(), now: new Date(clock.now()) };
      return jsonAnswer(200, await exportConsumer(db, how, tenant, row));
    });
  });

  registerWrite(host, "eraseConsumer", async (call, db) => {
    const { tenant } = call;
    const id = call.idParam("consumer");
    const row = await lockRecord(db, tenant, id);
    if (row === undefined) throw await missingConsumer(db, id, tenant);
    call.readBody(shapes.noBody);
    const { erased, entriesKept } = await eraseConsumer(db, { tenant, secrets: host.secrets }, row);
    const consumerId = encodeId("consumer", id);
    if (row.erasedAt === null)
      await recordChange(db, call, { action: "consumer.erased", target: consumerId });
    const erasedAt = erased.erasedAt?.toISOString() ?? "";
    return {
      ...jsonAnswer(200, { consumerId, erasedAt, entriesKept }),
      async afterCommit() {
        revocations.addConsumer(erased);
        await flushRequests();
        await forgetRequestsOf(host.database, tenant, consumerId);
      },
    };
  });
}
