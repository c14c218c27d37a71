import {
  type Board,
  type Entry,
  type EntryStatus,
  limits,
  type PublicQueue,
  type Queue,
} from "@stanchion/contract";
import { FakeDistribution, type FakeEntry } from "./fake-distribution.ts";
import { randomHex, timeOf } from "./fake-ids.ts";
import { type FakeConsumer, type FakeWorld, newAdmission, requireLevel } from "./fake-world.ts";
import { refuse } from "./refusal.ts";

const segmentRanks = limits.boardSegmentRanks;

const staysClosed = {
  details: { state: "CLOSED", hint: "A queue that has closed stays closed: make another." },
};
const isAdmitted = "It is this person's turn already: nothing needs to be done.";
const notInLine = "This person is out of the line: nobody is admitted who is not in it.";
const isOut = "This person is out of the line already: nothing needs to be done.";
const nothingToLeave = "You are out of this line already: there is no place to leave.";
const takenOut = "The operator has taken you out of this line, and you cannot join it again.";

/** A mail at the turn that was asked for. */
interface FakeTurnMail {
  readonly language: string;
  readonly requestedAtMs: number;
  sentAtMs: number | null;
}

/** One stay of somebody in the line. */
export interface FakeStay extends FakeEntry {
  readonly ticket: number;
  readonly lineToken: string;
  status: EntryStatus;
  isBlocked: boolean;
  endedReason: Entry["endedReason"];
  turnMail: FakeTurnMail | null;
}

/** What a queue is set to. */
export type QueueSettings = Omit<Queue, "status" | "waiting" | "version" | "isPaused" | "updatedAt">;

/** A queue of the fake server. It admits nobody by itself: the test says who is next and when. */
export class FakeQueue extends FakeDistribution<QueueSettings, FakeStay, Board> {
  #isPaused = false;
  #endedReason: Entry["endedReason"];
  #nowServing = 0;

  constructor(world: FakeWorld, settings: QueueSettings) {
    super(world, settings, { held: "ADMITTED", missing: "NOT_IN_QUEUE" });
    // What was told first is how it begins.
    this.tellChanges();
  }

  get status(): Queue["status"] {
    const { openAt, closeAt } = this.settings;
    if (closeAt !== null && Date.parse(closeAt) <= this.now) return "CLOSED";
    if (openAt !== null && Date.parse(openAt) > this.now) return "SCHEDULED";
    return this.#isPaused ? "PAUSED" : "OPEN";
  }

  /** Opens it now, where it was to open later. */
  open(): void {
    if (this.status === "CLOSED") throw refuse("INVALID_STATE", staysClosed);
    if (this.status === "SCHEDULED") this.change({ openAt: timeOf(this.now) });
  }

  /** Stops admitting by `admitNext`; joining goes on. */
  pause(): void {
    this.#setPaused(true);
  }

  resume(): void {
    this.#setPaused(false);
  }

  /** Takes no more joins; with `drain` false it ends for all who wait. */
  close({ drain = true }: { readonly drain?: boolean } = {}): void {
    const closeAt = this.status === "CLOSED" ? this.settings.closeAt : timeOf(this.now);
    if (!drain) this.#endForAll("ENDED_BY_OPERATOR");
    this.change({ closeAt });
  }

  /** Ends the stock: the line ends for all who wait, and who is admitted already may still buy. */
  sellOut(): void {
    this.#endForAll("SOLD_OUT");
    this.change({ closeAt: timeOf(this.now) });
  }

  /** Admits the next in line; answers their consumer ids. Fewer where fewer wait, and nobody while it is paused. */
  admitNext(count = 1): string[] {
    if (this.status !== "OPEN" && this.status !== "CLOSED") return [];
    const next = this.entries.filter(({ status }) => status === "QUEUED").slice(0, count);
    for (const stay of next) {
      this.#admit(stay);
      this.#nowServing = stay.ticket;
    }
    if (next.length > 0) this.tellChanges(true);
    return next.map(({ consumerId }) => consumerId);
  }

  /** Admits one who waits, out of order. */
  admit(consumerId: string): void {
    const stay = this.latestOf(consumerId);
    this.#refuseEnded(stay);
    const state = this.statusOf(stay);
    const hint = state === "ADMITTED" ? isAdmitted : notInLine;
    if (state !== "QUEUED") throw refuse("INVALID_STATE", { details: { state, hint } });
    this.#refuseOverCaps();
    this.#admit(stay);
    this.tellChanges(true);
  }

  /** Takes somebody out of the line, or the admission back. */
  deny(consumerId: string, { block = false }: { readonly block?: boolean } = {}): void {
    const stay = this.latestOf(consumerId);
    this.#refuseEnded(stay);
    this.#refusePastExpiry(stay);
    if (stay.status !== "QUEUED" && stay.status !== "ADMITTED")
      throw refuse("INVALID_STATE", { details: { state: stay.status, hint: isOut } });
    stay.status = "DENIED";
    stay.isBlocked = block;
    this.tellChanges(true);
  }

  enter(consumer: FakeConsumer, device: string | null): FakeStay {
    requireLevel(this.settings.entryLevel, consumer);
    if (this.status === "SCHEDULED") throw this.notOpen("QUEUE_NOT_OPEN", { hint: "Come back then." });
    const before = this.findLatest(consumer.id);
    if (before !== undefined && this.statusOf(before) === "COMPLETED")
      throw refuse("ALREADY_COMPLETED", { details: { state: "COMPLETED" } });
    if (before?.isBlocked) throw refuse("RESOURCE_RESTRICTED", { details: { hint: takenOut } });
    if (this.status === "CLOSED") throw refuse("QUEUE_CLOSED", { details: { state: "CLOSED" } });
    const { capacity } = this.settings;
    const hint = "A place comes free when someone leaves.";
    if (capacity !== null && this.#waiting >= capacity)
      throw refuse("QUEUE_FULL", { details: { capacity, limit: capacity, hint } });
    const stay = this.add(consumer, device);
    this.tellChanges(true);
    return stay;
  }

  /** The stay of who waits or is admitted. */
  liveStayOf(consumerId: string): FakeStay | undefined {
    const stay = this.findLatest(consumerId);
    return stay !== undefined && ["QUEUED", "ADMITTED"].includes(this.statusOf(stay)) ? stay : undefined;
  }

  leave(consumerId: string): FakeStay {
    const stay = this.latestOf(consumerId);
    if (stay.status === "LEFT") return stay;
    this.#refuseEnded(stay);
    this.#refusePastExpiry(stay);
    const state = this.statusOf(stay);
    if (state !== "QUEUED" && state !== "ADMITTED")
      throw refuse("INVALID_STATE", { details: { state, hint: nothingToLeave } });
    stay.status = "LEFT";
    this.tellChanges(true);
    return stay;
  }

  async entryOf(stay: FakeStay, withReceipt: boolean): Promise<Entry> {
    const { entryId, consumerId, ticket, lineToken, endedReason } = stay;
    const status = this.statusOf(stay);
    const ahead = status === "QUEUED" ? this.#ahead(ticket) : null;
    return {
      entryId,
      queueId: this.id,
      consumerId,
      status,
      ticket,
      rank: ticket,
      position: ahead === null ? null : ahead + 1,
      ahead,
      estimatedWaitSeconds: ahead === null ? null : this.#waitAt(ahead + 1),
      enteredAt: timeOf(stay.enteredAtMs),
      lineToken,
      receipt: withReceipt ? this.receiptOf(stay, { ticket }) : null,
      ...(await this.heldBy(stay)),
      ...(status === "DENIED" && endedReason !== undefined ? { endedReason } : {}),
    };
  }

  publicView(): PublicQueue {
    const { id, name, experienceId, sequenceId, openAt, closeAt, timeZone, capacity } = this.settings;
    const { pageUrl, waitlistUrl, shuffleBeforeOpen, joinFrom, beacon, rulesHash } = this.settings;
    const facts = {
      id,
      name,
      experienceId,
      sequenceId,
      status: this.status,
      openAt,
      closeAt,
      timeZone,
      capacity,
    };
    return {
      ...facts,
      waiting: this.#waiting,
      pageUrl,
      waitlistUrl,
      shuffleBeforeOpen,
      joinFrom,
      beacon,
      rulesHash,
    };
  }

  view(): Queue {
    return { ...this.settings, ...this.publicView(), isPaused: this.#isPaused, ...this.stamps };
  }

  board(): Board {
    const { status } = this;
    const reason =
      this.#endedReason ??
      (status === "PAUSED" ? "PAUSED_BY_OPERATOR" : status === "CLOSED" ? "CLOSED" : null);
    return {
      queueId: this.id,
      status,
      version: this.newsVersion,
      nowServing: this.#nowServing,
      lastTicket: this.entries.length,
      waiting: this.#waiting,
      admitRate: this.settings.admitRate,
      segment: segmentRanks,
      departed: this.#departedCounts(),
      ...(reason === null ? {} : { reason }),
      asOf: timeOf(this.now),
    };
  }

  protected newsNow(): Board {
    return this.board();
  }

  /** The bits of who waits no more in one segment; null where there is none. */
  segment(index: number): Uint8Array<ArrayBuffer> | null {
    if (!(index <= segmentOf(this.entries.length))) return null;
    const bits = new Uint8Array(segmentRanks / 8);
    for (const { ticket } of this.#departed(index)) {
      const bit = ticket % segmentRanks;
      bits[bit >> 3] = (bits[bit >> 3] ?? 0) | (1 << (bit & 7));
    }
    return bits;
  }

  protected whyNotHeld(state: EntryStatus): string {
    return state === "QUEUED"
      ? "This person still waits: complete it once they are admitted."
      : "This person has left the line or was taken out of it, so there is no admission to complete.";
  }

  get #waiting(): number {
    return this.entries.filter(({ status }) => status === "QUEUED").length;
  }

  #setPaused(isPaused: boolean): void {
    if (this.status === "CLOSED") throw refuse("INVALID_STATE", staysClosed);
    if (this.#isPaused === isPaused) return;
    this.#isPaused = isPaused;
    this.change({});
  }

  #endForAll(reason: NonNullable<Entry["endedReason"]>): void {
    this.#endedReason ??= reason;
    for (const stay of this.entries) {
      if (stay.status !== "QUEUED") continue;
      stay.status = "DENIED";
      stay.endedReason = this.#endedReason;
    }
  }

  protected add(consumer: FakeConsumer, device: string | null): FakeStay {
    return this.keep({
      ...this.factsOf(consumer, device),
      ticket: this.entries.length + 1,
      lineToken: randomHex(24),
      status: "QUEUED",
      isBlocked: false,
      endedReason: undefined,
      turnMail: null,
    });
  }

  #admit(stay: FakeStay): void {
    stay.status = "ADMITTED";
    stay.admission = newAdmission(this.now, this.settings);
    if (stay.turnMail !== null) stay.turnMail.sentAtMs = this.now;
  }

  #refuseEnded(stay: FakeStay): void {
    const state = this.statusOf(stay);
    if (state === "COMPLETED") throw refuse("ALREADY_COMPLETED", { details: { state } });
    if (state === "EXPIRED") throw refuse("ADMISSION_EXPIRED", { details: { state } });
  }

  #refusePastExpiry(stay: FakeStay): void {
    if (this.isPast(stay)) throw refuse("ADMISSION_EXPIRED", { details: { state: "EXPIRED" } });
  }

  /** How much of each cap is taken. */
  get #taken() {
    const completed = this.entries.filter((stay) => stay.status === "COMPLETED").length;
    const open = this.entries.filter((stay) => this.statusOf(stay) === "ADMITTED").length;
    return { maxAdmissions: completed + open, maxConcurrentAdmissions: open };
  }

  /** As the server tells it before anybody has gone: by the rate, or by a full checkout of people who take half of the longest time. */
  #waitAt(position: number): number | null {
    if (this.status === "SCHEDULED" || this.#isPaused) return null;
    const { admitRate, maxAdmissions, maxConcurrentAdmissions: places } = this.settings;
    const { admissionExpirationSeconds, completionGraceSeconds } = this.settings;
    const taken = this.#taken;
    if (maxAdmissions !== null && position > maxAdmissions - taken.maxAdmissions) return null;
    const byRate = (position * 60) / admitRate;
    if (places === null) return Math.ceil(byRate);
    const placeSeconds = (admissionExpirationSeconds + completionGraceSeconds) / 2 / places;
    return Math.ceil(Math.max(byRate, (position - places + taken.maxConcurrentAdmissions) * placeSeconds));
  }

  #refuseOverCaps(): void {
    const { maxAdmissions, maxConcurrentAdmissions } = this.settings;
    const caps = this.#taken;
    for (const [cap, limit] of Object.entries({ maxAdmissions, maxConcurrentAdmissions }))
      if (limit !== null && caps[cap as keyof typeof caps] >= limit)
        throw refuse("ADMISSIONS_EXHAUSTED", { details: { cap, limit, state: "EXHAUSTED" } });
  }

  #ahead(ticket: number): number {
    return this.entries.filter((stay) => stay.status === "QUEUED" && stay.ticket < ticket).length;
  }

  #departed(segment: number): FakeStay[] {
    return this.entries.filter((stay) => stay.status !== "QUEUED" && segmentOf(stay.ticket) === segment);
  }

  #departedCounts(): number[] {
    const first = segmentOf(this.#nowServing);
    const counts = new Array<number>(segmentOf(this.entries.length) - first + 1).fill(0);
    for (const { status, ticket } of this.entries) {
      const at = segmentOf(ticket) - first;
      if (status !== "QUEUED" && ticket > this.#nowServing) counts[at] = (counts[at] ?? 0) + 1;
    }
    return counts;
  }
}

function segmentOf(rank: number): number {
  return Math.floor(rank / segmentRanks);
}
