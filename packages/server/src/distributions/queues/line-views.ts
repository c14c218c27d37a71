import type { Clock } from "../../platform/clock.ts";
import { type Database, DatabaseTime } from "../../platform/database/index.ts";
import { apiError } from "../../platform/errors/index.ts";
import type { Log } from "../../platform/log.ts";
import { type LineRow, readDepartures, readLines } from "./line-store.ts";
import { LineView } from "./line-view.ts";
import { createShuffles, drawnRow } from "./shuffles.ts";

/** The lines that this process serves. Those in use are polled five times a second with one query for all. */
export interface LineViews {
  /** The view of a queue: at once where it is known. Null where there is no such queue. */
  get(queueId: string): LineView | Promise<LineView | null>;
  /** As {@link get}, by the id on the wire, only where the view is known and fresh. */
  known(wireId: string): LineView | undefined;
  /** Reads one line now, so that an answer shows what its own call has written. */
  refresh(queueId: string): Promise<LineView | null>;
  /** Calls back after every poll that changed something of a line. Answers how to stop. */
  watch(queueId: string, listener: (view: LineView) => void): () => void;
  close(): void;
}

const pollMs = 200;
/** A view that could not be read for so long is not answered from any more: the database is gone. */
const staleMs = 10_000;
const unusedMs = 60_000;
const missingKeptMs = 2_000;
const missingMax = 10_000;

interface Read {
  readonly rows: readonly LineRow[];
  /** When the database was asked, by this process's clock. */
  readonly readAtMs: number;
  readonly beganTurn: number;
}

export function createLineViews(deps: { database: Database; clock: Clock; log: Log }): LineViews {
  const { viewsPool: pool } = deps.database;
  const views = new Map<string, LineView>();
  const byWireId = new Map<string, LineView>();
  const missing = new Map<string, number>();
  const shuffles = createShuffles(deps.log);
  const databaseTime = new DatabaseTime();
  const loading = new Map<string, Promise<LineView | null>>();
  const listeners = new Map<string, Set<(view: LineView) => void>>();

  const forget = (queueId: string): void => {
    const view = views.get(queueId);
    if (view !== undefined) byWireId.delete(view.wireId);
    views.delete(queueId);
    shuffles.forget(queueId);
  };

  /** Counts up whenever a read begins and whenever one is taken, so that reads which crossed on the way can be told. */
  let turn = 0;

  const read = async (queueIds: readonly string[]): Promise<Read> => {
    turn += 1;
    const beganTurn = turn;
    const sentAtMs = deps.clock.now();
    const rows = await readLines(pool, queueIds);
    const answeredAtMs = deps.clock.now();
    const databaseMs = rows[0]?.databaseNowMs;
    const readAtMs =
      databaseMs === undefined ? answeredAtMs : databaseTime.note({ sentAtMs, answeredAtMs, databaseMs });
    return { rows, readAtMs, beganTurn };
  };

  const take = async (row: LineRow, from: Read): Promise<LineView> => {
    const { readAtMs, beganTurn } = from;
    const known = views.get(row.queueId);
    const isOlder = known?.isOlder(row) ?? false;
    // Two reads that crossed differ by a little; a line that went back stays back for the next read too.
    if (known !== undefined && isOlder && beganTurn < known.takenTurn) return known;
    const drawn = row.shuffleBeforeOpen ? drawnRow(row) : null;
    const ranks = drawn && shuffles.known(drawn);
    // Once the order is there, all is counted anew by ranks.
    const isNew = known === undefined || isOlder || (ranks !== null && known.isUndrawn);
    const seen = isNew ? 0 : known.seenDepartures;
    // Of a drawn line no ticket tells whether it was served.
    const aboveTicket = row.shuffleBeforeOpen ? 0 : row.nowServing;
    const departed =
      row.departed > seen ? await readDepartures(pool, row.queueId, seen, row.departed, aboveTicket) : [];
    if (views.get(row.queueId) !== known) return take(row, from);
    turn += 1;
    if (isNew) {
      const view = new LineView(row, departed, readAtMs, ranks);
      view.takenTurn = turn;
      if (known !== undefined) view.usedAtMs = known.usedAtMs;
      views.set(row.queueId, view);
      byWireId.set(view.wireId, view);
      return view;
    }
    if (!known.isOlder(row)) {
      known.apply(row, departed, readAtMs);
      known.takenTurn = turn;
    }
    return known;
  };

  const load = async (queueId: string): Promise<LineView | null> => {
    const found = await read([queueId]);
    const [row] = found.rows;
    if (row === undefined || row.isDeleted) {
      forget(queueId);
      if (missing.size >= missingMax) missing.clear();
      missing.set(queueId, deps.clock.now());
      return null;
    }
    missing.delete(queueId);
    const drawn = row.shuffleBeforeOpen ? drawnRow(row) : null;
    if (drawn !== null) await shuffles.load(drawn);
    return take(row, found);
  };

  const loadOnce = (queueId: string): Promise<LineView | null> => {
    const under = loading.get(queueId);
    if (under !== undefined) return under;
    const started = load(queueId).finally(() => loading.delete(queueId));
    loading.set(queueId, started);
    return started;
  };

  const poll = async (): Promise<void> => {
    const now = deps.clock.now();
    for (const view of views.values())
      if (now - view.usedAtMs > unusedMs && !listeners.has(view.queueId)) forget(view.queueId);
    if (views.size === 0) return;
    const found = await read([...views.keys()]);
    for (const row of found.rows) {
      if (row.isDeleted) {
        forget(row.queueId);
        continue;
      }
      const view = await take(row, found);
      for (const listener of listeners.get(row.queueId) ?? []) listener(view);
    }
  };

  let isPolling = false;
  let isFailing = false;
  const timer = setInterval(() => {
    if (isPolling) return;
    isPolling = true;
    poll()
      .then(() => {
        isFailing = false;
      })
      .catch((error: unknown) => {
        if (!isFailing) deps.log.warn({ err: error }, "the lines could not be read; trying again");
        isFailing = true;
      })
      .finally(() => {
        isPolling = false;
      });
  }, pollMs);
  timer.unref();

  return {
    get(queueId) {
      const view = views.get(queueId);
      const now = deps.clock.now();
      if (view !== undefined) {
        view.usedAtMs = now;
        if (now - view.readAtMs <= staleMs) return view;
        return loadOnce(queueId).catch((cause: unknown) => {
          throw apiError("DATABASE_UNAVAILABLE", { cause });
        });
      }
      const missedAtMs = missing.get(queueId);
      if (missedAtMs !== undefined && now - missedAtMs < missingKeptMs) return Promise.resolve(null);
      return loadOnce(queueId);
    },
    known(wireId) {
      const view = byWireId.get(wireId);
      const now = deps.clock.now();
      if (view === undefined || now - view.readAtMs > staleMs) return undefined;
      view.usedAtMs = now;
      return view;
    },
    refresh: (queueId) => load(queueId),
    watch(queueId, listener) {
      const known = listeners.get(queueId) ?? new Set();
      known.add(listener);
      listeners.set(queueId, known);
      return () => {
        known.delete(listener);
        if (known.size === 0) listeners.delete(queueId);
      };
    },
    close: () => clearInterval(timer),
  };
}
