import { type ClientRequest, type IncomingMessage, request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import { limits, type WebhookFailure } from "@stanchion/contract";
import type { AddressGuard } from "./address-guard.ts";

/** What became of one attempt. */
export interface Outcome {
  /** Null: no answer came. */
  readonly status: number | null;
  readonly failure: WebhookFailure | null;
  /** The beginning of the answer's body, masked. */
  readonly answer: string | null;
  readonly retryAfterSeconds: number | null;
}

export interface WebhookRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const answerBytesMax = 16_384;
const answerHeadBytesMax = 16_384;

/**
 * Sends one webhook and tells what came of it; never throws. Redirects are not followed. Of the answer so much is read as is
 * shown, and all of it together may take no longer than the limit.
 */
export async function sendWebhook(
  guard: AddressGuard,
  webhook: WebhookRequest,
  {
    timeoutMs = limits.webhookTimeoutSeconds * 1_000,
    signal,
  }: { timeoutMs?: number; signal?: AbortSignal } = {},
): Promise<Outcome> {
  const url = new URL(webhook.url);
  if (guard.isRefusedAsWritten(url)) return noAnswer("ADDRESS_REFUSED");
  const deadline = AbortSignal.timeout(timeoutMs);
  const ends = signal === undefined ? deadline : AbortSignal.any([deadline, signal]);
  for (let isFirst = true; ; isFirst = false) {
    const connection = { isReused: false };
    try {
      return await exchange(guard, url, webhook, ends, connection);
    } catch (error) {
      // The receiver may have closed a kept connection just as this went out on it.
      if (isFirst && connection.isReused && codeOf(error) === "ECONNRESET" && !ends.aborted) continue;
      return noAnswer(deadline.aborted ? "TOO_SLOW" : failureOf(error));
    }
  }
}

function exchange(
  guard: AddressGuard,
  url: URL,
  { headers, body }: WebhookRequest,
  signal: AbortSignal,
  connection: { isReused: boolean },
): Promise<Outcome> {
  const bytes = Buffer.from(body);
  return new Promise((resolve, reject) => {
    const send = url.protocol === "https:" ? requestHttps : requestHttp;
    const request: ClientRequest = send(url, {
      method: "POST",
      agent: guard.agentFor(url),
      headers: { ...headers, "Content-Length": String(bytes.length) },
      maxHeaderSize: answerHeadBytesMax,
      signal,
    });
    let isAnswered = false;
    request.on("error", (error) => {
      connection.isReused = request.reusedSocket;
      if (!isAnswered) reject(error);
    });
    request.on("response", (response) => {
      isAnswered = true;
      readBeginning(response).then(
        (answer) =>
          resolve({
            status: response.statusCode ?? 0,
            failure: null,
            answer: shown(answer),
            retryAfterSeconds: retryAfterOf(response.headers["retry-after"]),
          }),
        reject,
      );
    });
    request.end(bytes);
  });
}

/** A status was said, so whatever becomes of the body, the attempt has its answer. */
function readBeginning(response: IncomingMessage): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  return new Promise((resolve) => {
    const end = (): void => resolve(Buffer.concat(pieces).subarray(0, answerBytesMax));
    response.on("data", (piece: Buffer) => {
      pieces.push(piece);
      bytes += piece.length;
      if (bytes < answerBytesMax) return;
      response.destroy();
      end();
    });
    for (const event of ["end", "close", "error"]) response.on(event, end);
  });
}

const secrets = /\b(whsec_|[sp]k_(?:test|live)_|v1,)[A-Za-z0-9+/=_-]{6,}|\b(Bearer|Basic) +[^\s"',;]+/g;
const controls = /\p{Cc}/gu;

/** What of an answer is kept: its beginning as text, without what must not stand in a list. */
function shown(answer: Buffer): string {
  return answer
    .toString("utf8")
    .replace(secrets, (_, prefix: string | undefined, scheme: string | undefined) =>
      prefix === undefined ? `${scheme} ***` : `${prefix}***`,
    )
    .replace(controls, " ")
    .slice(0, limits.webhookAnswerCharactersMax)
    .toWellFormed();
}

/** Seconds, or a date of HTTP. */
function retryAfterOf(text: string | undefined): number | null {
  if (text === undefined) return null;
  if (/^\d{1,9}$/.test(text)) return Number(text);
  const at = Date.parse(text);
  return Number.isNaN(at) ? null : Math.max(0, Math.ceil((at - Date.now()) / 1_000));
}

function noAnswer(failure: WebhookFailure): Outcome {
  return { status: null, failure, answer: null, retryAfterSeconds: null };
}

const resolving = [
  "ENOTFOUND",
  "ENODATA",
  "ESERVFAIL",
  "ETIMEOUT",
  "EREFUSED",
  "ENONAME",
  "EBADRESP",
  "EAI_AGAIN",
];
const connecting = ["ECONNREFUSED", "EHOSTUNREACH", "ENETUNREACH", "ETIMEDOUT", "EADDRNOTAVAIL"];

function failureOf(error: unknown): WebhookFailure {
  const [code, message] = [codeOf(error), String(Object(error).message)];
  if (code === "ADDRESS_REFUSED" || message.includes("is not allowed. Because")) return "ADDRESS_REFUSED";
  if (resolving.includes(code) || message === "no address") return "NOT_RESOLVED";
  if (connecting.includes(code)) return "NOT_CONNECTED";
  if (/CERT|SSL|TLS|SIGNATURE|ISSUER|EPROTO/.test(code)) return "NOT_SECURE";
  return "BROKEN_OFF";
}

/** Where several addresses were tried, the first fault speaks for all. */
function codeOf(error: unknown): string {
  const first = error instanceof AggregateError ? error.errors[0] : error;
  return String(Object(first).code ?? "");
}
