import type { ExtrasHost } from "./index.ts";

const retryMs = 30_000;

/** Where the mails of a line lead: a place that was got on this site is on no other, so only one that leads here is of use. */
export class MailSite {
  isHere: boolean;
  readonly #readPage: ExtrasHost["readMailPage"];
  #onFound = (): void => {};
  #dueAtMs = 0;

  constructor(readPage: ExtrasHost["readMailPage"]) {
    this.#readPage = readPage;
    this.isHere = readPage === undefined;
  }

  /** Finds it out, once, and tells who has asked last; what fails is tried again with the news, when it is due. */
  find(onFound: () => void): void {
    this.#onFound = onFound;
    if (this.#readPage === undefined || Date.now() < this.#dueAtMs) return;
    this.#dueAtMs = Number.POSITIVE_INFINITY;
    this.#find(this.#readPage).catch(() => {
      this.#dueAtMs = Date.now() + retryMs;
    });
  }

  async #find(readPage: () => Promise<string | null>): Promise<void> {
    const page = await readPage();
    this.isHere = page !== null && new URL(page).origin === location.origin;
    this.#onFound();
  }
}
