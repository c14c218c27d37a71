import { element, setAttribute, setHidden, setParagraphs, setText } from "./dom.ts";
import type { Action } from "./page-state.ts";
import { texts } from "./texts.ts";
import type { ButtonView, LeaveView, PlaceView, ReceiptView, View } from "./view-model.ts";

/** One part of the page: its element, and how to show what the view says of it. */
export interface Part<T> {
  readonly root: HTMLElement;
  show(view: T): void;
}

export function createPlace(document: Document): Part<PlaceView | null> {
  const position = element(document, "p", "position");
  const progress = element(document, "progress", "progress");
  const percent = element(document, "p", "percent");
  const ahead = element(document, "dd");
  const wait = element(document, "dd");
  const ticket = element(document, "p", "ticket");
  const root = element(document, "div", "place", [
    element(document, "p", "label", [texts.positionLabel]),
    position,
    element(document, "div", "rope", [progress]),
    percent,
    element(document, "dl", "facts", [
      element(document, "div", "", [element(document, "dt", "", [texts.aheadLabel]), ahead]),
      element(document, "div", "", [element(document, "dt", "", [texts.waitLabel]), wait]),
    ]),
    ticket,
  ]);
  progress.setAttribute("aria-label", texts.progressLabel);
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

export function createCheckout(document: Document, onAction: Listener): Part<View["checkout"]> {
  const root = element(document, "a", "button");
  root.rel = "noopener";
  root.addEventListener("click", (event) => onAction("checkout", event));
  return {
    root,
    show(view) {
      setHidden(root, view === null);
      if (view === null) return;
      setAttribute(root, "href", view.href);
      setText(root, view.isBusy ? texts.checkoutBusy : texts.checkoutLink);
    },
  };
}

export function createToken(document: Document): Part<string | null> {
  const field = element(document, "textarea", "token");
  field.id = "token";
  field.readOnly = true;
  field.rows = 4;
  field.spellcheck = false;
  const label = element(document, "label", "label", [texts.tokenLabel]);
  label.htmlFor = field.id;
  const copy = element(document, "button", "button quiet", [texts.copyButton]);
  copy.type = "button";
  copy.addEventListener("click", () => {
    field.select();
    void copyText(document, field.value).then((isCopied) => {
      if (!isCopied) return;
      setText(copy, texts.copiedButton);
      setTimeout(() => setText(copy, texts.copyButton), 3_000);
    });
  });
  const root = element(document, "details", "", [
    element(document, "summary", "", [texts.tokenSummary]),
    element(document, "p", "", [texts.tokenText]),
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

export function createReceipt(document: Document): Part<ReceiptView | null> {
  const save = element(document, "a", "", [texts.receiptSave]);
  const check = element(document, "a", "", [texts.receiptCheck]);
  const checkRow = element(document, "p", "", [check]);
  const root = element(document, "details", "receipt", [
    element(document, "summary", "", [texts.receiptSummary]),
    element(document, "p", "", [texts.receiptText]),
    element(document, "p", "", [save]),
    checkRow,
  ]);
  // The place stays open where it is.
  check.target = "_blank";
  check.rel = "noopener";
  return {
    root,
    show(view) {
      setHidden(root, view === null);
      if (view === null) return;
      setAttribute(save, "href", view.href);
      setAttribute(save, "download", view.fileName);
      setHidden(checkRow, view.checkHref === null);
      if (view.checkHref !== null) setAttribute(check, "href", view.checkHref);
    },
  };
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
      setText(reference, problem.reference ?? "");
      setHidden(reference, problem.reference === null);
    },
  };
}

export function createLeave(
  document: Document,
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
      no.show({ ...label, action: "keep", label: texts.leaveNo, isBusy: view.isBusy });
      yes.show({
        action: "leave",
        label: view.isBusy ? texts.leavingButton : texts.leaveYes,
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
