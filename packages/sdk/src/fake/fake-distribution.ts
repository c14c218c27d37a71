import type { EntryAdmission, ErrorCode } from "@stanchion/contract";
import { idOf, randomHex, timeOf } from "./fake-ids.ts";
import { changeOf } from "./fake-streams.ts";
import {
  type AdmissionHolder,
  admissionWithToken,
  endAdmission,
  type FakeAdmission,
  type FakeConsumer,
  type FakeWorld,
  levelOf,
  newConsumer,
} from "./fake-world.ts";
import type { KnownDevice } from "./fingerprints.ts";
import { type Refusal, refuse } from "./refusal.ts";

/** One entry of somebody, in a line or in a draw. */
export interface FakeEntry extends KnownDevice {
  readonly entryId: string;
  readonly consumerId: string;
  readonly enteredAtMs: number;
  status: string;
  admission?: FakeAdmission;
}

interface DistributionSettings {
  readonly id: string;
  readonly openAt: string | null;
  readonly rulesHash: string | null;
}

/** What tells lines and draws apart in what they have in common. */
interface DistributionKind<Status> {
  /** The status of who may buy. */
  readonly held: Status;
  readonly missing: ErrorCode;
}

/** What a line and a draw of the fake server have in common: settings, entries, time to buy, and news that are told. */
export abstract class FakeDistribution<
  Settings extends DistributionSettings,
  Entry extends FakeEntry,
  News extends { readonly status: string },
> {
  readonly id: string;
  settings: Settings;
  /** Everybody's, oldest first. */
  readonly entries: Entry[] = [];
  protected readonly world: FakeWorld;
  protected newsVersion = 1;
  readonly #kind: DistributionKind<Entry["status"]>;
  readonly #latest = new Map<string, Entry>();
  #version = 1;
  #updatedAtMs: number;
  #told: News | null = null;

  constructor(world: FakeWorld, settings: Settings, kind: DistributionKind<Entry["status"]>) {
    this.world = world;
    this.id = settings.id;
    this.settings = settings;
    this.#kind = kind;
    this.#updatedAtMs = world.clock.now();
  }

  /** Puts so many strangers in; answers their consumer ids, in their order. */
  addFans(count: number): string[] {
    const fans = Array.from({ length: count }, () => this.add(newConsumer(this.world), null).consumerId);
    this.tellChanges(true);
    return fans;
  }

  /** Ends the time to buy of who has not bought, its grace too. */
  expire(consumerId: string): void {
    const entry = this.latestOf(consumerId);
    if (this.statusOf(entry) !== this.#kind.held || entry.admission === undefined)
      throw this.#wrongState(entry);
    endAdmission(entry.admission, this.now);
    this.tellChanges(true);
  }

  /** Uses the time to buy up, as a purchase does. */
  complete(consumerId: string, orderId: string | null = null): void {
    this.holderOf(this.latestOf(consumerId)).use(orderId);
  }

  /** A token of this moment, such as the one that the page takes to the checkout. */
  async admissionToken(consumerId: string): Promise<string> {
    const entry = this.latestOf(consumerId);
    const { admission } = await this.heldBy(entry);
    if (admission === undefined) throw this.#wrongState(entry);
    return admission.token;
  }

  latestOf(consumerId: string): Entry {
    const entry = this.findLatest(consumerId);
    if (entry === undefined) throw refuse(this.#kind.missing);
    return entry;
  }

  entryOfAdmission(admissionId: string): Entry | undefined {
    return this.entries.find(({ admission }) => admission?.id === admissionId);
  }

  /** The admission of an entry, for whoever uses it up. */
  holderOf(entry: Entry): AdmissionHolder {
    const requireUsable = (): void => {
      const state = this.statusOf(entry);
      if (state === "COMPLETED") throw refuse("ADMISSION_USED", { details: { state } });
      if (state === "EXPIRED") throw refuse("ADMISSION_EXPIRED", { details: { state } });
      if (state !== this.#kind.held) throw this.#wrongState(entry);
    };
    return {
      distributionId: this.id,
      consumerId: entry.consumerId,
      admission: entry.admission,
      requireUsable,
      use: (orderId) => {
        requireUsable();
        entry.status = "COMPLETED";
        if (entry.admission) entry.admission.usedBy = orderId;
        this.tellChanges(true);
      },
    };
  }

  /** The status, by the time that it is now. */
  statusOf(entry: Entry): Entry["status"] {
    const isOver = entry.status === this.#kind.held && (entry.admission?.releaseAtMs ?? 0) <= this.now;
    return isOver ? "EXPIRED" : entry.status;
  }

  change(settings: Partial<Settings>): void {
    this.settings = { ...this.settings, ...settings };
    this.#version += 1;
    this.#updatedAtMs = this.now;
    this.tellChanges(true);
  }

  /** Tells those who listen what is new: after a verb, or because time has passed. */
  tellChanges(isVerb = false): void {
    const before = this.#told ?? this.newsNow();
    if (isVerb || before.status !== this.newsNow().status) this.newsVersion += 1;
    const news = this.newsNow();
    const change = changeOf(before, news);
    this.#told = change === null ? before : news;
    if (change !== null) this.world.streams.tell(this.id, "change", change, this.newsVersion);
  }

  /** What everybody is told. */
  protected abstract newsNow(): News;

  /** Why an entry in this state holds no admission, in the server's words. */
  protected abstract whyNotHeld(state: Entry["status"]): string;

  /** Makes an entry of the consumer, the next in order. */
  protected abstract add(consumer: FakeConsumer, device: string | null): Entry;

  protected get now(): number {
    return this.world.clock.now();
  }

  protected get stamps(): { readonly version: number; readonly updatedAt: string } {
    return { version: this.#version, updatedAt: timeOf(this.#updatedAtMs) };
  }

  protected findLatest(consumerId: string): Entry | undefined {
    return this.#latest.get(consumerId);
  }

  protected keep(entry: Entry): Entry {
    this.entries.push(entry);
    this.#latest.set(entry.consumerId, entry);
    return entry;
  }

  /** What every new entry has. */
  protected factsOf({ id }: FakeConsumer, device: string | null): Omit<FakeEntry, "status" | "admission"> {
    return { entryId: idOf("entry"), consumerId: id, enteredAtMs: this.now, device };
  }

  /** The admission of who may buy now, with a token of this moment; in the grace there is none any more. */
  protected async heldBy(entry: Entry): Promise<{ admission?: EntryAdmission }> {
    const { admission, consumerId } = entry;
    const isHeld = this.statusOf(entry) === this.#kind.held && !this.isPast(entry);
    if (!isHeld || admission === undefined) return {};
    const holder = { consumerId, distributionId: this.id };
    return { admission: await admissionWithToken(this.world, admission, holder) };
  }

  /** Was there a time to buy that is over, though perhaps not its grace? */
  protected isPast({ status, admission }: Entry): boolean {
    return status === this.#kind.held && (admission?.expiresAtMs ?? 0) <= this.now;
  }

  /** When it opens, and how long that is. */
  protected notOpen(code: ErrorCode, more: Readonly<Record<string, unknown>> = {}): Refusal {
    const openAt = this.settings.openAt ?? timeOf(this.now);
    const retryAfter = Math.max(1, Math.ceil((Date.parse(openAt) - this.now) / 1_000));
    return refuse(code, { retryAfterSeconds: retryAfter, details: { openAt, ...more, retryAfter } });
  }

  /** Of the shape that the server gives, with what counts in this distribution; it proves nothing. */
  protected receiptOf<Order extends object>({ consumerId, entryId, enteredAtMs }: Entry, order: Order) {
    const consumer = this.world.consumers.get(consumerId);
    const level = consumer === undefined ? "guest" : levelOf(consumer);
    const enteredAt = timeOf(enteredAtMs);
    const rulesHash = this.settings.rulesHash ?? randomHex(32);
    const told = { consumerId, distributionId: this.id, enteredAt, entryId, level, rulesHash };
    const body = { ...told, subject: randomHex(32), ...order };
    return { body, salt: randomHex(16), index: 0, size: 1, path: [], signature: "e30.e30.c2ln" };
  }

  #wrongState(entry: Entry): Refusal {
    const state = this.statusOf(entry);
    // In the grace it is held still, and there is no token any more.
    const hint = state === this.#kind.held ? {} : { hint: this.whyNotHeld(state) };
    return refuse("INVALID_STATE", { details: { state, ...hint } });
  }
}
