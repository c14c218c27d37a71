import { encodeId } from "@stanchion/contract";
import { releaseHolds } from "../../catalog/index.ts";
import {
  appendToLog,
  createTimeStampWitness,
  type FairnessSettings,
  findChance,
  roundThatCounts,
  seekWitness,
  type Witness,
  type WitnessRecord,
} from "../../fairness/index.ts";
import { type Database, inOrganization } from "../../platform/database/index.ts";
import { type DueWorker, startDueWorker } from "../../platform/jobs/index.ts";
import type { Log } from "../../platform/log.ts";
import type { Secrets } from "../../platform/secrets.ts";
import type { SigningKeys } from "../../platform/signing-keys/index.ts";
import { decideDraw } from "./decide-draw.ts";
import * as store from "./draw-outcome-store.ts";
import { readRules } from "./draw-rules.ts";
import { freezeDraw, timeToDecide } from "./freeze-draw.ts";
import { publishDraw } from "./publish-draw.ts";
import { settleDraw } from "./settle-draw.ts";

export interface DrawWorkerDeps {
  readonly database: Database;
  readonly secrets: Secrets;
  readonly keys: SigningKeys;
  readonly fairness: FairnessSettings;
  readonly log: Log;
  /** Nobody could check out now: nothing is done. */
  readonly isPaused: () => boolean;
}

/** The part of a worker that brings draws to their end: freezes, waits for the beacon, draws, gives seats and gives them on. */
export function startDrawWorker(deps: DrawWorkerDeps): DueWorker {
  const { pool } = deps.database;
  const { timeStamp } = deps.fairness;
  const tools = { ...deps, witness: timeStamp === null ? null : createTimeStampWitness(timeStamp) };
  return startDueWorker(deps, {
    name: "draws",
    table: "draw_outcomes",
    key: "draw_id",
    isPaused: deps.isPaused,
    wireId: (drawId) => encodeId("draw", drawId),
    async takeStep(drawId) {
      const draw = await store.readDueDraw(pool, drawId);
      if (draw === undefined || draw.dueAt === null || draw.dueAt > draw.now) return false;
      await takeStep(tools, draw);
      return true;
    },
  });
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

/** Until then the statement is shown to a witness. */
async function waitForChance(tools: Tools, draw: store.DueDraw, decidedAt: Date): Promise<void> {
  const { pool, kysely } = tools.database;
  const { drawId } = draw;
  const frozen = { ...draw, id: encodeId("draw", drawId) };
  const keep = (record: WitnessRecord) => store.keepWitness(pool, drawId, record);
  await store.setDue(kysely, drawId, await seekWitness(tools, frozen, decidedAt, keep));
}

/** In public and for good: no other round and no other source is ever taken. */
async function giveUp(database: Database, draw: store.DueDraw, round: number): Promise<void> {
  await inOrganization(database, draw, async (db) => {
    if ((await store.lockOutcome(db, draw)).seed !== null) return;
    await store.writeVoid(db, draw.drawId);
    await releaseHolds(db, draw.drawId);
    const distribution = { kind: "draw", id: draw.drawId } as const;
    await appendToLog(db, draw, { distribution, kind: "void", data: { round } });
  });
}
