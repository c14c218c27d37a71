import type { Board } from "@stanchion/contract";
import { Alarm } from "./alarm.ts";
import { type DepartedBits, departedInSegmentOf, departedKnown, segmentOf } from "./position.ts";
import { backoffMs, demandedWaitMs } from "./retry.ts";
import { invalidResponse, StanchionError } from "./stanchion-error.ts";
import { queuePath, type Transport } from "./transport.ts";

const askEveryMs = 2_000;
/** Old copies in caches are asked past so often; then only a new count is a reason to ask again. */
const asksForSameCountMax = 3;

/** Keeps the bits of one entry's segment as new as the board needs them, asking rarely. */
export class DepartedSegment {
  readonly #transport: Transport;
  readonly #queueId: string;
  readonly #onBits: () => void;
  readonly #alarm: Alarm;
  #bits: DepartedBits | null = null;
  #asking: AbortController | null = null;
  #failures = 0;
  #countAsked = 0;
  #asksForSameCount = 0;
  #notBeforeMs = 0;

  constructor(transport: Transport, queueId: string, onBits: () => void) {
    this.#transport = transport;
    this.#queueId = queueId;
    this.#onBits = onBits;
    this.#alarm = new Alarm(transport.surroundings);
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
    if (this.#alarm.isSet || this.#asking !== null) return;
    const { now, random } = this.#transport.surroundings;
    // Everybody of the segment sees the same change at the same moment.
    const waitMs = Math.max(0, this.#notBeforeMs - now()) + random() * askEveryMs;
    this.#alarm.set(waitMs, () => void this.#ask(segment, count));
  }

  /** Forgets everything and stops asking. */
  clear(): void {
    this.#alarm.clear();
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
    const { now, random } = this.#transport.surroundings;
    this.#notBeforeMs = now() + askEveryMs;
    try {
      const bytes = await this.#read(segment, asking.signal);
      if (asking.signal.aborted) return;
      this.#failures = 0;
      this.#asksForSameCount = count === this.#countAsked ? this.#asksForSameCount + 1 : 1;
      this.#countAsked = count;
      this.#asking = null;
      this.#bits = { segment, bytes };
      this.#onBits();
    } catch (error) {
      if (asking.signal.aborted) return;
      this.#asking = null;
      // The position is only less exact without; the next board asks again.
      const demandedMs = error instanceof StanchionError ? demandedWaitMs(error) : 0;
      this.#notBeforeMs = now() + Math.max(askEveryMs, demandedMs, backoffMs(this.#failures, random));
      this.#failures += 1;
    }
  }

  // A browser's own cache asks with the ETag. Elsewhere the 512 bytes come again, hardly more than a 304 is.
  #read(segment: number, signal: AbortSignal): Promise<Uint8Array> {
    const path = queuePath(this.#queueId, `departed/${segment}`);
    const headers = { Accept: "application/octet-stream" };
    return this.#transport.attempt({ path, isPublic: true, headers, signal }, async (response) => {
      const bytes = new Uint8Array(await response.arrayBuffer());
      if (!response.headers.get("content-type")?.startsWith("application/octet-stream"))
        throw invalidResponse(response);
      return bytes;
    });
  }
}
