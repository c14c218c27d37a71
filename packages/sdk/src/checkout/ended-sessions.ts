import type { WebhookEvent } from "../server/verify-webhook.ts";
import type { CookieSession } from "./signed-state.ts";

const consumersMax = 10_000;
const endingEvent = /^(queue|draw)\.consumer\.(completed|left|denied|expired)$/;

/** Whose turn is over before its time, as this process was told. The newest are kept. */
export class EndedSessions {
  readonly #untilMs = new Map<string, number>();
  readonly #distributionId: string;

  constructor(distributionId: string) {
    this.#distributionId = distributionId;
  }

  /** Takes what a webhook tells of this queue or draw; other events change nothing. */
  note({ type, timestamp, data }: WebhookEvent): void {
    const isOfThis = [data.queueId, data.drawId].includes(this.#distributionId);
    const atMs = Date.parse(timestamp);
    if (!endingEvent.test(type) || !isOfThis || Number.isNaN(atMs)) return;
    if (typeof data.consumerId === "string") this.end(data.consumerId, atMs);
  }

  /** No session of theirs that began by then is good any more. */
  end(consumerId: string, atMs: number): void {
    const known = this.#untilMs.get(consumerId) ?? Number.NEGATIVE_INFINITY;
    this.#untilMs.delete(consumerId);
    this.#untilMs.set(consumerId, Math.max(known, atMs));
    const [oldest] = this.#untilMs.keys();
    if (this.#untilMs.size > consumersMax && oldest !== undefined) this.#untilMs.delete(oldest);
  }

  has({ consumerId, sinceMs }: CookieSession): boolean {
    return sinceMs <= (this.#untilMs.get(consumerId) ?? Number.NEGATIVE_INFINITY);
  }
}
