import type { RequestFacts } from "./request-facts.ts";

/** Calls with a secret key, calls of fans, calls that belong to nobody. */
export type RingPart = "server" | "fan" | "nobody";

/** A request that waits to be written. */
export interface PendingRequest {
  readonly requestId: string;
  readonly organizationId: string | null;
  readonly isLive: boolean | null;
  readonly part: RingPart;
  /** On the clock of `performance.now()`. */
  readonly answeredAtMs: number;
  /** How many this process had noted before. */
  readonly place: number;
  readonly facts: RequestFacts;
}

/** Answers that are alike: of one organization in one mode, or of nobody, with one code. */
export interface PendingKind {
  readonly owner: string;
  /** With the owner in it. */
  readonly name: string;
}

export interface PendingBounds {
  /** What waits at most, all kinds of all owners together. */
  readonly pendingMax: number;
  /** What waits at most of one organization in one mode, or of nobody. */
  readonly pendingPerOwnerMax: number;
  /** How many of one kind are taken at once after a quiet time. */
  readonly burst: number;
  /** How many of one kind a second in the long run. */
  readonly perSecond: number;
  /** In a flood the newest takes the place of an older one no more often than this. */
  readonly replaceEveryMs: number;
  readonly kindsMax: number;
}

export const usualBounds: PendingBounds = {
  pendingMax: 2_000,
  pendingPerOwnerMax: 200,
  burst: 100,
  perSecond: 2,
  replaceEveryMs: 50,
  kindsMax: 5_000,
};

interface Kind {
  readonly pending: PendingRequest[];
  allowance: number;
  refilledAtMs: number;
  replacedAtMs: number;
  replaceNext: number;
}

/**
 * What waits to be written, bounded: a flood of equal answers (one organization, one code) gets a burst and then a trickle of its
 * newest, and what is not taken costs its request nearly nothing.
 */
export class PendingRequests {
  /** Noted and not kept, so far. */
  dropped = 0;
  readonly #bounds: PendingBounds;
  readonly #kinds = new Map<string, Kind>();
  readonly #owned = new Map<string, number>();
  #count = 0;

  constructor(bounds: PendingBounds = usualBounds) {
    this.#bounds = bounds;
  }

  get count(): number {
    return this.#count;
  }

  /** Takes what `make` makes, unless there is too much of its kind or of all. */
  note({ owner, name }: PendingKind, nowMs: number, make: () => PendingRequest): void {
    const kind = this.#kindOf(name, nowMs);
    if (kind === null) {
      this.dropped += 1;
      return;
    }
    const { pending } = kind;
    const owned = this.#owned.get(owner) ?? 0;
    if (kind.allowance < 1) this.#refill(kind, nowMs);
    if (
      kind.allowance >= 1 &&
      owned < this.#bounds.pendingPerOwnerMax &&
      this.#count < this.#bounds.pendingMax
    ) {
      kind.allowance -= 1;
      kind.replacedAtMs = nowMs;
      pending.push(make());
      this.#owned.set(owner, owned + 1);
      this.#count += 1;
      return;
    }
    this.dropped += 1;
    if (pending.length === 0 || nowMs - kind.replacedAtMs < this.#bounds.replaceEveryMs) return;
    kind.replacedAtMs = nowMs;
    pending[kind.replaceNext % pending.length] = make();
    kind.replaceNext += 1;
  }

  /** Everything that waits, oldest first. */
  take(nowMs: number): PendingRequest[] {
    const taken: PendingRequest[] = [];
    for (const [name, kind] of this.#kinds) {
      taken.push(...kind.pending.splice(0));
      kind.replaceNext = 0;
      this.#refill(kind, nowMs);
      if (kind.allowance === this.#bounds.burst) this.#kinds.delete(name);
    }
    this.#count = 0;
    this.#owned.clear();
    return taken.sort((one, other) => one.place - other.place);
  }

  #kindOf(name: string, nowMs: number): Kind | null {
    const known = this.#kinds.get(name);
    if (known !== undefined) return known;
    if (this.#kinds.size >= this.#bounds.kindsMax) return null;
    const kind = {
      pending: [],
      allowance: this.#bounds.burst,
      refilledAtMs: nowMs,
      replacedAtMs: nowMs,
      replaceNext: 0,
    };
    this.#kinds.set(name, kind);
    return kind;
  }

  #refill(kind: Kind, nowMs: number): void {
    const { burst, perSecond } = this.#bounds;
    const elapsedSeconds = Math.max(0, nowMs - kind.refilledAtMs) / 1000;
    kind.allowance = Math.min(burst, kind.allowance + elapsedSeconds * perSecond);
    kind.refilledAtMs = nowMs;
  }
}
