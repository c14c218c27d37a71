import type { DrawEntry, DrawNews, DrawStatus, PublicDraw } from "@stanchion/contract";
import { hasMembers, isNamed } from "./answers.ts";
import type { Mechanism, Place, PlaceHost, Standing } from "./place.ts";
import { backoffMs } from "./retry.ts";
import { inSmallLetters } from "./small-letters.ts";
import type { DrawPhase, DrawSnapshot } from "./snapshot.ts";
import { admittedStatusMs } from "./status-plan.ts";
import { pathOf } from "./transport.ts";

const healEveryMs = 300_000;
const readAfterSecondsDefault = 5;
const backfillEveryMs = 60_000;
const backfillEveryMsMax = 900_000;
const turnSpreadMs = 300;

/** A draw: how far it has come, and the entries in it. */
export const draw: Mechanism<DrawEntry, DrawNews, DrawSnapshot> = {
  noun: "draw",
  waitingStatus: "ENTERED",
  topicOf: (id, { clock }) => ({
    event: "draw",
    // Each answer is made for the one who asks, and little changes before the result.
    pollMsMin: 12_000,
    streamRequest: () => ({ path: pathOf("draw", id, "/stream") }),
    pollRequest: () => ({ path: pathOf("draw", id) }),
    read: (body, last) => readNews(id, body, last, clock.now()),
  }),
  placeIn: (host) => new DrawPlace(host),
};

/** What a stream tells is news as they are; what is read of a draw says the same without version and time. */
function readNews(drawId: string, body: unknown, last: DrawNews | null, nowMs: number): DrawNews | null {
  if (!hasMembers(body, "string", "status", "closeAt", "drawAt")) return null;
  const asOf = new Date(nowMs).toISOString();
  // A change to null has taken the member away.
  const known = { drawId, version: last?.version ?? 0, asOf, openAt: null, drawnAt: null };
  return Object.assign(known, body) as unknown as DrawNews;
}

/** An entry in a draw: waits for the result, then for the turn to buy, or for a seat that comes free. */
class DrawPlace implements Place<DrawEntry, DrawNews, DrawSnapshot> {
  readonly #host: PlaceHost<DrawEntry>;
  /** Do free seats go on to those who have lost? Null: it is not known yet. */
  #hasBackfill: boolean | null = null;
  #isAsking = false;

  constructor(host: PlaceHost<DrawEntry>) {
    this.#host = host;
  }

  forget(): void {}

  settle(entry: DrawEntry | null, news: DrawNews | null): boolean {
    if (entry?.status === "LOST") this.#askForBackfill();
    if (entry?.status !== "ENTERED") return this.#mayStillWin(entry);
    return news?.status === "COMPLETED" || !!news?.removed?.includes(entry.number);
  }

  isLive(entry: DrawEntry | null): boolean {
    return entry?.status === "ENTERED" || entry?.status === "WON" || this.#mayStillWin(entry);
  }

  isNewsOfUse(entry: DrawEntry | null, news: DrawNews | null): boolean {
    return !isOver(news) && (entry === null || entry.status === "ENTERED" || entry.status === "LEFT");
  }

  statusDelayMs(entry: DrawEntry, news: DrawNews | null, isDue: boolean, asks: number): number | null {
    const { clock, surroundings } = this.#host.transport;
    const { random } = surroundings;
    const spread = 0.75 + random() / 2;
    if (entry.status === "ENTERED") {
      if (!isDue) return isOver(news) ? null : healEveryMs * spread;
      if (asks > 0) return backoffMs(asks - 1, random);
      return (news?.readAfterSecondsMax ?? readAfterSecondsDefault) * 1_000 * random();
    }
    if (entry.status === "WON") {
      const { admission, admissionAt } = entry;
      if (!admissionAt) return admittedStatusMs(admission, clock.now(), asks, random);
      return Math.max(1_000, Date.parse(admissionAt) - clock.now()) + turnSpreadMs * random();
    }
    return isDue ? Math.min(backfillEveryMsMax, backfillEveryMs * 2 ** (asks / 4)) * spread : null;
  }

  compose({ entry, isKnown, news, ...shared }: Standing<DrawEntry, DrawNews>): DrawSnapshot {
    const drawStatus = news?.status ?? entry?.drawStatus ?? null;
    return {
      ...shared,
      drawId: this.#host.id,
      phase: entry === null ? (isKnown ? "outside" : "loading") : phaseOf(entry, drawStatus),
      drawStatus,
      draw: news,
      entry,
      mayStillWin: this.#mayStillWin(entry),
      admission: entry?.admission ?? null,
      admissionAt: entry?.admissionAt ?? null,
    };
  }

  #mayStillWin(entry: DrawEntry | null): boolean {
    return entry?.status === "LOST" && this.#hasBackfill === true;
  }

  /** The entry does not tell it, and the news neither. */
  #askForBackfill(): void {
    if (this.#hasBackfill !== null || this.#isAsking) return;
    this.#isAsking = true;
    const { id, transport, onChange } = this.#host;
    transport.call({ path: pathOf("draw", id), triesMax: 9 }, isNamed<PublicDraw>).then(
      ({ backfill }) => {
        this.#hasBackfill = backfill;
        onChange();
      },
      () => {
        this.#isAsking = false;
      },
    );
  }
}

/** Has the draw come to its end, whatever it is? */
function isOver(news: DrawNews | null): boolean {
  const status = news?.status;
  return status === "COMPLETED" || status === "CANCELLED" || status === "VOID";
}

function phaseOf({ status, admissionAt }: DrawEntry, drawStatus: DrawStatus | null): DrawPhase {
  if (status === "WON") return admissionAt ? "won" : "admitted";
  if (status !== "ENTERED") return inSmallLetters(status);
  if (drawStatus === "CANCELLED" || drawStatus === "VOID") return inSmallLetters(drawStatus);
  return drawStatus === "CLOSED" || drawStatus === "COMPLETED" ? "drawing" : "entered";
}
