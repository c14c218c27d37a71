import { encodeId } from "@stanchion/contract";
import { hasNotGoneOut, isAddressRefusedForGood, type Mailer } from "../../delivery/mail/index.ts";
import { type Database, inOrganization } from "../../platform/database/index.ts";
import { ApiError } from "../../platform/errors/index.ts";
import { startPollingLoop } from "../../platform/jobs/index.ts";
import type { Log } from "../../platform/log.ts";
import { type CountedDelivery, countDelivery, giveDeliveryBack } from "../../platform/quotas/index.ts";
import { composeTurnMail, retrySecondsAfter, type Turn, turnMailTriesMax } from "./turn-mail.ts";
import * as store from "./turn-mail-store.ts";

/** The part of a worker that mails those who asked for it that it is their turn. */
export interface TurnMailWorker {
  /** Takes no more and waits for the mails under way, 2 s at most; then they are broken off. */
  stop(): Promise<void>;
}

export interface TurnMailDeps {
  readonly database: Database;
  readonly log: Log;
  readonly mailer: Mailer;
  /** How long one mail may take. */
  readonly mailDeadlineMs: number;
  /** Where the waiting page is. */
  readonly baseUrl: () => Promise<string>;
  /** Nobody could check out now: no mail leads there. */
  readonly isPaused: () => boolean;
}

const pollMs = 500;
/** Half of what the provider's connections take at once: codes, which somebody waits for, have the other half. */
const lanesMax = 5;
const mailsTakenMax = 4;
/** What is taken is put off by as long as its mails may take, and this. */
const marginSeconds = 30;
const stopMs = 2_000;
const noteTriesMax = 30;
const noteRetryMs = 1_000;
const beforeAllQueues = "00000000-0000-0000-0000-000000000000";

export function startTurnMailWorker(deps: TurnMailDeps): TurnMailWorker {
  const { database, log } = deps;
  const putOffSeconds = Math.ceil((mailsTakenMax * deps.mailDeadlineMs) / 1_000) + marginSeconds;
  const ending = new AbortController();
  let afterQueueId = beforeAllQueues;

  // Queue by queue, so that one with a hundred thousand mails does not hold up that with one.
  const take = async (): Promise<store.TakenTurnMail[]> => {
    const request = { most: mailsTakenMax, putOffSeconds };
    const taken = await store.takeTurnMails(database.pool, { ...request, afterQueueId });
    const isAtEnd = taken.length === 0 && afterQueueId !== beforeAllQueues;
    const found = isAtEnd
      ? await store.takeTurnMails(database.pool, { ...request, afterQueueId: beforeAllQueues })
      : taken;
    afterQueueId = found[0]?.queueId ?? beforeAllQueues;
    return found;
  };

  const lane = async (first: readonly store.TakenTurnMail[], isStopped: () => boolean): Promise<void> => {
    for (let taken = first; taken.length > 0; taken = isStopped() || deps.isPaused() ? [] : await take())
      for (const mail of taken) {
        // What is left when the worker stops is another's at once; what fails for no known reason is, once its time is over.
        const done = isStopped() ? giveBack(database, mail) : sendTurnMail(deps, mail, ending.signal);
        await done.catch((error: unknown) =>
          log.error({ err: error, entry: encodeId("entry", mail.entryId) }, "a mail about a turn failed"),
        );
      }
  };

  const loop = startPollingLoop({
    pollMs,
    async round(isStopped) {
      if (deps.isPaused()) return;
      const first = await take();
      if (first.length === 0) return;
      const others = Array.from({ length: lanesMax - 1 }, async () => lane(await take(), isStopped));
      await Promise.all([lane(first, isStopped), ...others]);
    },
    onFailure: (error) =>
      log.warn({ err: error }, "the mails about turns could not be looked at; trying again"),
  });

  return {
    async stop() {
      const patience = setTimeout(() => ending.abort(), stopMs);
      await loop.stop();
      clearTimeout(patience);
    },
  };
}

function giveBack(database: Database, taken: store.TakenTurnMail): Promise<void> {
  return inOrganization(database, taken, (db) =>
    store.postponeTurnMail(db, taken, { seconds: 0, isTry: false }),
  );
}

async function sendTurnMail(
  deps: TurnMailDeps,
  taken: store.TakenTurnMail,
  ending: AbortSignal,
): Promise<void> {
  const { database, log, mailer } = deps;
  const entry = encodeId("entry", taken.entryId);
  let counted: CountedDelivery | null = null;
  try {
    const prepared = await prepare(database, taken);
    if (prepared === null) return;
    counted = prepared.counted;
    const baseUrl = await deps.baseUrl();
    await mailer.send(composeTurnMail(prepared.turn, { ...taken, baseUrl }), taken.isLive, ending);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    const { outcome } = await inOrganization(database, taken, async (db) => {
      if (counted !== null && hasNotGoneOut(error)) await giveDeliveryBack(db, counted);
      const next = afterFailure(error, taken.tries);
      if (next === null) await store.endTurnMail(db, taken, "FAILED");
      else await store.postponeTurnMail(db, taken, next);
      return { outcome: next === null ? "it is given up" : `trying again in ${next.seconds} s` };
    });
    log.warn({ err: error, entry, tries: taken.tries }, `a mail about a turn did not go out; ${outcome}`);
    return;
  }
  await noteSent(deps, taken, ending);
}

/** What is to be sent, counted as a delivery of its organization's; null where it is of no use any more. */
async function prepare(
  database: Database,
  taken: store.TakenTurnMail,
): Promise<{ turn: Turn; counted: CountedDelivery } | null> {
  return inOrganization(database, taken, async (db) => {
    const turn = await store.findTurn(db, taken);
    if (turn === undefined || taken.tries > turnMailTriesMax) {
      await store.endTurnMail(db, taken, "FAILED");
      return null;
    }
    return { turn, counted: await countDelivery(db, taken.organizationId) };
  });
}

/** When to try again; null: never. A mail that may have gone out is not sent again: it is one for each place. */
function afterFailure(error: ApiError, tries: number): { seconds: number; isTry: boolean } | null {
  if (!hasNotGoneOut(error) || isAddressRefusedForGood(error)) return null;
  // The provider is left alone or too many wait: nothing was tried.
  const isRefusedBefore = error.code === "UPSTREAM_UNAVAILABLE" || error.code === "OVERLOADED";
  if (isRefusedBefore) return { seconds: error.retryAfterSeconds ?? marginSeconds, isTry: false };
  const seconds = retrySecondsAfter(tries);
  return seconds === null ? null : { seconds, isTry: true };
}

/** The provider has it: if that is not noted, the mail goes out twice. So a database that is away for a moment is waited for. */
async function noteSent(
  { database, log }: TurnMailDeps,
  taken: store.TakenTurnMail,
  ending: AbortSignal,
): Promise<void> {
  for (let tries = 1; ; tries += 1)
    try {
      await inOrganization(database, taken, (db) => store.endTurnMail(db, taken, "SENT"));
      log.debug({ entry: encodeId("entry", taken.entryId) }, "a mail about a turn went out");
      return;
    } catch (error) {
      if (ending.aborted || tries === noteTriesMax) throw error;
      await new Promise((resolve) => setTimeout(resolve, noteRetryMs));
    }
}
