import { createHash } from "node:crypto";
import type { FastifyInstance, FastifyRequest } from "fastify";
import type { DevMailbox, StoredMail } from "../delivery/mail/index.ts";
import { apiError } from "../platform/errors/index.ts";
import { isFromThisMachine, noteRoute, writeAnswer } from "../platform/http/index.ts";

const path = "/dev/mailbox";

/** The mails of test keys while no provider is set up, for whoever develops on this machine. */
export function registerMailboxPage(app: FastifyInstance, mailbox: DevMailbox): void {
  noteRoute("GET", path);
  app.get(path, (request, reply) => {
    if (!isFromThisMachine(request) || !isAskedByLocalName(request)) throw apiError("RESOURCE_RESTRICTED");
    writeAnswer(request, reply, {
      status: 200,
      body: mailboxHtml(mailbox.list()),
      contentType: "text/html; charset=utf-8",
      headers: [
        "Content-Security-Policy",
        `default-src 'none'; style-src 'sha256-${styleHash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
        "X-Content-Type-Options",
        "nosniff",
        "Referrer-Policy",
        "no-referrer",
      ],
    });
    app.noteSuccess(request, 200);
  });
}

/** A name of somebody else's that was made to point here would let a page of theirs read the codes. */
function isAskedByLocalName(request: FastifyRequest): boolean {
  const host = (request.headers.host ?? "").replace(/:\d+$/, "");
  return host === "localhost" || host === "[::1]" || /^127\.\d+\.\d+\.\d+$/.test(host);
}

const style =
  "body{font:16px/1.6 system-ui,sans-serif;max-width:44rem;margin:3rem auto;padding:0 1rem;color-scheme:light dark}article{border-top:1px solid #8884;padding:1rem 0}h2{font-size:1.1rem;margin:0}p{margin:.2rem 0;opacity:.75}pre{white-space:pre-wrap;font:inherit}";
const styleHash = createHash("sha256").update(style).digest("base64");

function mailboxHtml(mails: readonly StoredMail[]): string {
  const list = mails.map(mailHtml).join("\n");
  const empty = "<p>No mail yet. This page looks again every five seconds.</p>";
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><meta http-equiv="refresh" content="5"><title>Mailbox of test keys - Stanchion</title><style>${style}</style></head><body><main><h1>Mailbox of test keys</h1><p>SMTP_URL is not set, so these mails were not sent. They are kept in memory, the latest first.</p>${list === "" ? empty : list}</main></body></html>`;
}

function mailHtml({ to, subject, text, sentAtMs }: StoredMail): string {
  const at = new Date(sentAtMs).toISOString();
  return `<article><h2>${escapeHtml(subject)}</h2><p>To ${escapeHtml(to)}, <time datetime="${at}">${at}</time></p><pre>${escapeHtml(text)}</pre></article>`;
}

function escapeHtml(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}
