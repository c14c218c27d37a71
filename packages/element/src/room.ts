/** A line or a draw at work: follows the fan's part in it, does what the fan presses, and shows what is so. */
import { StanchionError, type Watch } from "@stanchion/sdk";
import { isTokenFresh } from "./admission-link.ts";
import { Announcer } from "./announcer.ts";
import { CarryLook } from "./carry-look.ts";
import type { ExtrasHost } from "./extras/index.ts";
import { ExtrasLoader } from "./extras-loader.ts";
import { Facts } from "./facts.ts";
import { createFrame } from "./frame.ts";
import type { Tell } from "./line-events.ts";
import { MetFailures } from "./met-failures.ts";
import type { Action, Offer, Standing } from "./page-state.ts";
import { directionOf, pickLanguage } from "./pick-language.ts";
import { createScreen, type Screen } from "./render.ts";
import type { Report } from "./report.ts";
import { isSetupFault } from "./setup-fault.ts";
import { Speaker } from "./speaker.ts";
import type { Style } from "./style.ts";
import type { View } from "./view-model.ts";
import type { Words } from "./words.ts";

const tokenMarginMs = 5_000;
const armedSpreadMsMax = 10_000;

/** What every room knows. */
export interface RoomState extends Standing {
  readonly snapshot: Standing["snapshot"] & { readonly phase: string };
  readonly isLeaveAsked: boolean;
  /** Shall it join when that is possible? */
  readonly isArmed: boolean;
  readonly offer: Offer | null;
}

/** Moves places. */
export interface Carry extends Pick<ExtrasHost, "stanchion" | "mailQueueId" | "readMailPage" | "makeLink"> {
  /** The module of what else a fan can set up; loaded when there is a place. */
  readonly extrasHref: string;
  /** Goes on here with the place that was offered. */
  takeOver(offer: Offer): Promise<unknown>;
}

/** What a room is about: a line or a draw. `Name`: of its scenes. */
export interface Matter<State extends RoomState, Name extends string> {
  readonly watch: Watch<State["snapshot"]>;
  readonly start: State;
  /** What does not come with the news, and whether it is missing in this scene; asked for seldom, as everybody asks. */
  needsFacts(state: State, scene: Name): boolean;
  readFacts(): Promise<Partial<State>>;
  viewOf(state: State, nowMs: number): View<Name>;
  canJoin(state: State, nowMs: number): boolean;
  enter(waitForOpening: boolean): Promise<unknown>;
  leave(): Promise<unknown>;
  readonly carry: Carry;
  /** Renews the token of the admission. */
  renew(): Promise<unknown>;
}

/** Where it is shown, and who hears of it. */
export interface RoomPlace {
  /** What is shown before it is there stays until then. */
  openRoot(): ShadowRoot;
  readonly style: Promise<Style>;
  /** Shown above the headline; "" where the page around says what it is about. */
  readonly name: string;
  /** Under which the tabs of a browser tell each other that the place has moved to another device. */
  readonly movedKey: string;
  readonly tell: Tell;
  readonly report: Report;
  /** The fan has taken the place that was offered, or does not want it, or it is worth nothing any more. */
  onSettled(offer: Offer): void;
  onTitle(title: string): void;
}

export class Room<State extends RoomState, Name extends string> {
  readonly #matter: Matter<State, Name>;
  readonly #place: RoomPlace;
  /** Ends what listens to the window. */
  readonly #running = new AbortController();
  #documentTitle = "";
  /** Nothing is shown before it is known in which words. */
  #screen: Screen | null = null;
  readonly #speaker: Speaker;
  readonly #extras: ExtrasLoader;
  #state: State;
  #scene: Name | "loading" = "loading";
  /** The fan has caused the next change of scene. */
  #isFocusDue = false;
  /** So that not all who have asked for it join at the same moment, where a clock says when. */
  readonly #armedSpreadMs = Math.random() * armedSpreadMsMax;
  readonly #facts: Facts<Partial<State>>;
  readonly #met: MetFailures;
  #ticker: ReturnType<typeof setTimeout> | null = null;
  readonly #look = new CarryLook();
  /** Has there been a place here since the page was opened? */
  #hadPlace = false;

  constructor(matter: Matter<State, Name>, place: RoomPlace) {
    this.#matter = matter;
    this.#place = place;
    this.#speaker = new Speaker(
      new Announcer({
        polite: (text) => this.#screen?.polite(text),
        assertive: (text) => this.#screen?.assertive(text),
      }),
    );
    this.#met = new MetFailures(place.report, place.movedKey);
    this.#facts = new Facts({
      read: () => matter.readFacts(),
      take: (facts) => this.#takeFacts(facts),
      fail: (error) => {
        this.#met.takeFacts(error);
        this.#update({ watchFailure: this.#met.present });
      },
    });
    this.#extras = new ExtrasLoader(matter.carry.extrasHref, this.#running.signal, {
      ...matter.carry,
      makeLink: () => this.#makeLink(),
      onTitle: (title) => place.onTitle(title ?? this.#documentTitle),
    });
    this.#state = matter.start;
    matter.watch.subscribe((snapshot) => this.#takeSnapshot(snapshot));
    this.#takeSnapshot(matter.watch.snapshot);
    const { signal } = this.#running;
    addEventListener("pageshow", () => this.#comeBack(), { signal });
    addEventListener("storage", ({ key }) => this.#hearOfMove(key), { signal });
  }

  get documentTitle(): string {
    return this.#documentTitle;
  }

  /** Shall it join when that is possible? */
  get isArmed(): boolean {
    return this.#state.isArmed;
  }

  /** Ends with the room. */
  get signal(): AbortSignal {
    return this.#running.signal;
  }

  /** Ends every timer, request and listener. */
  stop(): void {
    this.#running.abort();
    this.#matter.watch.stop();
    this.#look.stop();
    if (this.#ticker !== null) clearTimeout(this.#ticker);
  }

  /** Shows everything in these words from now on. */
  use(words: State["words"]): void {
    void this.#place.style.then((style) => {
      if (this.#running.signal.aborted) return;
      this.#screen = this.#openScreen(words, style);
      this.#update({ words });
    });
  }

  #openScreen(words: Words, style: Style): Screen {
    const root = this.#place.openRoot();
    const frame = createFrame(root, this.#place.name, style);
    const { locale } = words.region;
    frame.card.lang = locale;
    frame.card.dir = directionOf(pickLanguage([locale]));
    return createScreen(root, frame, words, (action, event) => this.#act(action, event));
  }

  #takeSnapshot(snapshot: State["snapshot"]): void {
    const { phase } = this.#state.snapshot;
    const hasMoved = snapshot.phase !== phase && phase !== "loading";
    if (snapshot.phase !== "loading" && snapshot.phase !== "outside") this.#hadPlace = true;
    this.#met.takeWatch(snapshot);
    this.#update({
      snapshot,
      watchFailure: this.#met.present,
      ...(hasMoved ? { isLeaveAsked: false, actionFailure: null } : {}),
    });
    this.#joinIfArmed();
  }

  /** Another tab was told; this one only sees that the session is gone. */
  #hearOfMove(key: string | null): void {
    if (key !== this.#place.movedKey || !this.#hadPlace) return;
    const error = new StanchionError({
      code: "INVALID_TOKEN",
      type: "invalid_credentials",
      message: "The place has moved to another device.",
      status: 401,
      details: { reason: "carried" },
    });
    const nowMs = Date.now();
    this.#update({ actionFailure: { error, atMs: nowMs, sinceMs: nowMs, isAction: true } });
  }

  /** An open stream does not say that the place has moved; the server does, when it is asked. */
  async #makeLink(): Promise<string> {
    const link = await this.#matter.carry.makeLink();
    this.#look.start(() => {
      this.#matter.watch.refresh();
      return this.#state.snapshot.phase !== "outside";
    });
    return link;
  }

  #joinIfArmed(): void {
    const { snapshot, isArmed } = this.#state;
    if (!isArmed || snapshot.phase === "loading") return;
    // Who has been in this line already decides anew: giving up a place must not bring a new one.
    if (snapshot.phase !== "outside") this.#update({ isArmed: false });
    else if (this.#matter.canJoin(this.#state, Date.now() - this.#armedSpreadMs)) this.#join();
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
      case "take-over":
        this.#takeOver();
        break;
      case "decline":
        this.#settleOffer();
        this.#update({ actionFailure: null });
        break;
    }
  }

  #join(): void {
    const waitForOpening = this.#state.isArmed;
    this.#isFocusDue = true;
    this.#work("join", async () => {
      await this.#matter.enter(waitForOpening);
      this.#place.tell("stanchion-joined", null);
    });
  }

  #askToLeave(isLeaveAsked: boolean): void {
    if (this.#state.work !== null) return;
    this.#update({ isLeaveAsked, actionFailure: null });
    this.#screen?.focusLeave();
  }

  #leave(): void {
    this.#isFocusDue = true;
    this.#work("leave", () => this.#matter.leave());
  }

  #takeOver(): void {
    const { offer } = this.#state;
    if (offer === null) return;
    this.#isFocusDue = true;
    this.#work("carry", async () => {
      try {
        await this.#matter.carry.takeOver(offer);
        this.#matter.watch.refresh();
      } catch (error) {
        // A code that is used up or too old will not get better.
        if (!(error instanceof StanchionError && (error.retryable || isSetupFault(error))))
          this.#settleOffer();
        throw error;
      }
      this.#settleOffer();
    });
  }

  #settleOffer(): void {
    const { offer } = this.#state;
    if (offer !== null) this.#place.onSettled(offer);
    this.#update({ offer: null });
  }

  /** The link goes by itself, but for a token that got old while the phone slept. */
  #checkOut(event: Event): void {
    const { admission, clockOffsetMs } = this.#state.snapshot;
    const isPlain = event instanceof MouseEvent && !(event.metaKey || event.ctrlKey || event.shiftKey);
    if (!isPlain || admission === null) return;
    this.#place.tell("stanchion-checkout", null);
    if (isTokenFresh(admission.token, Date.now() + clockOffsetMs, tokenMarginMs)) return;
    event.preventDefault();
    this.#work("checkout", async () => {
      await this.#matter.renew();
      const { checkout } = this.#matter.viewOf(this.#state, Date.now());
      if (checkout !== null) location.assign(checkout.href);
    });
  }

  #work(kind: NonNullable<Standing["work"]>["kind"], run: () => Promise<unknown>): void {
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
    this.#place.report(error, this.#met.hasHeard);
    this.#update({ work: null, actionFailure: { error, atMs: nowMs, sinceMs: nowMs, isAction: true } });
    // The line, or the place in it, is not what this page believed.
    if (error.status === 409 || error.status === 423) this.#matter.watch.refresh();
  }

  /** The browser shows the page as it was left. */
  #comeBack(): void {
    if (this.#state.work?.kind === "checkout") this.#update({ work: null });
  }

  #update(change: Partial<RoomState> | Partial<State>): void {
    // An answer can come when the element is gone.
    if (this.#running.signal.aborted) return;
    this.#state = { ...this.#state, ...change };
    this.#show();
  }

  #show(): void {
    const view = this.#matter.viewOf(this.#state, Date.now());
    const before = this.#scene;
    this.#scene = view.scene;
    this.#screen?.show(view);
    this.#tellScene(before, view.scene);
    if (this.#screen !== null) this.#extras.show({ view, screen: this.#screen, words: this.#state.words });
    if (this.#screen !== null) this.#tellTitle(view.documentTitle);
    this.#moveFocus(before, view.scene);
    if (this.#screen !== null)
      this.#speaker.speak(this.#state.words, view, this.#state.actionFailure !== null);
    const isKnown = this.#state.snapshot.phase !== "loading";
    if (isKnown && this.#matter.needsFacts(this.#state, view.scene)) this.#facts.readIfDue();
    this.#tick(view.isTicking);
  }

  #tellScene(before: Name | "loading", scene: Name): void {
    if (before === scene) return;
    this.#place.tell("stanchion-phase", { phase: this.#state.snapshot.phase, scene });
    if (scene === "turn") this.#place.tell("stanchion-turn", null);
    if (scene === "left" && before !== "loading") this.#place.tell("stanchion-left", null);
  }

  #tellTitle(title: string): void {
    if (title === this.#documentTitle) return;
    this.#documentTitle = title;
    this.#place.onTitle(title);
    this.#place.tell("stanchion-title", null);
  }

  #moveFocus(before: Name | "loading", scene: Name): void {
    if (before === scene || scene === "loading") return;
    const isMyTurn = scene === "turn" && before !== "loading";
    if (this.#isFocusDue || isMyTurn) this.#screen?.focusHeadline();
    this.#isFocusDue = false;
  }

  #takeFacts(facts: Partial<State>): void {
    this.#met.takeFacts(null);
    this.#update({ ...facts, watchFailure: this.#met.present });
    this.#joinIfArmed();
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
