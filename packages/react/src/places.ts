import type { Stanchion, StanchionError, WriteOptions } from "@stanchion/sdk";
import { SharedPlace } from "./shared-place.ts";

/** What keeps one fan's place up to date until it is stopped: the watch of a queue or of a draw. */
export interface Watch<Snapshot> {
  readonly snapshot: Snapshot;
  subscribe(listener: (snapshot: Snapshot) => void): () => void;
  refresh(): void;
  stop(): void;
}

/** Where places are taken, given up and watched: the client's queues or its draws. */
export interface Desk<Snapshot, EnterOptions, Entry> {
  watch(id: string): Watch<Snapshot>;
  enter(id: string, options?: EnterOptions): Promise<Entry>;
  leave(id: string, options?: WriteOptions): Promise<Entry>;
}

/** What is under way, and what became of the last that was tried. */
export interface ActionState {
  /** The call that is under way, by whichever component. */
  readonly pending: "enter" | "leave" | null;
  /** Why the last `enter` or `leave` failed; cleared when the next begins. */
  readonly actionError: StanchionError | null;
}

/** What a fan can do about a place. The functions stay the same as long as client and id do, and never reject with what the server refuses. */
export interface PlaceActions<EnterOptions, Entry> {
  /** Takes a place; null where that failed, which `actionError` explains. A second call while one is under way is the same call. */
  enter(options?: EnterOptions): Promise<Entry | null>;
  /** Gives the place up; null where that failed, which `actionError` explains. */
  leave(options?: WriteOptions): Promise<Entry | null>;
  /** Asks the server anew at once, unless it asked to be left alone for a while. */
  refresh(): void;
}

/** What tells things of one kind that are watched from those of another. */
export interface KindOfThing<Snapshot> {
  readonly watch: (client: Stanchion, id: string) => Watch<Snapshot>;
  /** The snapshot before anything is known, which is all that a server can render. */
  readonly loading: (id: string) => Snapshot;
}

/** The things of one kind that are watched at the moment: one for each client and id, however many components show it. */
export class SharedWatches<Snapshot> {
  readonly kind: KindOfThing<Snapshot>;
  readonly #ofClients = new WeakMap<Stanchion, Map<string, SharedPlace<Snapshot>>>();

  constructor(kind: KindOfThing<Snapshot>) {
    this.kind = kind;
  }

  /** The place, if anybody watches it. */
  find(client: Stanchion, id: string): SharedPlace<Snapshot> | undefined {
    return this.#ofClients.get(client)?.get(id);
  }

  /** The place, which is watched from now on; it must be held, or nobody would ever stop it. */
  open(client: Stanchion, id: string): SharedPlace<Snapshot> {
    const ofClient = this.#ofClients.get(client) ?? new Map<string, SharedPlace<Snapshot>>();
    this.#ofClients.set(client, ofClient);
    const known = ofClient.get(id);
    if (known !== undefined) return known;
    const watch = this.kind.watch(client, id);
    const place = new SharedPlace<Snapshot>(watch, () => void ofClient.delete(id));
    ofClient.set(id, place);
    return place;
  }
}

/** The places of one kind: what is watched, and where it is taken and given up. */
export class Places<Snapshot, EnterOptions, Entry> extends SharedWatches<Snapshot> {
  readonly deskOf: (client: Stanchion) => Desk<Snapshot, EnterOptions, Entry>;

  constructor(
    deskOf: (client: Stanchion) => Desk<Snapshot, EnterOptions, Entry>,
    loading: (id: string) => Snapshot,
  ) {
    super({ watch: (client, id) => deskOf(client).watch(id), loading });
    this.deskOf = deskOf;
  }
}
