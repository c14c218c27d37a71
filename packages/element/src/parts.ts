import { element, setAttribute, setHidden, setParagraphs, setText } from "./dom.ts";
import type { Action } from "./page-state.ts";
import type { ButtonView, LeaveView, LinkView, PlaceView, ReceiptView, View } from "./view-model.ts";
import type { Words } from "./words.ts";

/** One part of the page: its element, and how to show what the view says of it. */
export interface Part<T> {
  readonly root: HTMLElement;
  show(view: T): void;
}

export function createPlace(document: Document, { say }: Words): Part<PlaceView | null> {
  const position = element(document, "p", "position");
  const progress = element(document, "progress", "progress");
  const percent = element(document, "p", "percent");
  const ahead = element(document, "dd");
  const wait = element(document, "dd");
  const ticket = element(document, "p", "ticket");
  const root = element(document, "div", "place", [
    element(document, "p", "label", [say("positionLabel")]),
    position,
    element(document, "div", "rope", [progress]),
    percent,
    element(document, "dl", "facts", [
      element(document, "div", "", [element(document, "dt", "", [say("aheadLabel")]), ahead]),
      element(document, "div", "", [element(document, "dt", "", [say("waitLabel")]), wait]),
    ]),
    ticket,
  ]);
  progress.setAttribute("aria-label", say("progressLabel"));
  progress.max = 100;
  return {
    root,
    show(view) {
      setHidden(root, view === null);
      if (view === null) return;
      setText(position, view.position);
      setAttribute(position, "data-size", sizeOf(view.position));
      if (progress.value !== view.percent || !progress.hasAttribute("value")) progress.value = view.percent;
      setAttribute(progress, "aria-valuetext", view.progressText);
      setText(percent, view.progressText);
      setText(ahead, view.ahead);
      setText(wait, view.wait);
      setText(ticket, view.ticket);
    },
  };
}

function sizeOf(text: string): string {
  if (text.length <= 5) return "large";
  return text.length <= 7 ? "medium" : "small";
}

export function createCountdown(document: Document): Part<View["countdown"]> {
  const label = element(document, "p", "label");
  const clock = element(document, "p", "clock");
  const note = element(document, "p", "note");
  const root = element(document, "div", "countdown", [label, clock, note]);
  clock.setAttribute("role", "timer");
  return {
    root,
    show(view) {
      setHidden(root, view === null);
      if (view === null) return;
      setText(label, view.label);
      setText(clock, view.text);
      setAttribute(clock, "data-size", view.text.length <= 8 ? "large" : "small");
      setText(note, view.note);
      setHidden(note, view.note === "");
    },
  };
}

/** Hears what the fan presses. */
export type Listener = (action: Action, event: Event) => void;

/** Opens beside this page, which goes on counting. */
export function createLink(document: Document, className: string): Part<LinkView | null> {
  const root = element(document, "a", className);
  root.target = "_blank";
  root.rel = "noopener";
  return {
    root,
    show(view) {
      setHidden(root, view === null);
      if (view === null) return;
      setAttribute(root, "href", view.href);
      setText(root, view.label);
    },
  };
}

export function createButton(
  document: Document,
  className: string,
  onAction: Listener,
): Part<ButtonView | null> {
  const root = element(document, "button", className);
  root.type = "button";
  let action: Action | null = null;
  root.addEventListener("click", (event) => {
    if (action !== null && root.getAttribute("aria-disabled") !== "true") onAction(action, event);
  });
  return {
    root,
    show(view) {
      setHidden(root, view === null);
      action = view?.action ?? null;
      if (view === null) return;
      setText(root, view.label);
      root.classList.toggle("quiet", view.isQuiet);
      // Not `disabled`: the focus would be lost with it.
      setAttribute(root, "aria-disabled", String(view.isBusy));
    },
  };
}

export function createCheckout(
  document: Document,
  { say }: Words,
  onAction: Listener,
): Part<View["checkout"]> {
  const root = element(document, "a", "button");
  root.rel = "noopener";
  root.addEventListener("click", (event) => onAction("checkout", event));
  return {
    root,
    show(view) {
      setHidden(root, view === null);
      if (view === null) return;
      setAttribute(root, "href", view.href);
      setText(root, view.isBusy ? say("checkoutBusy") : say("checkoutLink"));
    },
  };
}

export function createToken(document: Document, words: Words): Part<string | null> {
  const { say } = words;
  const field = element(document, "textarea", "token");
  field.id = "token";
  field.readOnly = true;
  field.rows = 4;
  field.spellcheck = false;
  const label = element(document, "label", "label", [say("tokenLabel")]);
  label.htmlFor = field.id;
  const copy = createCopy(field, words);
  const root = element(document, "details", "", [
    element(document, "summary", "", [say("tokenSummary")]),
    element(document, "p", "", [say("tokenText")]),
    label,
    field,
    copy,
  ]);
  return {
    root,
    show(token) {
      setHidden(root, token === null);
      if (token !== null && field.value !== token) field.value = token;
    },
  };
}

export function createReceipt(document: Document, { say }: Words): Part<ReceiptView | null> {
  const save = element(document, "a", "", [say("receiptSave")]);
  const check = element(document, "a", "", [say("receiptCheck")]);
  const checkRow = element(document, "p", "", [check]);
  let shown: ReceiptView | null = null;
  const print = plainButton(document, say("receiptPrint"), () => {
    root.open = true;
    globalThis.print();
  });
  const share = plainButton(document, say("receiptShare"), () => shown && void shareFile(fileOf(shown)));
  const text = element(document, "pre", "receipt-text");
  const root = element(document, "details", "receipt", [
    element(document, "summary", "", [say("receiptSummary")]),
    element(document, "p", "", [say("receiptText")]),
    element(document, "p", "", [save]),
    checkRow,
    element(document, "p", "row", [print, share]),
    text,
  ]);
  // The place stays open where it is.
  check.target = "_blank";
  check.rel = "noopener";
  return {
    root,
    show(view) {
      setHidden(root, view === null);
      if (view === null) return;
      shown = view;
      setAttribute(save, "href", view.href);
      setAttribute(save, "download", view.fileName);
      setText(text, view.text);
      setHidden(share, !canShare(fileOf(view)));
      setHidden(checkRow, view.checkHref === null);
      if (view.checkHref !== null) setAttribute(check, "href", view.checkHref);
    },
  };
}

/** As a file to hand on. Few systems share JSON, all share text. */
function fileOf({ text, fileName }: ReceiptView): File {
  return new File([text], fileName.replace(/json$/, "txt"), { type: "text/plain" });
}

function canShare(file: File): boolean {
  return typeof navigator.canShare === "function" && navigator.canShare({ files: [file] });
}

/** Whoever thinks better of it has shared nothing. */
async function shareFile(file: File): Promise<void> {
  try {
    await navigator.share({ files: [file] });
  } catch {
    // Closed again.
  }
}

/** Copies what stands in a field, and says so for a moment. */
export function createCopy(field: HTMLInputElement | HTMLTextAreaElement, { say }: Words): HTMLButtonElement {
  const { ownerDocument: document } = field;
  const copy = plainButton(document, say("copyButton"), () => {
    field.select();
    void copyText(document, field.value).then((isCopied) => {
      if (!isCopied) return;
      setText(copy, say("copiedButton"));
      setTimeout(() => setText(copy, say("copyButton")), 3_000);
    });
  });
  return copy;
}

/** A button in a row with others. */
export function plainButton(document: Document, label: string, onClick: () => void): HTMLButtonElement {
  const made = element(document, "button", "button quiet", [label]);
  made.type = "button";
  made.addEventListener("click", onClick);
  return made;
}

// The clipboard is there only on secure pages of newer browsers; the old way works on the selected field.
async function copyText(document: Document, text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return document.execCommand("copy");
  }
}

export function createProblem(document: Document): Part<View["problem"]> {
  const title = element(document, "h3", "problem-title");
  const notice = element(document, "p", "notice");
  const text = element(document, "p");
  const reference = element(document, "p", "reference");
  const root = element(document, "div", "problem", [title, notice, text, reference]);
  return {
    root,
    show(problem) {
      setHidden(root, problem === null);
      if (problem === null) return;
      setText(title, problem.title);
      setHidden(title, problem.title === "");
      setText(notice, problem.notice ?? "");
      setHidden(notice, problem.notice === null);
      setText(text, problem.text);
      setHidden(text, problem.text === "");
      setText(reference, problem.reference ?? "");
      setHidden(reference, problem.reference === null);
    },
  };
}

export function createLeave(
  document: Document,
  { say }: Words,
  onAction: Listener,
): Part<LeaveView | null> & { readonly focus: () => void } {
  const ask = createButton(document, "button plain", onAction);
  const yes = createButton(document, "button danger", onAction);
  const no = createButton(document, "button quiet", onAction);
  const question = element(document, "h3", "question");
  const warning = element(document, "p");
  const choice = element(document, "div", "choice", [question, warning, no.root, yes.root]);
  const root = element(document, "div", "leave", [ask.root, choice]);
  question.id = "leave-question";
  warning.id = "leave-warning";
  choice.setAttribute("role", "group");
  choice.setAttribute("aria-labelledby", question.id);
  choice.setAttribute("aria-describedby", warning.id);
  choice.addEventListener("keydown", (event) => {
    if (event.key === "Escape") onAction("keep", event);
  });
  const label = { isQuiet: true, isBusy: false };
  return {
    root,
    show(view) {
      setHidden(root, view === null);
      if (view === null) return;
      setHidden(ask.root, view.isAsked);
      setHidden(choice, !view.isAsked);
      ask.show(view.isAsked ? null : { ...label, action: "ask-leave", label: view.label });
      setText(question, view.question);
      setText(warning, view.warning);
      no.show({ ...label, action: "keep", label: say("leaveNo"), isBusy: view.isBusy });
      yes.show({
        action: "leave",
        label: view.isBusy ? say("leavingButton") : say("leaveYes"),
        isQuiet: false,
        isBusy: view.isBusy,
      });
    },
    focus: () => (choice.hidden ? ask.root : no.root).focus(),
  };
}

export function createHints(document: Document): Part<readonly string[]> {
  const root = element(document, "div", "hints");
  return {
    root,
    show(hints) {
      setHidden(root, hints.length === 0);
      setParagraphs(root, hints);
    },
  };
}

export function createConnection(document: Document): Part<View["connection"]> {
  const dot = element(document, "span", "dot");
  const text = element(document, "span");
  const root = element(document, "p", "connection", [dot, text]);
  dot.setAttribute("aria-hidden", "true");
  return {
    root,
    show(connection) {
      setHidden(root, connection === null);
      if (connection === null) return;
      setText(text, connection.text);
      setAttribute(root, "data-connection", connection.state);
    },
  };
}
