/** The shadow tree that a line is shown in: the card, what the page may put into it, and the voices of screen readers. */
import { element } from "./dom.ts";
import { dress, type Style } from "./style.ts";

/** What {@link createFrame} has built. */
export interface Frame {
  readonly card: HTMLElement;
  readonly head: HTMLElement;
  readonly headline: HTMLElement;
  readonly words: HTMLElement;
  readonly body: HTMLElement;
  readonly polite: HTMLElement;
  readonly assertive: HTMLElement;
}

/** Builds it anew. */
export function createFrame(root: ShadowRoot, name: string, style: Style): Frame {
  const { ownerDocument: document } = root;
  const slot = (slotName: string, inside: readonly Node[]): HTMLElement => {
    const made = element(document, "slot", "", inside);
    made.name = slotName;
    return made;
  };
  const head = element(document, "div", "head", [slot("head", [element(document, "span", "stanchions")])]);
  const headline = element(document, "h2", "headline");
  const words = element(document, "div", "words");
  const body = element(document, "div", "body");
  const title = slot("title", name === "" ? [] : [element(document, "p", "name", [name])]);
  const card = element(document, "article", "card", [head, title, headline, words, body, slot("foot", [])]);
  const polite = element(document, "p", "unseen");
  const assertive = element(document, "p", "unseen");
  headline.id = "headline";
  headline.tabIndex = -1;
  words.id = "words";
  body.id = "body";
  polite.id = "polite";
  polite.setAttribute("role", "status");
  assertive.id = "assertive";
  assertive.setAttribute("role", "alert");
  root.replaceChildren(card, polite, assertive);
  dress(root, style);
  return { card, head, headline, words, body, polite, assertive };
}

/** Every class is a part, so that a page can style it. */
export function namePartsOf(root: ShadowRoot): void {
  for (const named of root.querySelectorAll("[class]"))
    named.setAttribute("part", named.getAttribute("class") ?? "");
}
