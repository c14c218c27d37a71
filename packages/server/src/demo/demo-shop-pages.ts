import { createHash } from "node:crypto";
import type { ErrorBody, ErrorCode } from "@stanchion/contract";

const style = `:root{color-scheme:light dark;--page:#eef2f1;--card:#fff;--ink:#15211f;--soft:#56645f;--line:#d6dedb;--accent:#0d6b5e;--on-accent:#fff}
@media (prefers-color-scheme:dark){:root{--page:#0f1514;--card:#19211f;--ink:#eef5f2;--soft:#a3b3ad;--line:#32403c;--accent:#5fd0bb;--on-accent:#06231e}}
body{margin:0;padding:max(1rem,6vh) 1rem 2rem;background:var(--page);color:var(--ink);font:1.0625rem/1.5 system-ui,sans-serif}
main{max-width:30rem;margin:0 auto;padding:1.75rem clamp(1.25rem,6vw,2.25rem);background:var(--card);border:1px solid var(--line);border-radius:1rem}
h1{margin:0 0 .5rem;font-size:1.6rem;line-height:1.2}p{margin:.5rem 0}.shop{margin:0 0 1.25rem;color:var(--soft);font-size:.9rem}
.small{color:var(--soft);font-size:.875rem;overflow-wrap:anywhere}form,.back{margin:1.5rem 0 1rem}
button,.back a{display:inline-block;box-sizing:border-box;min-height:2.75rem;padding:.6rem 1.4rem;border:0;border-radius:.7rem;background:var(--accent);color:var(--on-accent);font:inherit;font-weight:600;text-decoration:none;cursor:pointer}
button:focus-visible,a:focus-visible{outline:3px solid var(--ink);outline-offset:2px}`;

const styleHash = createHash("sha256").update(style).digest("base64");

/** What every page of the shop is sent with. The token stands in the address, so no referrer tells it. */
export const pageHeaders: readonly string[] = [
  "Content-Security-Policy",
  `default-src 'none'; style-src 'sha256-${styleHash}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`,
  "Referrer-Policy",
  "no-referrer",
  "X-Content-Type-Options",
  "nosniff",
];

/** The checkout for somebody whose token is good. */
export function checkoutPage(input: {
  action: string;
  token: string;
  expiresAtMs: number;
  nowMs: number;
}): string {
  const { action, token, expiresAtMs, nowMs } = input;
  return layout(
    "Checkout",
    `<p>Your admission token was verified offline, with the line's public keys; your admission lasts until ${timeOf(expiresAtMs)}, ${durationOf(expiresAtMs - nowMs)} from now.</p>
<form method="post" action="${action}"><input type="hidden" name="admission_token" value="${escapeHtml(token)}"><button>Buy (pretend)</button></form>
<p class="small">This page's link is good for a minute. The line hands out a fresh one for as long as your turn lasts.</p>`,
  );
}

/** The end of the way: the API has completed the admission. */
export function boughtPage(input: { orderId: string; queueId: string }): string {
  return layout(
    "Bought",
    `<p>The line has noted your purchase, and your place to buy is free for the next one.</p>
${wayBack(input.queueId, "See how the line shows it")}
<p class="small">Order ${escapeHtml(input.orderId)}. Nothing was paid: this shop is a part of the demo.</p>`,
  );
}

/** Why it cannot be bought, in plain words, with the contract's code. */
export function refusalPage(input: { error: ErrorBody; queueId: string | null }): string {
  const { error, queueId } = input;
  const { title, text } = wordsOf(error);
  return layout(
    title,
    `<p>${escapeHtml(text)}</p>
${queueId === null ? "" : wayBack(queueId, "Back to the line")}
<p class="small">${escapeHtml(error.code)} · ${escapeHtml(error.requestId)}</p>`,
  );
}

interface Words {
  readonly title: string;
  readonly text: string;
}

const wordsByCode: Partial<Record<ErrorCode, Words>> = {
  MISSING_PARAMETER: {
    title: "Come in through the line",
    text: "The checkout opens with a link that the line hands out when it is your turn.",
  },
  INVALID_TOKEN: {
    title: "This link is not from our line",
    text: "The admission token in it is not one that our line has signed. Come in through the line.",
  },
  TOKEN_EXPIRED: {
    title: "This link is too old",
    text: "It was good for a minute. As long as your turn lasts, the line has a fresh one for you.",
  },
  ADMISSION_EXPIRED: {
    title: "Your time to buy is over",
    text: "The turn went to the next in line. You can join again for a new place.",
  },
  ADMISSION_USED: {
    title: "You have bought already",
    text: "An admission is good for one purchase, and yours was used.",
  },
  INVALID_STATE: {
    title: "You have no turn any more",
    text: "It was given up, or taken back by the organizer.",
  },
};

function wordsOf({ code, message }: ErrorBody): Words {
  return wordsByCode[code] ?? { title: "This did not work just now", text: message };
}

function wayBack(queueId: string, label: string): string {
  return `<p class="back"><a href="/q/${encodeURIComponent(queueId)}">${escapeHtml(label)}</a></p>`;
}

function timeOf(ms: number): string {
  const iso = new Date(ms).toISOString();
  return `<time datetime="${iso}">${iso.slice(11, 19)} UTC</time>`;
}

function durationOf(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const minutes = Math.floor(seconds / 60);
  return minutes === 0 ? `${seconds} s` : `${minutes} min ${seconds % 60} s`;
}

function layout(title: string, content: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>${escapeHtml(title)} · The demo shop</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<meta name="color-scheme" content="light dark">
<style>${style}</style>
</head>
<body>
<main>
<p class="shop">The demo shop</p>
<h1>${escapeHtml(title)}</h1>
${content}
</main>
</body>
</html>
`;
}

function escapeHtml(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}
