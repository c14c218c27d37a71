/** Tells a fan who looks elsewhere of a turn or a win: by a sound and a notice where that was asked for, by the title always. */
import { element, setHidden, setText } from "../dom.ts";
import type { Part } from "../parts.ts";
import type { ExtrasView, View } from "../view-model.ts";
import type { Words } from "../words.ts";
import type { ExtrasHost } from "./index.ts";

const flashMs = 1_000;
const ringsMax = 3;
const ringPauseSeconds = 1.2;
/** Two tones, in Hz, one after the other. */
const tones = [659, 880];
const toneSeconds = 0.35;

/** How far the fan's wish could be met. */
type Wish = "off" | "ring" | "ring-and-notice" | "failed";

export class TurnAlert {
  readonly #host: Pick<ExtrasHost, "onTitle">;
  readonly #signal: AbortSignal;
  #words: Words | null = null;
  #audio: AudioContext | null = null;
  #wish: Wish = "off";
  #shown: ExtrasView | null = null;
  #flash: ReturnType<typeof setInterval> | null = null;

  constructor(host: Pick<ExtrasHost, "onTitle">, signal: AbortSignal) {
    this.#host = host;
    this.#signal = signal;
    signal.addEventListener("abort", () => this.#stop());
    document.addEventListener("visibilitychange", () => this.#stopFlash(), { signal });
  }

  get wish(): Wish {
    return this.#wish;
  }

  use(words: Words): void {
    this.#words = words;
  }

  /** Must be called by a click: a browser lets nothing sound, and asks for no leave, without one. */
  async turnOn(): Promise<Wish> {
    try {
      this.#audio ??= new AudioContext();
      await this.#audio.resume();
      this.#ring(1);
      this.#wish = (await isNoticeAllowed()) ? "ring-and-notice" : "ring";
    } catch {
      this.#wish = "failed";
    }
    return this.#wish;
  }

  turnOff(): void {
    this.#wish = "off";
  }

  show(view: View<string>): void {
    const { extras } = view;
    const before = this.#shown;
    this.#shown = extras;
    const isNews = extras === "turn" || extras === "won";
    if (!isNews) this.#stopFlash();
    // What is so when the page is opened is no news.
    if (isNews && before !== null && before !== extras) this.#tell(view);
  }

  #tell(view: View<string>): void {
    if (document.hidden) this.#startFlash();
    if (this.#wish === "off") return;
    this.#ring(ringsMax);
    navigator.vibrate?.([400, 200, 400]);
    if (this.#wish === "ring-and-notice" && document.hidden) this.#notify(view);
  }

  #notify({ headline, paragraphs: [body = ""] }: View<string>): void {
    try {
      const notice = new Notification(headline, {
        body,
        tag: location.pathname,
        requireInteraction: true,
      });
      notice.addEventListener("click", () => globalThis.focus());
      this.#signal.addEventListener("abort", () => notice.close());
    } catch {
      // Some browsers of phones let only installed pages show a notice.
    }
  }

  #ring(times: number): void {
    const audio = this.#audio;
    if (audio === null) return;
    for (let ring = 0; ring < times; ring += 1)
      tones.forEach((tone, index) => {
        sound(audio, tone, audio.currentTime + ring * ringPauseSeconds + index * toneSeconds);
      });
  }

  #startFlash(): void {
    const title = this.#words?.say("titleTurn") ?? "";
    let isShown = false;
    this.#flash ??= setInterval(() => {
      isShown = !isShown;
      this.#host.onTitle(isShown ? `🔔 ${title}` : null);
    }, flashMs);
  }

  #stopFlash(): void {
    if (this.#flash === null) return;
    clearInterval(this.#flash);
    this.#flash = null;
    this.#host.onTitle(null);
  }

  #stop(): void {
    this.#stopFlash();
    void this.#audio?.close();
  }
}

/** One tone that fades out. */
function sound(audio: AudioContext, frequency: number, atSeconds: number): void {
  const oscillator = audio.createOscillator();
  const volume = audio.createGain();
  oscillator.frequency.value = frequency;
  volume.gain.setValueAtTime(0.3, atSeconds);
  volume.gain.exponentialRampToValueAtTime(0.001, atSeconds + toneSeconds);
  oscillator.connect(volume).connect(audio.destination);
  oscillator.start(atSeconds);
  oscillator.stop(atSeconds + toneSeconds);
}

async function isNoticeAllowed(): Promise<boolean> {
  if (!("Notification" in globalThis)) return false;
  if (Notification.permission === "default") await Notification.requestPermission();
  return Notification.permission === "granted";
}

/** The switch by which the fan asks for it. */
export function createAlertPart(
  document: Document,
  { say }: Words,
  alert: TurnAlert,
): Part<ExtrasView | null> {
  const box = element(document, "input");
  box.type = "checkbox";
  const note = element(document, "p", "note");
  note.setAttribute("aria-live", "polite");
  const root = element(document, "div", "alert", [
    element(document, "label", "switch", [box, element(document, "span", "", [say("alertLabel")])]),
    note,
  ]);
  const showWish = (): void => {
    const { wish } = alert;
    box.checked = wish === "ring" || wish === "ring-and-notice";
    setHidden(note, wish === "off");
    if (wish === "ring") setText(note, say("alertText"));
    if (wish === "ring-and-notice") setText(note, say("alertNoticeText"));
    if (wish === "failed") setText(note, say("alertFailed"));
  };
  box.addEventListener("change", () => {
    if (box.checked) void alert.turnOn().then(showWish);
    else {
      alert.turnOff();
      showWish();
    }
  });
  showWish();
  return { root, show: (view) => setHidden(root, view === null || view === "turn") };
}
