/** Puts a view into the document: builds the parts once, then changes only what is different. */
import { setAttribute, setParagraphs, setText } from "./dom.ts";
import {
  createButton,
  createCheckout,
  createConnection,
  createCountdown,
  createHints,
  createLeave,
  createPlace,
  createProblem,
  createReceipt,
  createToken,
  type Listener,
} from "./parts.ts";
import type { View } from "./view-model.ts";

/** The page in the document. */
export interface Screen {
  show(view: View): void;
  focusHeadline(): void;
  focusLeave(): void;
  polite(text: string): void;
  assertive(text: string): void;
}

/** Takes over the document that `waitingPageHtml` made. */
export function createScreen(document: Document, onAction: Listener): Screen {
  const find = finder(document);
  const card = find("card");
  const headline = find("headline");
  const words = find("words");
  const place = createPlace(document);
  const countdown = createCountdown(document);
  const button = createButton(document, "button", onAction);
  const checkout = createCheckout(document, onAction);
  const token = createToken(document);
  const problem = createProblem(document);
  const receipt = createReceipt(document);
  const leave = createLeave(document, onAction);
  const hints = createHints(document);
  const connection = createConnection(document);
  const parts = [place, countdown, checkout, button, hints, token, problem, receipt, leave];
  find("head").append(connection.root);
  find("body").replaceChildren(...parts.map(({ root }) => root));

  return {
    show(view) {
      const focused = document.activeElement;
      setAttribute(card, "data-scene", view.scene);
      setAttribute(card, "aria-busy", String(view.scene === "loading"));
      setText(headline, view.headline);
      setParagraphs(words, view.paragraphs);
      place.show(view.place);
      countdown.show(view.countdown);
      button.show(view.button);
      checkout.show(view.checkout);
      token.show(view.token);
      problem.show(view.problem);
      receipt.show(view.receipt);
      leave.show(view.leave);
      hints.show(view.hints);
      connection.show(view.connection);
      if (document.title !== view.documentTitle) document.title = view.documentTitle;
      // What had the focus is gone: a keyboard goes on from the headline, not from the top of the document.
      if (focused instanceof HTMLElement && card.contains(focused) && focused.closest("[hidden]") !== null)
        headline.focus();
    },
    focusHeadline: () => headline.focus(),
    focusLeave: () => leave.focus(),
    polite: (text) => speakIn(find("polite"), text),
    assertive: (text) => speakIn(find("assertive"), text),
  };
}

function finder(document: Document): (id: string) => HTMLElement {
  return (id) => {
    const found = document.getElementById(id);
    if (found === null) throw new Error(`The page has no element #${id}.`);
    return found;
  };
}

// The same words twice are no change, and are not spoken: the region is emptied first.
function speakIn(region: HTMLElement, text: string): void {
  region.textContent = "";
  setTimeout(() => setText(region, text), 50);
}
