/** Gets what else a fan can set up when there is a place, from a file of its own: nobody needs it to join. */
import type { Extras, ExtrasHost, ExtrasModule } from "./extras/index.ts";
import type { Screen } from "./render.ts";
import type { View } from "./view-model.ts";
import type { Words } from "./words.ts";

const retryMs = 30_000;

/** What is shown, where, and in which words. */
interface Showing {
  readonly view: View<string>;
  readonly screen: Screen;
  readonly words: Words;
}

export class ExtrasLoader {
  readonly #href: string;
  readonly #signal: AbortSignal;
  readonly #host: ExtrasHost;
  #extras: Extras | null = null;
  #showing: Showing | null = null;
  /** Where they have been put. */
  #mountedIn: Screen | null = null;
  #tries = 0;
  #dueAtMs = 0;

  constructor(href: string, signal: AbortSignal, host: ExtrasHost) {
    this.#href = href;
    this.#signal = signal;
    this.#host = host;
  }

  show(showing: Showing): void {
    this.#showing = showing;
    if (showing.view.extras !== null) this.#load();
    this.#put();
  }

  #put(): void {
    if (this.#extras === null || this.#showing === null) return;
    const { view, screen, words } = this.#showing;
    if (this.#mountedIn !== screen) screen.mount(this.#extras.open(words));
    this.#mountedIn = screen;
    this.#extras.show(view);
  }

  #load(): void {
    if (this.#extras !== null || Date.now() < this.#dueAtMs) return;
    this.#dueAtMs = Date.now() + retryMs;
    this.#tries += 1;
    // A browser may remember that a module did not come: the next try has another address.
    const href = this.#tries === 1 ? this.#href : `${this.#href}?try=${this.#tries}`;
    import(href).then(
      ({ createExtras }: ExtrasModule) => {
        if (this.#signal.aborted || this.#extras !== null) return;
        this.#extras = createExtras(this.#host, this.#signal);
        this.#put();
      },
      // Tried again with the news, when it is due.
      () => {},
    );
  }
}
