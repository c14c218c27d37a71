import { Stanchion } from "@stanchion/sdk";
import { attributeFaultOf } from "./attribute-fault.ts";
import { element } from "./dom.ts";
import { followLanguage, pageWishes } from "./follow-language.ts";
import { tellFrom } from "./line-events.ts";
import type { Speech } from "./load-words.ts";
import { argumentFault, type Report, reportFrom } from "./report.ts";
import type { RoomPlace } from "./room.ts";
import { loadStyle } from "./style.ts";
import { hasCarryCode, OpenOffers } from "./take-over.ts";
import type { Words } from "./words.ts";

/** What an element runs. */
export interface RunningRoom {
  readonly documentTitle: string;
  /** Shall it join when that is possible? */
  readonly isArmed: boolean;
  stop(): void;
}

/** What its attributes say, for whoever makes the room. */
export interface RoomSurroundings {
  readonly id: string;
  readonly name: string;
  readonly checkoutUrl: string | null;
  /** Of the server; "" is the page's own origin. */
  readonly baseUrl: string;
  readonly stanchion: Stanchion;
  readonly isPlaceStored: boolean;
  /** Shall it join without a click? */
  readonly isArmed: boolean;
  /** By which another device's place can be gone on with here; null: none was brought. */
  readonly carryCode: string | null;
  /** The page without a script that has a place of this browser's; null: none has. */
  readonly plainPath: string | null;
  /** The module of what else a fan can set up. */
  readonly extrasHref: string;
  readonly place: RoomPlace;
}

/** Where the script came from: the server, unless the page says otherwise. */
let scriptAddress: string | null = null;

/**
 * An element that shows a line or a draw: its id and the publishable key by attributes, with `former-keys`, `base-url`,
 * `checkout-url`, `lang` and `scheme="light"` where they are wanted. With `whole-page` it is all that the page is about: it heeds `?join=1` and owns the
 * title of the document.
 */
export abstract class RoomElement extends HTMLElement {
  #room: RunningRoom | null = null;
  /** What the room is about. */
  #id: string | null = null;
  #isDue = false;
  readonly #offers = new OpenOffers();
  /** Ends what asks for the style. */
  #styleEnd = new AbortController();

  /** The attribute with the id, and the one with the name. */
  protected abstract readonly idName: string;
  protected abstract readonly nameName: string;

  protected abstract open(surroundings: RoomSurroundings): RunningRoom;

  /** How things stand, short enough for the title of a document: "(12) In line — Spring drop". */
  get documentTitle(): string {
    return this.#room?.documentTitle ?? "";
  }

  connectedCallback(): void {
    // A link to the page that is open already loads nothing anew.
    addEventListener("hashchange", this.#takeHash);
    this.renew();
  }

  disconnectedCallback(): void {
    removeEventListener("hashchange", this.#takeHash);
    this.renew();
  }

  attributeChangedCallback(): void {
    this.renew();
  }

  readonly #takeHash = (): void => {
    if (hasCarryCode()) this.renew();
  };

  /** Starts once, however many attributes were set and wherever the page has moved the element. */
  protected renew(): void {
    if (this.#isDue) return;
    this.#isDue = true;
    queueMicrotask(() => {
      this.#isDue = false;
      const armedId = this.#room?.isArmed === true ? this.#id : null;
      this.#room?.stop();
      this.#room = null;
      this.#styleEnd.abort();
      if (this.isConnected) this.#start(armedId);
    });
  }

  /** Says what the room shows in the words of the fan's language. `wordsPath`: of the server, with `{language}` in it. */
  protected speak<Said extends Words>(
    room: { readonly signal: AbortSignal; use(words: Said): void },
    speech: Speech<Said>,
    wordsPath: string,
  ): void {
    const isWholePage = this.hasAttribute("whole-page");
    followLanguage({
      speech,
      marked: isWholePage ? document.documentElement : null,
      wishes: isWholePage ? pageWishes(document) : [this.closest<HTMLElement>("[lang]")?.lang ?? null],
      choiceIn: isWholePage ? this.parentElement : null,
      path: this.getAttribute("words-path") ?? wordsPath,
      signal: room.signal,
      use: (words) => room.use(words),
    });
  }

  /** `armedId`: what the fan has asked it to join as soon as that can be done. */
  #start(armedId: string | null): void {
    this.#styleEnd = new AbortController();
    const id = this.getAttribute(this.idName);
    const publishableKey = this.getAttribute("publishable-key");
    const formerKeys = this.getAttribute("former-keys")?.match(/\S+/g) ?? [];
    const baseUrl = this.#baseUrl();
    const tell = tellFrom(this);
    const report = reportFrom(this, baseUrl === "" ? location.origin : baseUrl, tell);
    const { idName } = this;
    const { protocol } = location;
    const fault = attributeFaultOf({
      idName,
      id,
      publishableKey,
      formerKeys,
      baseUrl,
      pageProtocol: protocol,
    });
    if (id === null || publishableKey === null || fault !== null) {
      this.#refuse(fault ?? [idName, ""], report);
      return;
    }
    this.#id = id;
    const isWholePage = this.hasAttribute("whole-page");
    const name = this.getAttribute(this.nameName) ?? "";
    this.#room = this.open({
      id,
      name,
      checkoutUrl: this.getAttribute("checkout-url"),
      baseUrl,
      stanchion: clientOf(publishableKey, formerKeys, baseUrl),
      isPlaceStored: hasStorage(),
      isArmed: armedId === id || (isWholePage && takeJoinWish()),
      ...this.#offers.read(this.getAttribute("plain-path")),
      extrasHref: this.getAttribute("extras-path") ?? `${baseUrl}/stanchion-line-extras.js`,
      place: {
        openRoot: () => this.shadowRoot ?? this.attachShadow({ mode: "open" }),
        style: loadStyle(
          this.getAttribute("style-path") ?? `${baseUrl}/stanchion-line.css`,
          this.#styleEnd.signal,
        ),
        name,
        movedKey: `stanchion:moved:${publishableKey}`,
        tell,
        report,
        onSettled: (offer) => this.#offers.settle(offer),
        onTitle: (title) => {
          if (isWholePage) document.title = title;
        },
      },
    });
  }

  /** What the page has put into the element is seen, and nothing of a line that was shown before. */
  #refuse([attribute, text]: readonly [string, string], report: Report): void {
    this.shadowRoot?.replaceChildren(element(document, "slot"));
    report(argumentFault(attribute, `${attribute} ${text}`), true);
  }

  /** "" is the page's own origin. Of an address of the API the server's is meant. */
  #baseUrl(): string {
    const given = this.getAttribute("base-url");
    const origin =
      given?.replace(/(\/api\/v1)?\/*$/, "") ?? (scriptAddress ? new URL(scriptAddress).origin : "");
    return origin === location.origin ? "" : origin;
  }
}

const clients = new Map<string, Stanchion>();

/** One for all elements of a page that ask alike: what one of them does, the others see. */
function clientOf(publishableKey: string, formerKeys: readonly string[], baseUrl: string): Stanchion {
  const name = [publishableKey, ...formerKeys, baseUrl].join(" ");
  const known = clients.get(name) ?? new Stanchion({ publishableKey, formerKeys, baseUrl });
  clients.set(name, known);
  return known;
}

/**
 * Defines it, once. `address`: of the script, whose origin is the server by default; a script that was loaded as a module does not
 * know its own.
 */
export function defineRoomElement(
  name: string,
  made: CustomElementConstructor & { scriptAddress?: string | null },
  address: string | null,
): void {
  const known =
    address ?? document.querySelector<HTMLScriptElement>(`script[src*="/${name}.js"]`)?.src ?? null;
  const defined: typeof made | undefined = customElements.get(name);
  if (defined !== undefined) {
    // By a script of its own, which shares nothing with this one but what it has defined.
    if (defined.scriptAddress !== known)
      console.warn(
        `<${name}> is that of ${defined.scriptAddress}: a page can have one, and ${known} does nothing.`,
      );
    return;
  }
  made.scriptAddress = scriptAddress = known;
  customElements.define(name, made);
}

/** Reads `?join=1` and takes it off the address, so that a reload does not join again. */
function takeJoinWish(): boolean {
  const url = new URL(location.href);
  const isWished = url.searchParams.get("join") === "1";
  if (!isWished) return false;
  url.searchParams.delete("join");
  history.replaceState(history.state, "", url);
  return true;
}

function hasStorage(): boolean {
  const probe = "stanchion:page";
  try {
    localStorage.setItem(probe, "1");
    localStorage.removeItem(probe);
    return true;
  } catch {
    return false;
  }
}
