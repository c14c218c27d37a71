/** Puts a view into the shadow tree: builds the parts once, then changes only what is different. */
import { element, setAttribute, setHidden, setParagraphs, setText } from "./dom.ts";
import { type Frame, namePartsOf } from "./frame.ts";
import {
  createButton,
  createCheckout,
  createConnection,
  createCountdown,
  createHints,
  createLeave,
  createLink,
  createPlace,
  createProblem,
  createReceipt,
  createToken,
  type Listener,
} from "./parts.ts";
import type { View } from "./view-model.ts";
import type { Words } from "./words.ts";

/** So long words stand where a screen reader finds them. */
const spokenMs = 10_000;

/** What is shown. */
export interface Screen {
  show(view: View<string>): void;
  /** Puts what else a fan can set up where it belongs. */
  mount(extras: HTMLElement): void;
  focusHeadline(): void;
  focusLeave(): void;
  polite(text: string): void;
  assertive(text: string): void;
}

/** Fills the frame. */
export function createScreen(root: ShadowRoot, frame: Frame, words: Words, onAction: Listener): Screen {
  const { ownerDocument: document } = root;
  const { card, headline, words: paragraphs } = frame;
  const place = createPlace(document, words);
  const countdown = createCountdown(document);
  const button = createButton(document, "button", onAction);
  const otherButton = createButton(document, "button", onAction);
  const waitlist = createLink(document, "waitlist");
  const extras = element(document, "div", "extras");
  const checkout = createCheckout(document, words, onAction);
  const token = createToken(document, words);
  const problem = createProblem(document);
  const receipt = createReceipt(document, words);
  const leave = createLeave(document, words, onAction);
  const hints = createHints(document);
  const connection = createConnection(document);
  const above = [place, countdown, checkout, button, otherButton, waitlist, hints, token, problem, receipt];
  frame.head.append(connection.root);
  frame.body.append(...above.map((part) => part.root), extras, leave.root);
  namePartsOf(root);

  return {
    show(view) {
      const focused = root.activeElement;
      setAttribute(card, "data-scene", view.scene);
      setAttribute(card, "aria-busy", String(view.scene === "loading"));
      setText(headline, view.headline);
      setParagraphs(paragraphs, view.paragraphs);
      place.show(view.place);
      countdown.show(view.countdown);
      button.show(view.button);
      otherButton.show(view.otherButton);
      waitlist.show(view.waitlist);
      setHidden(extras, view.extras === null);
      checkout.show(view.checkout);
      token.show(view.token);
      problem.show(view.problem);
      receipt.show(view.receipt);
      leave.show(view.leave);
      hints.show(view.hints);
      connection.show(view.connection);
      // What had the focus is gone: a keyboard goes on from the headline, not from the top of the document.
      if (focused instanceof HTMLElement && card.contains(focused) && focused.closest("[hidden]") !== null)
        headline.focus();
    },
    mount(made) {
      extras.replaceChildren(made);
      namePartsOf(root);
    },
    focusHeadline: () => headline.focus(),
    focusLeave: () => leave.focus(),
    polite: (text) => speakIn(frame.polite, text),
    assertive: (text) => speakIn(frame.assertive, text),
  };
}

// The same words twice are no change, and are not spoken: the region is emptied first.
function speakIn(region: HTMLElement, text: string): void {
  region.textContent = "";
  setTimeout(() => setText(region, text), 50);
  // Whoever reads the page by cursor finds no old news.
  setTimeout(() => {
    if (region.textContent === text) region.textContent = "";
  }, spokenMs);
}
