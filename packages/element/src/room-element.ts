import { Stanchion } from "@stanchion/sdk";
import { tellFrom } from "./line-events.ts";
import type { RoomPlace } from "./room.ts";
import { loadStyle } from "./style.ts";
import { hasCarryCode, takeCarryCode } from "./take-over.ts";

/** What an element runs. */
export interface RunningRoom {
  readonly documentTitle: string;
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
  /** Is the page about nothing else? */
  readonly isWholePage: boolean;
  /** By which another device's place can be gone on with here; null: none was brought. */
  readonly carryCode: string | null;
  /** The module of what else a fan can set up. */
  readonly extrasHref: string;
  readonly place: RoomPlace;
}

/** Where the script came from: the server, unless the page says otherwise. */
let scriptAddress: string | null = null;

/**
 * An element that shows a line or a draw: its id and the publishable key by attributes, with `base-url`, `checkout-url`, `lang`
 * and `scheme="light"` where they are wanted. With `whole-page` it is all that the page is about: it heeds `?join=1` and owns the
 * title of the document.
 */
export abstract class RoomElement extends HTMLElement {
  #room: RunningRoom | null = null;
  #isDue = false;
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
      this.#room?.stop();
      this.#room = null;
      this.#styleEnd.abort();
      if (this.isConnected) this.#start();
    });
  }

  #start(): void {
    this.#styleEnd = new AbortController();
    const id = this.getAttribute(this.idName);
    const publishableKey = this.getAttribute("publishable-key");
    if (!id || !publishableKey) {
      // Nothing of a line that was shown before stays.
      this.shadowRoot?.replaceChildren();
      console.error(`<${this.localName}> needs the attributes ${this.idName} and publishable-key.`);
      return;
    }
    const isWholePage = this.hasAttribute("whole-page");
    const baseUrl = this.#baseUrl();
    const name = this.getAttribute(this.nameName) ?? "";
    this.#room = this.open({
      id,
      name,
      checkoutUrl: this.getAttribute("checkout-url"),
      baseUrl,
      stanchion: clientOf(publishableKey, baseUrl),
      isPlaceStored: hasStorage(),
      isArmed: isWholePage && takeJoinWish(),
      isWholePage,
      carryCode: takeCarryCode(),
      extrasHref: this.getAttribute("extras-path") ?? `${baseUrl}/stanchion-line-extras.js`,
      place: {
        openRoot: () => this.shadowRoot ?? this.attachShadow({ mode: "open" }),
        style: loadStyle(
          this.getAttribute("style-path") ?? `${baseUrl}/stanchion-line.css`,
          this.#styleEnd.signal,
        ),
        name,
        movedKey: `stanchion:moved:${publishableKey}`,
        tell: tellFrom(this),
        onTitle: (title) => {
          if (isWholePage) document.title = title;
        },
      },
    });
  }

  /** "" is the page's own origin. */
  #baseUrl(): string {
    const given = this.getAttribute("base-url");
    const origin = given?.replace(/\/+$/, "") ?? (scriptAddress ? new URL(scriptAddress).origin : "");
    return origin === location.origin ? "" : origin;
  }
}

const clients = new Map<string, Stanchion>();

/** One for all elements of a page that ask alike: what one of them does, the others see. */
function clientOf(publishableKey: string, baseUrl: string): Stanchion {
  const name = `${publishableKey} ${baseUrl}`;
  const known = clients.get(name) ?? new Stanchion({ publishableKey, baseUrl });
  clients.set(name, known);
  return known;
}

/** Defines it, once. `address`: of the script, whose origin is the server by default. */
export function defineRoomElement(
  name: string,
  made: CustomElementConstructor,
  address: string | null,
): void {
  if (customElements.get(name)) return;
  scriptAddress = address;
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
