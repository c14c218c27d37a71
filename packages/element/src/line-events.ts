/** What the element tells the page around it, for analytics: never who the fan is, nor where in line, nor a token. */
export interface LineEvents {
  /** Something else is shown now. */
  readonly "stanchion-phase": { readonly phase: string; readonly scene: string };
  /** The fan has joined, here and now; not that a place was found again. */
  readonly "stanchion-joined": null;
  /** It is the fan's turn. */
  readonly "stanchion-turn": null;
  /** The fan goes to the checkout. */
  readonly "stanchion-checkout": null;
  /** The place was given up. */
  readonly "stanchion-left": null;
  /** Something stands in the way; `code` is of the error contract, `message` for the developer. */
  readonly "stanchion-error": { readonly code: string; readonly message: string };
  /** `documentTitle` of the element is another one now. */
  readonly "stanchion-title": null;
}

/** Tells it. */
export type Tell = <Name extends keyof LineEvents>(name: Name, detail: LineEvents[Name]) => void;

/** Events that leave the shadow tree and rise through the page. */
export function tellFrom(host: EventTarget): Tell {
  return (name, detail) =>
    host.dispatchEvent(new CustomEvent(name, { detail, bubbles: true, composed: true }));
}
