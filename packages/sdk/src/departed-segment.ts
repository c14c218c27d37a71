import type { Board } from "@stanchion/contract";
import type { Alarm } from "./alarm.ts";
import { type DepartedBits, departedInSegmentOf, departedKnown, segmentOf } from "./position.ts";
import type { Transport } from "./transport.ts";

const askEveryMs = 2_000;
/** Old copies in caches are asked past so often; then only a new count is a reason to ask again. */
const asksForSameCountMax = 3;

/** What the asking rests on; told, so that a piece that is loaded by itself needs no other. */
export interface SegmentSource {
  readonly transport: Transport;
  readonly alarm: Alarm;
  path(segment: number): string;
  /** For how long the server is left alone after so many failures before this one, in ms. */
  waitAfterMs(error: unknown, failures: number): number;
  onBits(): void;
}

/** Keeps the bits of one entry's segment as new as the board needs them, asking rarely. */
export class DepartedSegment {
  readonly #source: SegmentSource;
  #bits: DepartedBits | null = null;
  #asking: AbortController | null = null;
  #failures = 0;
  #countAsked = 0;
  #asksForSameCount = 0;
  #notBeforeMs = 0;

  constructor(source: SegmentSource) {
    this.#source = source;
  }

  /** What is known; null until something departed in the segment. */
  get bits(): DepartedBits | null {
    return this.#bits;
  }

  /** Asks for the bits, soon, when the board counts more departed in this rank's segment than are known. */
  follow(board: Board, rank: number): void {
    const segment = segmentOf(board, rank);
    if (this.#bits !== null && this.#bits.segment !== segment) this.clear();
    const count = departedInSegmentOf(board, rank);
    if (count <= departedKnown(board, rank, this.#bits)) return;
    if (count === this.#countAsked && this.#asksForSameCount >= asksForSameCountMax) return;
    if (this.#source.alarm.isSet || this.#asking !== null) return;
    const { now, random } = this.#source.transport.surroundings;
    // Everybody of the segment sees the same change at the same moment.
    const waitMs = Math.max(0, this.#notBeforeMs - now()) + random() * askEveryMs;
    this.#source.alarm.set(waitMs, () => void this.#ask(segment, count));
  }

  /** Forgets everything and stops asking. */
  clear(): void {
    this.#source.alarm.clear();
    this.#asking?.abort();
    this.#asking = null;
    this.#bits = null;
    this.#countAsked = 0;
    this.#asksForSameCount = 0;
    this.#failures = 0;
  }

  async #ask(segment: number, count: number): Promise<void> {
    const asking = new AbortController();
    this.#asking = asking;
    const { now } = this.#source.transport.surroundings;
    this.#notBeforeMs = now() + askEveryMs;
    try {
      const bytes = await this.#read(segment, asking.signal);
      if (asking.signal.aborted) return;
      this.#failures = 0;
      this.#asksForSameCount = count === this.#countAsked ? this.#asksForSameCount + 1 : 1;
      this.#countAsked = count;
      this.#asking = null;
      this.#bits = { segment, bytes };
      this.#source.onBits();
    } catch (error) {
      if (asking.signal.aborted) return;
      this.#asking = null;
      // The position is only less exact without; the next board asks again.
      this.#notBeforeMs = now() + Math.max(askEveryMs, this.#source.waitAfterMs(error, this.#failures));
      this.#failures += 1;
    }
  }

  // A browser's own cache asks with the ETag. Elsewhere the 512 bytes come again, hardly more than a 304 is.
  #read(segment: number, signal: AbortSignal): Promise<Uint8Array> {
    const { transport, path: pathOf } = this.#source;
    const path = pathOf(segment);
    const headers = { Accept: "application/octet-stream" };
    return transport.attempt({ path, isPublic: true, headers, signal }, async (response) => {
      const bytes = new Uint8Array(await response.arrayBuffer());
      if (!response.headers.get("content-type")?.startsWith("application/octet-stream"))
        throw new TypeError("not the bits of a segment");
      return bytes;
    });
  }
}
