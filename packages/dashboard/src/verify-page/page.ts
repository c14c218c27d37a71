/** The page's part: the form, the progress, the worker that calculates. */

import { setHidden, setText } from "@stanchion/element/dom";
import type { Receipt } from "@stanchion/verify";
import type { CheckNews, CheckTask, EvidenceSource } from "./check-task.ts";
import { showFailure } from "./result-parts.ts";
import { showLineResult } from "./show-line-result.ts";
import { showResult } from "./show-result.ts";
import { logProgressWords, progressWords, texts } from "./texts.ts";

/** Wires the page; `script` is the text of the very script that runs, from which the worker is made. */
export function startPage(script: string): void {
  const parts = findParts();
  // From the page's own text, so that a saved copy needs no second file.
  const workerAddress = URL.createObjectURL(new Blob([script], { type: "text/javascript" }));
  let worker: Worker | null = null;

  const stop = (): void => {
    worker?.terminate();
    worker = null;
    setHidden(parts.progress, true);
    parts.fields.disabled = false;
  };
  const start = (isWhole: boolean): void => {
    const task = readTask(parts, isWhole);
    setText(parts.fault, typeof task === "string" ? task : "");
    if (typeof task === "string") return;
    stop();
    parts.fields.disabled = true;
    setHidden(parts.result, true);
    setHidden(parts.progress, false);
    parts.bar.removeAttribute("value");
    setText(parts.progressWords, texts.reading);
    worker = startWorker(workerAddress, task, (news) => {
      if (news.kind === "progress") return showProgress(parts, news);
      stop();
      if (news.kind === "failed") return showFailure(parts.result, news.says);
      if (news.kind === "line") return showLineResult(parts.result, news.checked, news.facts);
      showResult(parts.result, news.checked, news.facts, isWhole);
    });
  };

  parts.form.addEventListener("submit", (event) => {
    event.preventDefault();
    start(true);
  });
  parts.own.addEventListener("click", () => start(false));
  parts.stop.addEventListener("click", () => {
    stop();
    parts.all.focus();
  });
  const showButtons = (): void => setHidden(parts.own, isOfLine(parts.draw.value));
  parts.draw.addEventListener("input", showButtons);
  fillFromAddress(parts);
  showButtons();
  setHidden(parts.form, false);
}

type Parts = ReturnType<typeof findParts>;

function findParts() {
  return {
    form: find("form", HTMLFormElement),
    fields: find("fields", HTMLFieldSetElement),
    draw: find("draw", HTMLInputElement),
    files: find("files", HTMLInputElement),
    receipt: find("receipt", HTMLTextAreaElement),
    fault: find("fault", HTMLElement),
    all: find("all", HTMLButtonElement),
    own: find("own", HTMLButtonElement),
    progress: find("progress", HTMLElement),
    bar: find("bar", HTMLProgressElement),
    progressWords: find("progress-words", HTMLElement),
    stop: find("stop", HTMLButtonElement),
    result: find("result", HTMLElement),
  };
}

function find<Kind extends HTMLElement>(id: string, kind: new () => Kind): Kind {
  const found = document.getElementById(id);
  if (!(found instanceof kind)) throw new Error(`the page has no ${id}`);
  return found;
}

/** The task that the form asks for, or what is missing in it. */
function readTask(parts: Parts, isWhole: boolean): CheckTask | string {
  const source = readSource(parts);
  if (typeof source === "string") return source;
  const receipt = readReceipt(parts.receipt.value);
  if (receipt === undefined) return texts.badReceipt;
  if (receipt === null && !isWhole && source.kind === "address") return texts.noReceipt;
  return { source, receipt, isWhole };
}

function readSource({ draw, files }: Parts): EvidenceSource | string {
  const chosen = [...(files.files ?? [])];
  if (chosen.length > 0) return { kind: "files", files: chosen };
  const given = draw.value.trim();
  if (given === "") return texts.noDraw;
  const isOfServer = location.protocol !== "file:";
  if (isNumber(given)) return isOfServer ? { kind: "address", address: addressOf(given) } : texts.noDraw;
  const isElsewhere = URL.canParse(given) && new URL(given).origin !== location.origin;
  return isOfServer && isElsewhere ? texts.otherServer : { kind: "address", address: given };
}

function isNumber(text: string): boolean {
  return /^(?:draw|queue)_\w+$/.test(text);
}

function addressOf(id: string): string {
  const address = new URL(location.href);
  address.search = `?${isOfLine(id) ? "queue" : "draw"}=${id}`;
  address.hash = "";
  return address.href;
}

/** A receipt by itself, or inside the entry that the status answers; null for none, undefined for what is no JSON. */
function readReceipt(text: string): Receipt | null | undefined {
  if (text.trim() === "") return null;
  try {
    const document = Object(JSON.parse(text));
    return document.receipt ?? document;
  } catch {
    return undefined;
  }
}

/** Whether a number or an address is a line's, of which one entry alone cannot be checked. */
function isOfLine(given: string): boolean {
  return /\bqueue_\w+/.test(given);
}

/** A link may say which draw or line, and behind `#receipt=`, which no server sees, bring the receipt in base64url. */
function fillFromAddress({ draw, receipt }: Parts): void {
  const { searchParams, hash } = new URL(location.href);
  draw.value ||= searchParams.get("draw") ?? searchParams.get("queue") ?? "";
  const packed = /^#receipt=([\w-]+)$/.exec(hash)?.[1];
  if (packed === undefined) return;
  try {
    const binary = atob(packed.replaceAll("-", "+").replaceAll("_", "/"));
    receipt.value = new TextDecoder().decode(Uint8Array.from(binary, (one) => one.charCodeAt(0)));
  } catch {
    // Half a link: the receipt can still be pasted.
  }
}

function startWorker(address: string, task: CheckTask, onNews: (news: CheckNews) => void): Worker {
  const worker = new Worker(address);
  worker.addEventListener("message", ({ data }) => onNews(data));
  worker.addEventListener("error", ({ message }) => onNews({ kind: "failed", says: message }));
  worker.postMessage(task);
  return worker;
}

function showProgress(parts: Parts, { what, read, total }: Extract<CheckNews, { kind: "progress" }>): void {
  parts.bar.max = Math.max(1, total);
  parts.bar.value = read;
  const words = what === "log" ? logProgressWords(read, total) : progressWords(read, total);
  setText(parts.progressWords, what === "list" && read >= total ? texts.drawing : words);
}
