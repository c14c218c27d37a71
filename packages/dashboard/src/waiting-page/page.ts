/** The waiting page at work: follows the fan's place, does what the fan presses, and shows what is so. */
import { type QueueSnapshot, type QueueWatch, type Stanchion, StanchionError } from "@stanchion/sdk";
import { isTokenFresh } from "./admission-link.ts";
import { Announcer } from "./announcer.ts";
import type { PageConfig } from "./config.ts";
import { type Action, canJoin, type PageState, type Scene } from "./page-state.ts";
import type { Problem } from "./problem.ts";
import { createScreen, type Screen } from "./render.ts";
import { viewOf } from "./view.ts";
import type { View } from "./view-model.ts";
import { pickLocale } from "./wording.ts";

const tokenMarginMs = 5_000;
const queueKeptMs = 300_000;
const queueRetryMs = 15_000;
const armedSpreadMsMax = 10_000;
/** What they show depends on when the line opens, or joining does. */
const scenesBeforeOpening: ReadonlySet<Scene> = new Set(["scheduled", "early", "before-opening"]);

/** What the page stands on. */
export interface PageInput {
  readonly config: PageConfig;
  readonly stanchion: Stanchion;
  readonly isPlaceStored: boolean;
  /** Shall it join without a click? */
  readonly isArmed: boolean;
}

export class WaitingPage {
  readonly #stanchion: Stanchion;
  readonly #queueId: string;
  readonly #watch: QueueWatch;
  readonly #screen: Screen;
  readonly #announcer: Announcer;
  #state: PageState;
  #scene: Scene = "loading";
  #spokenKeys: readonly string[] = [];
  /** The fan has caused the next change of scene. */
  #isFocusDue = false;
  /** So that not all who have asked for it join at the same moment, where a clock says when. */
  readonly #armedSpreadMs = Math.random() * armedSpreadMsMax;
  #queueDueAtMs = 0;
  #ticker: ReturnType<typeof setTimeout> | null = null;

  constructor({ config, stanchion, isPlaceStored, isArmed }: PageInput) {
    this.#stanchion = stanchion;
    this.#queueId = config.queueId;
    this.#watch = stanchion.queues.watch(config.queueId);
    this.#screen = createScreen(document, (action, event) => this.#act(action, event));
    this.#announcer = new Announcer(this.#screen);
    this.#state = {
      queueName: config.queueName,
      checkoutUrl: config.checkoutUrl,
      region: { locale: pickLocale(navigator.language) },
      isPlaceStored,
      snapshot: this.#watch.snapshot,
      queue: null,
      work: null,
      isLeaveAsked: false,
      isArmed,
      actionFailure: null,
      watchFailure: null,
    };
    this.#watch.subscribe((snapshot) => this.#takeSnapshot(snapshot));
    this.#takeSnapshot(this.#watch.snapshot);
    addEventListener("pageshow", () => this.#comeBack());
  }

  #takeSnapshot(snapshot: QueueSnapshot): void {
    const { phase } = this.#state.snapshot;
    const hasMoved = snapshot.phase !== phase && phase !== "loading";
    this.#update({
      snapshot,
      watchFailure: this.#failureOf(snapshot),
      ...(hasMoved ? { isLeaveAsked: false, actionFailure: null } : {}),
    });
    this.#joinIfArmed();
  }

  #failureOf({ error }: QueueSnapshot): PageState["watchFailure"] {
    const before = this.#state.watchFailure;
    if (error === null || error === before?.error) return error && before;
    const nowMs = Date.now();
    return { error, atMs: nowMs, sinceMs: before?.sinceMs ?? nowMs, isAction: false };
  }

  #joinIfArmed(): void {
    const { snapshot, isArmed } = this.#state;
    if (!isArmed || snapshot.phase === "loading") return;
    // Who has been in this line already decides anew: giving up a place must not bring a new one.
    if (snapshot.phase !== "outside") this.#update({ isArmed: false });
    else if (canJoin(this.#state, Date.now() - this.#armedSpreadMs)) this.#join();
  }

  #act(action: Action, event: Event): void {
    switch (action) {
      case "join":
        this.#join();
        break;
      case "arm":
      case "disarm":
        this.#update({ isArmed: action === "arm", actionFailure: null });
        this.#joinIfArmed();
        break;
      case "reload":
        location.reload();
        break;
      case "ask-leave":
      case "keep":
        this.#askToLeave(action === "ask-leave");
        break;
      case "leave":
        this.#leave();
        break;
      case "checkout":
        this.#checkOut(event);
        break;
    }
  }

  #join(): void {
    const waitForOpening = this.#state.isArmed;
    this.#isFocusDue = true;
    this.#work("join", () => this.#stanchion.queues.enter(this.#queueId, { waitForOpening }));
  }

  #askToLeave(isLeaveAsked: boolean): void {
    if (this.#state.work !== null) return;
    this.#update({ isLeaveAsked, actionFailure: null });
    this.#screen.focusLeave();
  }

  #leave(): void {
    this.#isFocusDue = true;
    this.#work("leave", () => this.#stanchion.queues.leave(this.#queueId));
  }

  /** The link goes by itself, but for a token that got old while the phone slept. */
  #checkOut(event: Event): void {
    const { admission, clockOffsetMs } = this.#state.snapshot;
    const isPlain = event instanceof MouseEvent && !(event.metaKey || event.ctrlKey || event.shiftKey);
    if (!isPlain || admission === null) return;
    if (isTokenFresh(admission.token, Date.now() + clockOffsetMs, tokenMarginMs)) return;
    event.preventDefault();
    this.#work("checkout", async () => {
      await this.#stanchion.queues.status(this.#queueId);
      const { checkout } = viewOf(this.#state, Date.now());
      if (checkout !== null) location.assign(checkout.href);
    });
  }

  #work(kind: NonNullable<PageState["work"]>["kind"], run: () => Promise<unknown>): void {
    if (this.#state.work !== null) return;
    this.#update({ work: { kind, sinceMs: Date.now() }, isArmed: false, actionFailure: null });
    run().then(
      () => this.#update({ work: null }),
      (error) => this.#takeFailure(error),
    );
  }

  #takeFailure(error: unknown): void {
    this.#isFocusDue = false;
    if (!(error instanceof StanchionError)) {
      this.#update({ work: null });
      throw error;
    }
    const nowMs = Date.now();
    this.#update({ work: null, actionFailure: { error, atMs: nowMs, sinceMs: nowMs, isAction: true } });
    // The line, or the place in it, is not what this page believed.
    if (error.status === 409 || error.status === 423) this.#watch.refresh();
  }

  /** The browser shows the page as it was left. */
  #comeBack(): void {
    if (this.#state.work?.kind === "checkout") this.#update({ work: null });
  }

  #update(change: Partial<PageState>): void {
    this.#state = { ...this.#state, ...change };
    this.#show();
  }

  #show(): void {
    const view = viewOf(this.#state, Date.now());
    const before = this.#scene;
    this.#scene = view.scene;
    this.#screen.show(view);
    this.#moveFocus(before, view.scene);
    this.#speak(view);
    this.#loadQueueIfDue(view.scene);
    this.#tick(view.isTicking);
  }

  #moveFocus(before: Scene, scene: Scene): void {
    if (before === scene || scene === "loading") return;
    const isMyTurn = scene === "turn" && before !== "loading";
    if (this.#isFocusDue || isMyTurn) this.#screen.focusHeadline();
    this.#isFocusDue = false;
  }

  /** Says what is new since it spoke last. */
  #speak({ spoken, problem }: View): void {
    const isAsked = this.#state.actionFailure !== null;
    const all = [
      { key: spoken.key, text: spoken.text, isUrgent: spoken.isUrgent },
      { key: problem?.title ?? "", text: spokenProblem(problem), isUrgent: isAsked },
    ];
    for (const { key, text, isUrgent } of all)
      if (key !== "" && !this.#spokenKeys.includes(key)) this.#announcer.speak(text, isUrgent);
    this.#spokenKeys = all.map(({ key }) => key);
  }

  /** When it opens and how many it takes does not come with the board; asked for seldom, as everybody asks. */
  #loadQueueIfDue(scene: Scene): void {
    const isUnknown = this.#state.queue === null;
    const isOfUse = scene === "open" || scene === "loading" || scene === "drawing";
    const isNeeded = scenesBeforeOpening.has(scene) || (isUnknown && isOfUse);
    const nowMs = Date.now();
    const isKnown = this.#state.snapshot.phase !== "loading";
    if (!isNeeded || !isKnown || nowMs < this.#queueDueAtMs) return;
    this.#queueDueAtMs = nowMs + queueKeptMs * (0.75 + Math.random() / 2);
    this.#stanchion.queues.get(this.#queueId).then(
      (queue) => {
        this.#update({ queue });
        this.#joinIfArmed();
      },
      // The board says the rest; what is not known is not shown.
      () => {
        this.#queueDueAtMs = Date.now() + queueRetryMs;
      },
    );
  }

  /** Shows anew at the next full second of the server's clock, while something counts. */
  #tick(isTicking: boolean): void {
    if (!isTicking || this.#ticker !== null) return;
    const intoSecondMs = (Date.now() + this.#state.snapshot.clockOffsetMs) % 1_000;
    this.#ticker = setTimeout(() => {
      this.#ticker = null;
      this.#show();
      this.#joinIfArmed();
    }, 1_005 - intoSecondMs);
  }
}

function spokenProblem(problem: Problem | null): string {
  if (problem === null) return "";
  const { title, notice, text } = problem;
  return [`${title}.`, ...(notice === null ? [] : [notice]), text].join(" ");
}
