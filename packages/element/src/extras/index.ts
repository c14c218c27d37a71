/** What else a fan can set up while there is a place: to be rung, and to go on with another device. A module of its own. */
import type { Stanchion } from "@stanchion/sdk";
import { element } from "../dom.ts";
import type { ExtrasView, View } from "../view-model.ts";
import type { Words } from "../words.ts";
import { createCarryPart } from "./carry-part.ts";
import { createMailPart } from "./mail-part.ts";
import { MailSite } from "./mail-site.ts";
import { createAlertPart, TurnAlert } from "./turn-alert.ts";

/** What the page around does for them. */
export interface ExtrasHost {
  readonly stanchion: Pick<Stanchion, "auth" | "queues">;
  /** Where the fan can be mailed at the turn; null: nowhere. */
  readonly mailQueueId: string | null;
  /** The page that such a mail leads to, on a page of which it is not known; absent: to this one. */
  readonly readMailPage?: (() => Promise<string | null>) | undefined;
  /** Makes the link by which another device takes the place over. */
  makeLink(): Promise<string>;
  /** Shows this as the title of the document for a moment; null: what it was. */
  onTitle(title: string | null): void;
}

export interface Extras {
  /** Builds them in these words, anew for each screen. */
  open(words: Words): HTMLElement;
  show(view: View<string>): void;
}

/** What the loader finds in the module. */
export interface ExtrasModule {
  createExtras(host: ExtrasHost, signal: AbortSignal): Extras;
}

/** `signal` ends what they have begun. */
export function createExtras(host: ExtrasHost, signal: AbortSignal): Extras {
  const alert = new TurnAlert(host, signal);
  const mailSite = new MailSite(host.readMailPage);
  let parts: readonly { show(view: ExtrasView | null): void }[] = [];
  return {
    open(words) {
      alert.use(words);
      const ring = createAlertPart(document, words, alert);
      const mail = createMailPart(document, words, host, mailSite);
      const carry = createCarryPart(document, words, host);
      parts = [ring, mail, carry];
      return element(document, "div", "", [ring.root, mail.root, carry.root]);
    },
    show(view) {
      for (const part of parts) part.show(view.extras);
      alert.show(view);
    },
  };
}
