import { type EntryLevel, encodeId } from "@stanchion/contract";
import type { Clock } from "../../platform/clock.ts";
import { type Database, DatabaseTime } from "../../platform/database/index.ts";
import { apiError } from "../../platform/errors/index.ts";
import { readDrawView } from "./draw-entry-store.ts";

/** What a process keeps in memory of one draw, to judge calls before their group decides. */
export interface DrawView {
  readonly drawId: string;
  readonly wireId: string;
  readonly organizationId: string;
  readonly isLive: boolean;
  readonly name: string;
  readonly experienceId: string;
  readonly experienceVersion: number;
  readonly openAtMs: number | null;
  /** From then on nobody enters. */
  readonly closeAtMs: number;
  readonly isCancelled: boolean;
  readonly capacity: number | null;
  readonly entryLevel: EntryLevel;
  readonly requireFingerprint: boolean;
  readonly checkoutUrl: string | null;
  /** By how much the database's clock is ahead of the process's. */
  readonly clockAheadMs: number;
}

/** The draws that this process serves. One is read again when it is asked for a second after it was read. */
export interface DrawViews {
  /** At once where it is known and fresh; null where there is no such draw. */
  get(drawId: string): DrawView | Promise<DrawView | null>;
  /** As {@link get}, by the id on the wire, only where the view is known and fresh. */
  known(wireId: string): DrawView | undefined;
  /** Reads a draw anew when it is next asked for, since this process has changed it. */
  forget(drawId: string): void;
}

interface Kept {
  /** Null: there is no such draw. */
  readonly view: DrawView | null;
  readonly readAtMs: number;
}

const freshMs = 1_000;
const keptMax = 10_000;

export function createDrawViews(deps: { database: Database; clock: Clock }): DrawViews {
  const { viewsPool: pool } = deps.database;
  const { clock } = deps;
  const databaseTime = new DatabaseTime();
  const kept = new Map<string, Kept>();
  const byWireId = new Map<string, string>();
  const loading = new Map<string, Promise<DrawView | null>>();

  const keep = (drawId: string, view: DrawView | null, readAtMs: number): void => {
    if (kept.size >= keptMax) {
      kept.clear();
      byWireId.clear();
    }
    kept.set(drawId, { view, readAtMs });
    if (view !== null) byWireId.set(view.wireId, drawId);
  };

  const load = (drawId: string): Promise<DrawView | null> => {
    const under = loading.get(drawId);
    if (under !== undefined) return under;
    const started = read(drawId).then(({ view, readAtMs }) => {
      // What was forgotten meanwhile may have been read before the change.
      if (loading.get(drawId) === started) keep(drawId, view, readAtMs);
      return view;
    });
    loading.set(drawId, started);
    const done = (): void => {
      if (loading.get(drawId) === started) loading.delete(drawId);
    };
    started.then(done, done);
    return started;
  };

  const read = async (drawId: string): Promise<Kept> => {
    const sentAtMs = clock.now();
    const row = await readDrawView(pool, drawId).catch((cause: unknown) => {
      throw apiError("DATABASE_UNAVAILABLE", { cause });
    });
    const answeredAtMs = clock.now();
    if (row === undefined) return { view: null, readAtMs: answeredAtMs };
    const { databaseNowMs: databaseMs, ...facts } = row;
    const clockAheadMs = databaseMs - databaseTime.note({ sentAtMs, answeredAtMs, databaseMs });
    const view = { ...facts, drawId, wireId: encodeId("draw", drawId), clockAheadMs };
    return { view, readAtMs: answeredAtMs };
  };

  const fresh = (drawId: string): Kept | undefined => {
    const found = kept.get(drawId);
    return found !== undefined && clock.now() - found.readAtMs <= freshMs ? found : undefined;
  };

  return {
    get(drawId) {
      const found = fresh(drawId);
      if (found === undefined) return load(drawId);
      return found.view ?? Promise.resolve(null);
    },
    known(wireId) {
      const drawId = byWireId.get(wireId);
      return drawId === undefined ? undefined : (fresh(drawId)?.view ?? undefined);
    },
    forget(drawId) {
      kept.delete(drawId);
      loading.delete(drawId);
    },
  };
}
