/** Pages in words for when a line or a draw cannot be shown. */
import { documentWords, drawDocumentWords, messagePageHtml } from "@stanchion/dashboard";
import type { FastifyReply, FastifyRequest } from "fastify";
import { translateDatabaseError } from "../platform/database/index.ts";
import { ApiError, apiError } from "../platform/errors/index.ts";
import { writeAnswer } from "../platform/http/index.ts";
import { pageHeadersWith } from "./page-headers.ts";
import { readPageLanguage } from "./page-language.ts";

const outageRetrySeconds = 5;
const contentType = "text/html; charset=utf-8";

/** The words of what cannot be shown: of a line or of a draw. */
type WordsOf = typeof documentWords | typeof drawDocumentWords;

/** A person gets a page, a program the contract's error. */
export function refuseLine(request: FastifyRequest, reply: FastifyReply, stylePath: string): void {
  if (!wantsPage(request)) throw apiError("QUEUE_NOT_FOUND");
  answerMissing(request, reply, stylePath, documentWords);
}

/** The same for a draw. */
export function refuseDraw(request: FastifyRequest, reply: FastifyReply, stylePath: string): void {
  if (!wantsPage(request)) throw apiError("DRAW_NOT_FOUND");
  answerMissing(request, reply, stylePath, drawDocumentWords);
}

function answerMissing(
  request: FastifyRequest,
  reply: FastifyReply,
  stylePath: string,
  wordsOf: WordsOf,
): void {
  const { language, headers } = readPageLanguage(request);
  const { document } = wordsOf(language);
  const body = messagePageHtml({
    title: document.missingTitle,
    text: document.missingText,
    requestId: request.call.requestId,
    stylePath,
    language,
  });
  writeAnswer(request, reply, {
    status: 404,
    body,
    contentType,
    headers: [...pageHeadersWith(), ...headers],
  });
}

/** Where nothing is known of it now, the browser itself asks again. */
export function answerFailedPage(stylePath: string, wordsOf: WordsOf = documentWords) {
  return (thrown: Error, request: FastifyRequest, reply: FastifyReply): void => {
    const error = thrown instanceof ApiError ? thrown : translateDatabaseError(thrown);
    if (error?.status !== 503 || !wantsPage(request)) return void reply.send(thrown);
    const { language, headers } = readPageLanguage(request);
    const { say, document } = wordsOf(language);
    const body = messagePageHtml({
      title: say("maintenanceTitle"),
      text: document.outageText,
      requestId: request.call.requestId,
      stylePath,
      language,
    });
    const retryAfter = String(Math.max(1, Math.ceil(error.retryAfterSeconds ?? outageRetrySeconds)));
    writeAnswer(request, reply, {
      status: 503,
      body,
      contentType,
      headers: [...pageHeadersWith(), ...headers, "Retry-After", retryAfter, "Refresh", retryAfter],
    });
  };
}

function wantsPage(request: FastifyRequest): boolean {
  return request.headers.accept?.includes("text/html") ?? false;
}
