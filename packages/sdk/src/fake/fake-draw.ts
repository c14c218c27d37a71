import type {
  Draw,
  DrawEntry,
  DrawEntryStatus,
  DrawNews,
  PublicDraw,
  RemovalReason,
} from "@stanchion/contract";
import { FakeDistribution, type FakeEntry } from "./fake-distribution.ts";
import { timeOf } from "./fake-ids.ts";
import { type FakeConsumer, type FakeWorld, newAdmission, requireLevel } from "./fake-world.ts";
import { refuse } from "./refusal.ts";

/** One entry of somebody in a draw. */
export interface FakeDrawEntry extends FakeEntry {
  readonly number: number;
  status: DrawEntryStatus;
  reason?: RemovalReason;
}

/** What a draw is set to. */
export type DrawSettings = Omit<
  Draw,
  "status" | "entries" | "drawnAt" | "cancelledAt" | "version" | "updatedAt"
>;

const latestRemovalsMax = 100;

/** A draw of the fake server. Nothing comes of it by itself: the test says who wins and when. */
export class FakeDraw extends FakeDistribution<DrawSettings, FakeDrawEntry, DrawNews> {
  #cancelledAtMs: number | null = null;
  #drawnAtMs: number | null = null;
  /** The numbers that were taken out last, the last one first. */
  #latestRemovals: readonly number[] = [];

  constructor(world: FakeWorld, settings: DrawSettings) {
    super(world, settings, { held: "WON", missing: "NOT_IN_DRAW" });
    // What was told first is how it begins.
    this.tellChanges();
  }

  get status(): Draw["status"] {
    const { openAt, closeAt } = this.settings;
    if (this.#cancelledAtMs !== null) return "CANCELLED";
    if (this.#drawnAtMs !== null) return "COMPLETED";
    if (Date.parse(closeAt) <= this.now) return "CLOSED";
    return openAt !== null && Date.parse(openAt) > this.now ? "SCHEDULED" : "OPEN";
  }

  /** Opens it now, where it was to open later. */
  open(): void {
    if (this.status === "SCHEDULED") this.change({ openAt: timeOf(this.now) });
  }

  /** Closes it now: its list is frozen, and nobody enters or leaves any more. */
  freeze(): void {
    if (this.status === "SCHEDULED" || this.status === "OPEN") this.change({ closeAt: timeOf(this.now) });
  }

  /** Publishes the result, which freezes the list first. Without `winners` those who entered first win. */
  draw({ winners }: { readonly winners?: readonly string[] } = {}): void {
    this.freeze();
    if (this.status !== "CLOSED") throw refuse("INVALID_STATE", { details: { state: this.status } });
    const entered = this.entries.filter(({ status }) => status === "ENTERED");
    const won = winners ?? entered.slice(0, this.settings.winnerCount).map(({ consumerId }) => consumerId);
    const strangers = won.filter((winner) => !entered.some(({ consumerId }) => consumerId === winner));
    if (strangers.length > 0)
      throw new TypeError(`Not in the draw, so they cannot win: ${strangers.join(", ")}.`);
    if (won.length > this.settings.winnerCount)
      throw new TypeError(`The draw has ${this.settings.winnerCount} winners at most, not ${won.length}.`);
    for (const entry of entered) {
      entry.status = won.includes(entry.consumerId) ? "WON" : "LOST";
      if (entry.status === "WON") entry.admission = newAdmission(this.now, this.settings);
    }
    this.#drawnAtMs = this.now;
    this.change({});
  }

  /** Calls it off, before its result is out. */
  cancel(): void {
    if (this.status === "CANCELLED") return;
    if (this.status === "COMPLETED") throw refuse("INVALID_STATE", resultStands);
    this.#cancelledAtMs = this.now;
    this.change({});
  }

  /** Takes a win back. */
  deny(consumerId: string, reason: RemovalReason = "RULES"): void {
    const entry = this.latestOf(consumerId);
    this.#requireWin(entry);
    entry.status = "DENIED";
    entry.reason = reason;
    this.tellChanges(true);
  }

  enter(consumer: FakeConsumer, device: string | null): FakeDrawEntry {
    requireLevel(this.settings.entryLevel, consumer);
    const { status } = this;
    if (status === "SCHEDULED") throw this.notOpen("DRAW_NOT_OPEN");
    if (this.findLatest(consumer.id)?.status === "DENIED") throw refuse("RESOURCE_RESTRICTED", takenOut);
    if (status !== "OPEN")
      throw refuse("DRAW_CLOSED", { details: { state: status === "CANCELLED" ? status : "CLOSED" } });
    const { capacity } = this.settings;
    const hint = "A place comes free when someone leaves before the close.";
    if (capacity !== null && this.#count >= capacity)
      throw refuse("DRAW_FULL", { details: { capacity, limit: capacity, hint } });
    const entry = this.add(consumer, device);
    this.tellChanges(true);
    return entry;
  }

  liveEntryOf(consumerId: string): FakeDrawEntry | undefined {
    const entry = this.findLatest(consumerId);
    return entry === undefined || entry.status === "LEFT" || entry.status === "DENIED" ? undefined : entry;
  }

  leave(consumerId: string): FakeDrawEntry {
    const entry = this.latestOf(consumerId);
    if (entry.status === "LEFT") return entry;
    if (this.status === "CANCELLED") throw refuse("INVALID_STATE", wasCancelled);
    if (this.status === "CLOSED" || entry.status === "LOST") throw refuse("INVALID_STATE", listIsFixed);
    if (entry.status !== "ENTERED") this.#requireWin(entry);
    entry.status = "LEFT";
    this.tellChanges(true);
    return entry;
  }

  /** Takes an entry out before the list is frozen. */
  remove(consumerId: string, reason: RemovalReason): FakeDrawEntry {
    const entry = this.latestOf(consumerId);
    if (entry.status === "DENIED") return entry;
    if (this.status !== "OPEN" && this.status !== "SCHEDULED")
      throw refuse("INVALID_STATE", { details: { state: this.status, hint: whatInstead[this.status] } });
    const removals = [entry.number, ...this.#latestRemovals];
    if (entry.status === "ENTERED") this.#latestRemovals = removals.slice(0, latestRemovalsMax);
    entry.status = "DENIED";
    entry.reason = reason;
    this.tellChanges(true);
    return entry;
  }

  /** The entry as it is told: to the entrant with receipt and admission; to who has left without the draw's state. */
  async entryOf(entry: FakeDrawEntry, reader: "entrant" | "leaver" | "shop"): Promise<DrawEntry> {
    const { entryId, consumerId, number, reason, enteredAtMs } = entry;
    const isEntrant = reader === "entrant";
    return {
      entryId,
      drawId: this.id,
      consumerId,
      status: this.statusOf(entry),
      ...(reader === "leaver" ? {} : { drawStatus: this.status }),
      number,
      enteredAt: timeOf(enteredAtMs),
      ...(reason === undefined ? {} : { reason }),
      receipt: isEntrant ? this.receiptOf(entry, { number }) : null,
      ...(isEntrant ? await this.heldBy(entry) : {}),
    };
  }

  publicView(): PublicDraw {
    const {
      admissionExpirationSeconds: _,
      completionGraceSeconds: __,
      admitRate: ___,
      ...more
    } = this.settings;
    const { requireFingerprint: ____, checkoutUrl: _____, holds: ______, createdAt: _______, ...told } = more;
    return { ...told, status: this.status, entries: this.#count, drawnAt: this.#at(this.#drawnAtMs) };
  }

  view(): Draw {
    const cancelledAt = this.#at(this.#cancelledAtMs);
    return { ...this.settings, ...this.publicView(), cancelledAt, ...this.stamps };
  }

  protected newsNow(): DrawNews {
    return this.news();
  }

  news(): DrawNews {
    const { openAt, closeAt, drawAt } = this.settings;
    const removed = [...this.#latestRemovals];
    return {
      drawId: this.id,
      status: this.status,
      version: this.newsVersion,
      entries: this.#count,
      openAt,
      closeAt,
      drawAt,
      drawnAt: this.#at(this.#drawnAtMs),
      ...(removed.length > 0 ? { removed } : {}),
      ...(this.status === "COMPLETED" ? { readAfterSecondsMax: 1 } : {}),
      asOf: timeOf(this.now),
    };
  }

  get #count(): number {
    const isOut = ({ status, admission }: FakeDrawEntry): boolean =>
      (status === "LEFT" || status === "DENIED") && admission === undefined;
    return this.entries.filter((entry) => !isOut(entry)).length;
  }

  #at(ms: number | null): string | null {
    return ms === null ? null : timeOf(ms);
  }

  protected add(consumer: FakeConsumer, device: string | null): FakeDrawEntry {
    const number = this.entries.length + 1;
    return this.keep({ ...this.factsOf(consumer, device), number, status: "ENTERED" });
  }

  #requireWin(entry: FakeDrawEntry): void {
    const state = this.statusOf(entry);
    if (state === "COMPLETED") throw refuse("ALREADY_COMPLETED", { details: { state } });
    if (state === "EXPIRED" || this.isPast(entry))
      throw refuse("ADMISSION_EXPIRED", { details: { state: "EXPIRED" } });
    if (state !== "WON")
      throw refuse("INVALID_STATE", { details: { state, hint: this.#whyNothingIsDenied(state) } });
  }

  #whyNothingIsDenied(state: DrawEntryStatus): string {
    if (state === "LOST") return "This person has not won: there is nothing to take back.";
    if (state !== "ENTERED") return "This person is out of the draw already: nothing needs to be done.";
    return this.#admitsNobody ? nobodyToTakeOut : notDrawnYet;
  }

  protected whyNotHeld(state: DrawEntryStatus): string {
    switch (state) {
      case "ENTERED":
        return this.#admitsNobody
          ? "The draw admits nobody, so there is no win to complete."
          : "Nobody has won yet: ask again once the draw is drawn.";
      case "LEFT":
        return "This person has left the draw or given the win up, so there is none to complete.";
      case "DENIED":
        return "This person was taken out of the draw, or the win was taken back, so there is none to complete.";
      default:
        return "This person has not won, so there is no win to complete.";
    }
  }

  get #admitsNobody(): boolean {
    return this.status === "CANCELLED" || this.status === "VOID";
  }
}

const listStands = "The draw has closed, and its list stands. Who wins can be denied once it is drawn.";
const nobodyToTakeOut = "The draw admits nobody, so nobody needs to be taken out.";
const whatInstead: Readonly<Record<Draw["status"], string>> = {
  SCHEDULED: listStands,
  OPEN: listStands,
  CLOSED: listStands,
  COMPLETED: "The draw is drawn, and its list stands. If this person has won, deny the win.",
  CANCELLED: nobodyToTakeOut,
  VOID: nobodyToTakeOut,
};
const resultStands = {
  details: {
    state: "COMPLETED",
    hint: "The result is out and stands. A single win can be taken back: deny it.",
  },
};

const notDrawnYet =
  "Nobody has won yet. Until the draw closes, use remove instead of deny to take somebody out of it.";
const takenOut = {
  details: {
    hint: "The operator has taken you out of this draw, and you cannot enter it again: your status there says why.",
  },
};
const wasCancelled = {
  details: {
    state: "CANCELLED",
    hint: "The draw was cancelled and admits nobody: there is nothing to leave.",
  },
};
const listIsFixed = {
  details: { state: "CLOSED", hint: "The draw has closed and its list stands: nobody leaves any more." },
};
