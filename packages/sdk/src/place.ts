import type { EntryAdmission } from "@stanchion/contract";
import type { StoredEntry } from "./session-store.ts";
import type { Connection } from "./snapshot.ts";
import type { StanchionError } from "./stanchion-error.ts";
import type { News, Topic } from "./topic.ts";
import type { Noun, Transport } from "./transport.ts";

/** What all entries have, of a line or a draw. */
export interface AnyEntry {
  readonly entryId: string;
  readonly consumerId: string;
  readonly status: string;
  readonly admission?: EntryAdmission | null | undefined;
}

/** How things stand, as far as it is the same for lines and draws. */
export interface Standing<E extends AnyEntry, N extends News> {
  readonly entry: E | null;
  /** Whether there is an entry is known. */
  readonly isKnown: boolean;
  readonly news: N | null;
  readonly connection: Connection;
  readonly clockOffsetMs: number;
  readonly error: StanchionError | null;
}

/** What a place may use of the watch that it is in. */
export interface PlaceHost<E extends AnyEntry> {
  readonly id: string;
  readonly transport: Transport;
  /** Something that the place has found out by itself changes what it says. */
  onChange(): void;
  /** Keeps what was worked out of the entry. */
  keepEntry(entry: E): void;
}

/** What one entry in one thing means: what it waits for, when to ask for it, and what a page is told. */
export interface Place<E extends AnyEntry, N extends News, S> {
  /** It is another entry now, or none. */
  forget(): void;
  /** Takes what was kept beside the entry. */
  restore?(stored: StoredEntry<E>): void;
  /** Takes note of new news; `isBack`: the server was restored, and what was seen before counts no more. */
  note?(entry: E | null, news: N, isBack: boolean): void;
  /** Works out where the fan stands. Answers whether the entry must have changed, so that it is to be asked for. */
  settle(entry: E | null, news: N | null): boolean;
  /** Can the entry still change by itself? */
  isLive(entry: E | null, news: N | null): boolean;
  /** Do the news matter to this fan: for the place, or for joining (again)? */
  isNewsOfUse(entry: E | null, news: N | null): boolean;
  /**
   * When to ask for the entry next, in ms; null: nothing will change by itself. `asks`: how often it was asked for in
   * vain since it must have changed.
   */
  statusDelayMs(entry: E, news: N | null, isDue: boolean, asks: number): number | null;
  /** What a page is told. */
  compose(standing: Standing<E, N>): S;
}

/** All that makes lines and draws different from each other. */
export interface Mechanism<E extends AnyEntry, N extends News, S> {
  readonly noun: Noun;
  /** The status of who waits and has nothing to ask for, since the news tell when it ends. */
  readonly waitingStatus: E["status"];
  topicOf(id: string, transport: Transport): Topic<N>;
  placeIn(host: PlaceHost<E>): Place<E, N, S>;
}
