/** Makes the link by which the fan goes on with another device. */
import { element, setHidden, setText } from "../dom.ts";
import { createCopy, type Part, plainButton } from "../parts.ts";
import type { ExtrasView } from "../view-model.ts";
import type { Words } from "../words.ts";
import type { ExtrasHost } from "./index.ts";

/** So long a link is good; it is taken away with its end. */
const goodForMs = 600_000;

export function createCarryPart(
  document: Document,
  words: Words,
  { makeLink }: Pick<ExtrasHost, "makeLink">,
): Part<ExtrasView | null> {
  const { say } = words;
  const field = element(document, "input", "link");
  field.id = "carry-link";
  field.readOnly = true;
  const label = element(document, "label", "label", [say("carryLinkLabel")]);
  label.htmlFor = field.id;
  const share = plainButton(document, say("shareButton"), () => void shareLink(field.value));
  setHidden(share, typeof navigator.share !== "function");
  const made = element(document, "div", "", [
    label,
    field,
    element(document, "p", "row", [createCopy(field, words), share]),
  ]);
  const note = element(document, "p", "note");
  note.setAttribute("aria-live", "polite");
  let end: ReturnType<typeof setTimeout> | undefined;
  const showLink = (link: string): void => {
    field.value = link;
    setHidden(made, link === "");
    setHidden(make, link !== "");
  };
  const make = plainButton(document, say("carryButton"), () => {
    if (make.getAttribute("aria-disabled") === "true") return;
    make.setAttribute("aria-disabled", "true");
    setText(note, "");
    makeLink()
      .then(
        (link) => {
          showLink(link);
          field.focus();
          field.select();
          clearTimeout(end);
          end = setTimeout(() => showLink(""), goodForMs);
        },
        () => setText(note, say("carryFailed")),
      )
      .finally(() => make.removeAttribute("aria-disabled"));
  });
  showLink("");
  const root = element(document, "details", "carry", [
    element(document, "summary", "", [say("carryLabel")]),
    element(document, "p", "", [say("carryText")]),
    make,
    made,
    note,
  ]);
  return { root, show: (view) => setHidden(root, view === null) };
}

/** Whoever thinks better of it has shared nothing. */
async function shareLink(url: string): Promise<void> {
  try {
    await navigator.share({ url });
  } catch {
    // Closed again.
  }
}
