import { StanchionError } from "@stanchion/sdk";
import type { ActionState, Watch } from "./places.ts";

/** A snapshot with what is being done about it. Immutable: a change makes a new one. */
export type PlaceState<Snapshot> = Snapshot & ActionState;

const atRest: ActionState = { pending: null, actionError: null };

/** The state before anything is known or done. */
export function stateAtRest<Snapshot>(snapshot: Snapshot): PlaceState<Snapshot> {
  return { ...snapshot, ...atRest };
}

interface RunningAction {
  readonly name: "enter" | "leave";
  readonly answer: Promise<unknown>;
}

/** One watch for everybody who shows the same place. Lives as long as somebody holds it. */
export class SharedPlace<Snapshot> {
  readonly #watch: Watch<Snapshot>;
  readonly #onEnd: () => void;
  readonly #listeners = new Set<() => void>();
  #holders = 0;
  #isEnded = false;
  #actions: ActionState = atRest;
  #running: RunningAction | null = null;
  #state: PlaceState<Snapshot>;

  constructor(watch: Watch<Snapshot>, onEnd: () => void) {
    this.#watch = watch;
    this.#onEnd = onEnd;
    this.#state = stateAtRest(watch.snapshot);
    watch.subscribe(() => this.#tell());
  }

  get state(): PlaceState<Snapshot> {
    return this.#state;
  }

  /** Keeps the watch going until what is answered is called. */
  hold(): () => void {
    this.#holders += 1;
    let isHeld = true;
    return () => {
      if (!isHeld) return;
      isHeld = false;
      this.#holders -= 1;
      // Strict mode, and a page that follows another, let go and hold again in one go: that is no reason to begin anew.
      if (this.#holders === 0) queueMicrotask(() => this.#endUnlessHeld());
    };
  }

  subscribe(listener: () => void): () => void {
    const letGo = this.hold();
    // A listener of its own, so that one function can be subscribed twice.
    const own = (): void => listener();
    this.#listeners.add(own);
    return () => {
      this.#listeners.delete(own);
      letGo();
    };
  }

  refresh(): void {
    this.#watch.refresh();
  }

  /** Carries out what a fan wants, after what is under way; the same thing wanted twice at once is done once. */
  act<Answer>(name: RunningAction["name"], call: () => Promise<Answer>): Promise<Answer | null> {
    const before = this.#running;
    // The same name is the same call, and so has the same answer.
    if (before?.name === name) return before.answer as Promise<Answer | null>;
    const letGo = this.hold();
    const answer = this.#carryOut(name, call, before?.answer).finally(letGo);
    this.#running = { name, answer };
    return answer;
  }

  async #carryOut<Answer>(
    name: RunningAction["name"],
    call: () => Promise<Answer>,
    before: Promise<unknown> | undefined,
  ): Promise<Answer | null> {
    await before?.catch(() => {});
    this.#tell({ pending: name, actionError: null });
    try {
      const answer = await call();
      this.#end(name, null);
      return answer;
    } catch (error) {
      const isRefusal = error instanceof StanchionError;
      this.#end(name, isRefusal ? error : null);
      if (isRefusal) return null;
      throw error;
    }
  }

  #end(name: RunningAction["name"], actionError: StanchionError | null): void {
    if (this.#running?.name === name) this.#running = null;
    this.#tell({ pending: null, actionError });
  }

  #tell(actions: ActionState = this.#actions): void {
    this.#actions = actions;
    this.#state = { ...this.#watch.snapshot, ...actions };
    for (const listener of [...this.#listeners]) listener();
  }

  #endUnlessHeld(): void {
    if (this.#holders > 0 || this.#isEnded) return;
    this.#isEnded = true;
    this.#watch.stop();
    this.#onEnd();
  }
}
