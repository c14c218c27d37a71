import { shuffleInThread } from "../../fairness/index.ts";
import type { Log } from "../../platform/log.ts";
import type { LineRow } from "./line-store.ts";

/** The drawn orders that this process knows: 4 bytes for everybody who came before an opening. */
export interface Shuffles {
  /** The rank of each ticket less one, where it is known; null: it is being worked out. */
  known(row: DrawnRow): Uint32Array | null;
  load(row: DrawnRow): Promise<Uint32Array>;
  forget(queueId: string): void;
}

/** A line whose order is drawn. */
export type DrawnRow = Pick<LineRow, "queueId"> & {
  readonly cohortSize: number;
  readonly shuffleSeed: Buffer;
};

/** The row where its order is drawn, else null. */
export function drawnRow({
  queueId,
  cohortSize,
  shuffleSeed,
}: Pick<LineRow, "queueId" | "cohortSize" | "shuffleSeed">): DrawnRow | null {
  return cohortSize === null || shuffleSeed === null ? null : { queueId, cohortSize, shuffleSeed };
}

export function createShuffles(log: Log): Shuffles {
  const orders = new Map<string, { readonly seed: Buffer; ranks: Uint32Array | Promise<Uint32Array> }>();

  const load = (row: DrawnRow): Promise<Uint32Array> => {
    const { queueId, cohortSize, shuffleSeed: seed } = row;
    const known = orders.get(queueId);
    if (known?.seed.equals(seed)) return Promise.resolve(known.ranks);
    const work = shuffleInThread(seed, cohortSize);
    const order: { readonly seed: Buffer; ranks: Uint32Array | Promise<Uint32Array> } = { seed, ranks: work };
    orders.set(queueId, order);
    return work.then(
      (ranks) => {
        order.ranks = ranks;
        return ranks;
      },
      (error: unknown) => {
        if (orders.get(queueId) === order) orders.delete(queueId);
        throw error;
      },
    );
  };

  return {
    known(row) {
      const known = orders.get(row.queueId);
      if (known?.seed.equals(row.shuffleSeed) && !(known.ranks instanceof Promise)) return known.ranks;
      load(row).catch((error: unknown) =>
        log.warn({ err: error }, "an order could not be worked out; trying again"),
      );
      return null;
    },
    load,
    forget: (queueId) => orders.delete(queueId),
  };
}
