import type { Database } from "../../platform/database/index.ts";
import { newUuid } from "../../platform/randomness.ts";
import * as store from "./relay-store.ts";
import { takeEntered } from "./take-entered.ts";
import { webhookBody } from "./webhook-delivery.ts";
import { withWireIds } from "./wire-ids.ts";

/** Events of one transaction. */
export const relayedMax = 500;

/**
 * Makes of what has happened a delivery for each endpoint that is told of it, numbered without gaps for this endpoint within
 * each draw and line. Answers how many events there were. All of it is one transaction: after a crash nothing is lost or doubled.
 */
export async function relayEvents({ kysely }: Database): Promise<number> {
  if (!(await store.hasEvents(kysely))) return 0;
  return kysely.transaction().execute(async (db) => {
    if (!(await store.becomeRelay(db))) return 0;
    const { taken, told: noted } = await store.takeEvents(db, relayedMax);
    // Looked for behind what was taken: whoever something has become of is there to be seen, and came before.
    const entered = await takeEntered(db, relayedMax);
    const told = [...entered.told, ...noted];
    if (told.length > 0) {
      const numbers = await takeNumbers(told, (steps) => store.takeNumbers(db, steps));
      const nowMs = Date.now();
      await store.insertDeliveries(
        db,
        told.map((event) => deliveryOf(event, numbers(event), nowMs)),
      );
    }
    return Math.max(taken, entered.taken);
  });
}

const laneOf = ({
  endpointId,
  distributionId,
}: {
  endpointId: string;
  distributionId: string | null;
}): string => `${endpointId} ${distributionId}`;

/** Answers who gives each event its number, to be asked in the order of the events. */
async function takeNumbers(
  told: readonly store.ToldEvent[],
  take: (steps: readonly store.SequenceStep[]) => ReturnType<typeof store.takeNumbers>,
): Promise<(event: store.ToldEvent) => number | null> {
  const steps = new Map<string, store.SequenceStep>();
  for (const { organizationId, endpointId, distributionId } of told) {
    if (distributionId === null) continue;
    const lane = laneOf({ endpointId, distributionId });
    const count = (steps.get(lane)?.count ?? 0) + 1;
    steps.set(lane, { organizationId, endpointId, distributionId, count });
  }
  const last = steps.size === 0 ? [] : await take([...steps.values()]);
  const next = new Map(
    last.map((one) => [laneOf(one), one.lastNumber - (steps.get(laneOf(one))?.count ?? 0) + 1]),
  );
  return (event) => {
    const number = next.get(laneOf(event));
    if (number === undefined) return null;
    next.set(laneOf(event), number + 1);
    return number;
  };
}

function deliveryOf(event: store.ToldEvent, number: number | null, nowMs: number): store.NewDelivery {
  const { id, organizationId, endpointId, type, distributionId } = event;
  const sequence = number === null ? {} : { sequence: number };
  const known = JSON.parse(event.data) as Record<string, unknown>;
  const data = { ...sequence, ...(event.isRaw ? withWireIds(known) : known) };
  return {
    id: newUuid(nowMs),
    organizationId,
    endpointId,
    eventId: id,
    type,
    lane: distributionId ?? id,
    body: webhookBody({ ...event, data }),
  };
}
