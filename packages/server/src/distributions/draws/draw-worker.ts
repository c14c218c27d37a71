import { encodeId } from "@stanchion/contract";
import {
  appendToLog,
  createTimeStampWitness,
  type FairnessSettings,
  findChance,
  roundThatCounts,
  type Witness,
  WitnessError,
} from "../../fairness/index.ts";
import { type Database, inOrganization } from "../../platform/database/index.ts";
import type { Log } from "../../platform/log.ts";
import { newUuid } from "../../platform/randomness.ts";
import type { Secrets } from "../../platform/secrets.ts";
import type { SigningKeys } from "../../platform/signing-keys/index.ts";
import { decideDraw } from "./decide-draw.ts";
import * as store from "./draw-outcome-store.ts";
import { readRules } from "./draw-rules.ts";
import { freezeDraw, timeToDecide } from "./freeze-draw.ts";
import { publishDraw } from "./publish-draw.ts";
import { settleDraw } from "./settle-draw.ts";

/** The part of a worker that brings draws to their end: freezes, waits for the beacon, draws, gives seats and gives them on. */
export interface DrawWorker {
  /** Takes no new step, waits for the ones under way and gives the leases back. */
  stop(): Promise<void>;
}

export interface DrawWorkerDeps {
  readonly database: Database;
  readonly secrets: Secrets;
  readonly keys: SigningKeys;
  readonly fairness: FairnessSettings;
  readonly log: Log;
  /** Nobody could check out now: nothing is done. */
  readonly isPaused: () => boolean;
}

const pollMs = 250;
/** A dead worker's draws are free after this long. */
const leaseSeconds = 3;
const leaseKeptMs = 1_000;
const drawsAtOnce = 10;
const stepsAtOnceMax = 20;
const retrySeconds = 5;

export function startDrawWorker(deps: DrawWorkerDeps): DrawWorker {
  const { pool } = deps.database;
  const { timeStamp } = deps.fairness;
  const tools = { ...deps, witness: timeStamp === null ? null : createTimeStampWitness(timeStamp) };
  const workerId = newUuid(Date.now());
  let isStopped = false;
  let isFailing = false;
  let timer: NodeJS.Timeout | undefined;

  const takeSteps = async (drawId: string): Promise<void> => {
    for (let steps = 0; steps < stepsAtOnceMax && !isStopped; steps += 1) {
      const draw = await store.readDueDraw(pool, drawId);
      if (draw === undefined || draw.dueAt === null || draw.dueAt > draw.now) return;
      await takeStep(tools, draw);
    }
  };

  const work = async (drawId: string): Promise<void> => {
    const kept = setInterval(() => {
      store.keepLease(pool, workerId, drawId, leaseSeconds).catch(() => {});
    }, leaseKeptMs);
    try {
      await takeSteps(drawId);
    } catch (error) {
      deps.log.error(
        { err: error, drawId: encodeId("draw", drawId) },
        "a step of a draw failed; trying again",
      );
      await store.postpone(pool, drawId, retrySeconds).catch(() => {});
    } finally {
      clearInterval(kept);
    }
  };

  const round = async (): Promise<void> => {
    if (deps.isPaused()) return;
    // One after the other: a list of a million is work enough for a process that may serve fans besides.
    for (const drawId of await store.claimDueDraws(pool, workerId, { leaseSeconds, most: drawsAtOnce }))
      if (!isStopped) await work(drawId);
  };

  let running: Promise<void> = Promise.resolve();
  const loop = (): void => {
    running = round()
      .then(() => {
        isFailing = false;
      })
      .catch((error: unknown) => {
        if (!isFailing) deps.log.warn({ err: error }, "the draws could not be looked at; trying again");
        isFailing = true;
      })
      .finally(() => {
        if (!isStopped) timer = setTimeout(loop, pollMs);
      });
  };
  loop();

  return {
    async stop() {
      isStopped = true;
      clearTimeout(timer);
      await running;
      await store
        .releaseDraws(pool, workerId)
        .catch((error: unknown) => deps.log.warn({ err: error }, "the leases could not be given back"));
    },
  };
}

type Tools = DrawWorkerDeps & { readonly witness: Witness | null };

/** One step of a draw's way. Each can be repeated: it looks, under the lock that it writes under, whether it was done. */
async function takeStep(tools: Tools, draw: store.DueDraw): Promise<void> {
  const { database, secrets } = tools;
  const rules = readRules(draw.rules);
  if (draw.isDeleted) return store.setDue(database.kysely, draw.drawId, null);
  if (draw.frozenAt === null) {
    const revealed = rules.beacon.kind === "none" ? null : secrets.decrypt(draw.sealedSeed);
    return freezeDraw(tools, draw, revealed);
  }
  if (draw.publishedAt !== null) return settleDraw(database, draw);
  const decidedAt = timeToDecide(rules, draw.frozenAt);
  if (draw.now < decidedAt) return waitForChance(tools, draw, decidedAt);
  const { beacon } = rules;
  const round = beacon.kind === "none" ? 0 : roundThatCounts(beacon, draw.frozenAt.getTime());
  const id = encodeId("draw", draw.drawId);
  const chance = await findChance(tools, { id, beacon, round, now: draw.now });
  switch (chance.kind) {
    case "awaited":
      return store.setDue(database.kysely, draw.drawId, chance.retryAt);
    case "given up":
      return giveUp(database, draw, chance.round);
    case "come": {
      const serverSeed = secrets.decrypt(draw.sealedSeed);
      return publishDraw(database, draw, await decideDraw(database, draw, { serverSeed, ...chance }));
    }
  }
}

/** Until then the statement is shown to a witness. The draw waits for none: without one its proof says less. */
async function waitForChance(
  { witness, database, log }: Tools,
  { drawId, statement, isWitnessed, now }: store.DueDraw,
  decidedAt: Date,
): Promise<void> {
  let retryAt = decidedAt;
  if (witness !== null && !isWitnessed && statement !== null)
    try {
      await store.keepWitness(database.pool, drawId, await witness.stamp(statement));
    } catch (error) {
      if (!(error instanceof WitnessError)) throw error;
      log.warn({ err: error, drawId: encodeId("draw", drawId) }, "nobody has witnessed a draw's freeze yet");
      retryAt = new Date(Math.min(decidedAt.getTime(), now.getTime() + retrySeconds * 1_000));
    }
  await store.setDue(database.kysely, drawId, retryAt);
}

/** In public and for good: no other round and no other source is ever taken. */
async function giveUp(database: Database, draw: store.DueDraw, round: number): Promise<void> {
  await inOrganization(database, draw, async (db) => {
    if ((await store.lockOutcome(db, draw)).seed !== null) return;
    await store.writeVoid(db, draw.drawId);
    const distribution = { kind: "draw", id: draw.drawId } as const;
    await appendToLog(db, draw, { distribution, kind: "void", data: { round } });
  });
}
