import type { Database } from "../../platform/database/index.ts";
import { batchDeliveries } from "./batch-deliveries.ts";
import * as store from "./relay-store.ts";
import { takeEntered } from "./take-entered.ts";
import { takeLost } from "./take-lost.ts";
import { withWireIds } from "./wire-ids.ts";

/** Events of one transaction, of those that are noted. */
const notedMax = 500;
/** And people of whom something is told that is not noted: a full batch. */
const peopleMax = 1_000;

/**
 * Makes of what has happened a delivery for each endpoint that is told of it, numbered without gaps for this endpoint within
 * each draw and line. Answers whether there may be more. All of it is one transaction: after a crash nothing is lost or doubled.
 */
export async function relayEvents({ kysely }: Database): Promise<{ hasTold: boolean; isMore: boolean }> {
  if (!(await store.hasEvents(kysely))) return { hasTold: false, isMore: false };
  return kysely.transaction().execute(async (db) => {
    if (!(await store.becomeRelay(db))) return { hasTold: false, isMore: false };
    const lagging = await store.findLagging(db, peopleMax);
    const noted = await store.takeEvents(db, { most: notedMax, lagging });
    // Looked for behind what was taken: whoever something has become of is there to be seen, and came before.
    const entered = await takeEntered(db, { most: peopleMax, happenedTo: noted.distributionIds });
    const lost = await takeLost(db, peopleMax);
    const told = [...entered.told, ...noted.told, ...lost.told];
    if (told.length > 0) {
      const numbers = await takeNumbers(told, (steps) => store.takeNumbers(db, steps));
      const events = told.map((event) => ({ ...event, data: dataOf(event, numbers(event)) }));
      await store.insertDeliveries(db, batchDeliveries(events, Date.now()));
    }
    const isMore = noted.taken === notedMax || entered.taken >= peopleMax || lost.taken === peopleMax;
    return { hasTold: told.length > 0, isMore };
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

function dataOf({ data, isRaw }: store.ToldEvent, number: number | null): object {
  const sequence = number === null ? {} : { sequence: number };
  const known = JSON.parse(data) as Record<string, unknown>;
  return { ...sequence, ...(isRaw ? withWireIds(known) : known) };
}
