import { readStored, store } from "../stored.ts";

/** How far the fan has come, over reloads: "on", or the address that a code was sent to. */
export class MailProgress {
  readonly #key: string;

  constructor(queueId: string) {
    this.#key = `stanchion:mail:${queueId}`;
  }

  get email(): string {
    const kept = readStored(this.#key) ?? "";
    return kept === "on" ? "" : kept;
  }

  get hasBegun(): boolean {
    return !!readStored(this.#key);
  }

  note(kept: string): void {
    store(this.#key, kept);
  }
}
