import { createHash } from "node:crypto";
import { encodeId } from "@stanchion/contract";
import {
  appendToLog,
  createTimeStampWitness,
  type FairnessSettings,
  findChance,
  lockLog,
  seekWitness,
  signStatement,
  timeOfRound,
  type Witness,
  type WitnessRecord,
} from "../../fairness/index.ts";
import { type Database, inOrganization } from "../../platform/database/index.ts";
import { type DueWorker, startDueWorker } from "../../platform/jobs/index.ts";
import type { Log } from "../../platform/log.ts";
import type { Secrets } from "../../platform/secrets.ts";
import type { SigningKeys } from "../../platform/signing-keys/index.ts";
import { lockControl, lockLine, touchLine } from "./admission-store.ts";
import { readCohort, writeCohortLeaves } from "./cohort-tree.ts";
import { makeLineSeed, readLineRules, roundOfOpening } from "./line-rules.ts";
import * as store from "./opening-store.ts";

export interface OpeningWorkerDeps {
  readonly database: Database;
  readonly secrets: Secrets;
  readonly keys: SigningKeys;
  readonly fairness: FairnessSettings;
  readonly log: Log;
  /** Nobody could check out now: nothing is done. */
  readonly isPaused: () => boolean;
}

/** The part of a worker that draws the order of lines at their opening: fixes who came before it, waits for the beacon, draws. */
export function startOpeningWorker(deps: OpeningWorkerDeps): DueWorker {
  const { pool } = deps.database;
  const { timeStamp } = deps.fairness;
  const tools = { ...deps, witness: timeStamp === null ? null : createTimeStampWitness(timeStamp) };
  return startDueWorker(deps, {
    name: "openings of lines",
    table: "line_openings",
    key: "queue_id",
    isPaused: deps.isPaused,
    wireId: (queueId) => encodeId("queue", queueId),
    async takeStep(queueId) {
      const opening = await store.readDueOpening(pool, queueId);
      if (opening === undefined || opening.dueAt === null || opening.dueAt > opening.now) return false;
      await takeStep(tools, opening);
      return true;
    },
  });
}

type Tools = OpeningWorkerDeps & { readonly witness: Witness | null };

/** One step of an opening. Each can be repeated: it looks, under the lock that it writes under, whether it was done. */
async function takeStep(tools: Tools, opening: store.DueOpening): Promise<void> {
  const { database, log } = tools;
  const { kysely, pool } = database;
  const { queueId, frozenAt, now } = opening;
  if (opening.isDeleted) return store.setOpeningDue(kysely, queueId, null);
  if (frozenAt === null) return freezeCohort(tools, opening);
  if (opening.drawnAt !== null) {
    if (!opening.areLeavesWritten) await writeCohortLeaves(database, queueId, opening.cohortSize ?? 0);
    return store.noteLeavesWritten(pool, queueId);
  }
  const { beacon } = readLineRules(opening.rules);
  const round = beacon.kind === "none" ? 0 : roundOfOpening(beacon, frozenAt.getTime());
  const drawnFrom = beacon.kind === "none" ? frozenAt : new Date(timeOfRound(beacon, round));
  if (now < drawnFrom) return waitForRound(tools, opening, drawnFrom);
  const chance = await findChance(tools, { id: encodeId("queue", queueId), beacon, round, now });
  switch (chance.kind) {
    case "awaited":
      return store.setOpeningDue(kysely, queueId, chance.retryAt);
    case "given up":
      log.error(
        { queueId: encodeId("queue", queueId), round },
        "the beacon's round never came: the line has no order",
      );
      return giveUp(tools, opening, round);
    case "come":
      return drawOrder(tools, opening, chance);
  }
}

/** Fixes who came before the opening, and signs who they are. Whoever dies on the way is followed by somebody who reads the same. */
async function freezeCohort({ database, secrets, keys }: Tools, opening: store.DueOpening): Promise<void> {
  const { queueId, rulesHash } = opening;
  const n = await store.fixCohort(database.pool, queueId);
  if (n === null) return store.setOpeningDue(database.kysely, queueId, null);
  const { root, levelCounts } = await readCohort(database, queueId, n);
  const { beacon } = readLineRules(opening.rules);
  // With a beacon the seed is shown while nobody knows the round yet; without one it must stay hidden until the drawing.
  const revealed = beacon.kind === "none" ? null : secrets.decrypt(opening.sealedSeed).toString("hex");
  await inOrganization(database, opening, async (db) => {
    if ((await store.lockOpening(db, queueId)).statement !== null) return;
    const head = await lockLog(db, opening);
    const statement = signStatement(
      keys,
      "freeze+jws",
      {
        algorithm: "fair-line-v1",
        frozenAt: head.now.toISOString(),
        lastNumber: n,
        logHead: head.root.toString("hex"),
        n,
        queueId: encodeId("queue", queueId),
        removalsHash: hashOfNoRemovals,
        root: root.toString("hex"),
        rulesHash: rulesHash.toString("hex"),
        serverSeed: revealed,
      },
      head.now.getTime(),
    );
    await store.writeCohortFreeze(db, queueId, { statement, frozenAt: head.now, levelCounts, root });
    await appendToLog(db, opening, { distribution: lineOf(opening), kind: "freeze", data: { statement } });
  });
}

// Who left before the opening keeps the ticket, so that nobody is ever removed: the hash of an empty list.
const hashOfNoRemovals = createHash("sha256").update("[]").digest("hex");

/** Until then the statement is shown to a witness. */
async function waitForRound(tools: Tools, opening: store.DueOpening, drawnFrom: Date): Promise<void> {
  const { pool, kysely } = tools.database;
  const { queueId } = opening;
  const frozen = { ...opening, id: encodeId("queue", queueId) };
  const keep = (record: WitnessRecord) => store.keepOpeningWitness(pool, queueId, record);
  await store.setOpeningDue(kysely, queueId, await seekWitness(tools, frozen, drawnFrom, keep));
}

async function drawOrder(
  { database, secrets }: Tools,
  opening: store.DueOpening,
  { round, signature }: { readonly round: number | null; readonly signature: Buffer | null },
): Promise<void> {
  const { queueId, rulesHash, root, cohortSize } = opening;
  if (root === null || cohortSize === null) throw new Error("the line is not frozen");
  const serverSeed = secrets.decrypt(opening.sealedSeed);
  const beacon = signature ?? Buffer.alloc(0);
  const seed = makeLineSeed({ rulesHash, root, cohortSize, serverSeed, beacon });
  await inOrganization(database, opening, async (db) => {
    await lockControl(db, queueId);
    await lockLine(db, queueId);
    if ((await store.lockOpening(db, queueId)).drawnAt !== null) return;
    const { now: at } = await lockLog(db, opening);
    await store.writeDrawnOrder(db, queueId, { seed, round, beacon: signature, at });
    await touchLine(db, queueId);
    await appendToLog(db, opening, {
      distribution: lineOf(opening),
      kind: "line.opened",
      data: {
        beacon: signature?.toString("hex") ?? null,
        n: cohortSize,
        seed: seed.toString("hex"),
        serverSeed: serverSeed.toString("hex"),
      },
    });
  });
}

/** In public and for good: no other round and no other source is ever taken. */
async function giveUp({ database }: Tools, opening: store.DueOpening, round: number): Promise<void> {
  await inOrganization(database, opening, async (db) => {
    if ((await store.lockOpening(db, opening.queueId)).drawnAt !== null) return;
    await store.setOpeningDue(db, opening.queueId, null);
    await appendToLog(db, opening, { distribution: lineOf(opening), kind: "void", data: { round } });
  });
}

function lineOf({ queueId }: store.DueOpening) {
  return { kind: "queue", id: queueId } as const;
}
