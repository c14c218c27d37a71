import { vi } from "vitest";

type Callback = () => Promise<unknown>;

interface LockRequest {
  readonly run: Callback;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/** The locks and channels of a browser, shared by everything that a test starts as if each were a tab. */
export class FakeTabs {
  readonly page = new EventTarget();
  readonly channels: FakeChannel[] = [];
  readonly #held = new Map<string, LockRequest>();
  readonly #queued = new Map<string, LockRequest[]>();
  /** Refuses every lock, as a sandboxed frame does. */
  hasLocks = true;

  /** Puts them where a browser has them, until all stubs are taken away. */
  install(): void {
    const { channels, page } = this;
    vi.stubGlobal("navigator", { locks: { request: this.#request.bind(this) } });
    vi.stubGlobal("document", page);
    vi.stubGlobal("addEventListener", page.addEventListener.bind(page));
    vi.stubGlobal(
      "BroadcastChannel",
      class extends FakeChannel {
        constructor(name: string) {
          super(name, channels);
        }
      },
    );
  }

  #request(name: string, options: LockOptions, run: Callback): Promise<unknown> {
    if (!this.hasLocks) return Promise.reject(new DOMException("not here", "SecurityError"));
    return new Promise((resolve, reject) => {
      const request = { run, resolve, reject };
      const queue = this.#queued.get(name) ?? [];
      this.#queued.set(name, queue);
      if (options.steal) {
        this.#held.get(name)?.reject(new DOMException("stolen", "AbortError"));
        this.#held.delete(name);
        queue.unshift(request);
      } else queue.push(request);
      options.signal?.addEventListener("abort", () => {
        const at = queue.indexOf(request);
        if (at < 0) return;
        queue.splice(at, 1);
        reject(new DOMException("aborted", "AbortError"));
      });
      this.#grant(name);
    });
  }

  #grant(name: string): void {
    if (this.#held.has(name)) return;
    const next = this.#queued.get(name)?.shift();
    if (next === undefined) return;
    this.#held.set(name, next);
    const release = (): void => {
      if (this.#held.get(name) !== next) return;
      this.#held.delete(name);
      this.#grant(name);
    };
    Promise.resolve().then(next.run).then(next.resolve, next.reject).finally(release);
  }
}

/** A channel that a test can put to sleep, as its tab would be. */
export class FakeChannel {
  readonly name: string;
  readonly #all: FakeChannel[];
  onmessage: ((event: { data: unknown }) => void) | null = null;
  isAsleep = false;

  constructor(name: string, all: FakeChannel[]) {
    this.name = name;
    this.#all = all;
    all.push(this);
  }

  postMessage(data: unknown): void {
    const copy = structuredClone(data);
    for (const other of [...this.#all])
      if (other !== this && other.name === this.name)
        queueMicrotask(() => {
          if (!other.isAsleep) other.onmessage?.({ data: copy });
        });
  }

  close(): void {
    this.onmessage = null;
    const at = this.#all.indexOf(this);
    if (at >= 0) this.#all.splice(at, 1);
  }
}
