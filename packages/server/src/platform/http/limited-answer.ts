import type { FastifyReply, FastifyRequest } from "fastify";
import { type RenderedError, renderError } from "../errors/index.ts";
import type { RateVerdict } from "../rate-limits/index.ts";
import type { Refusal } from "./answered-request.ts";
import { exposedHeaders } from "./call.ts";
import { limitedRefusal, rateLimited } from "./count-call.ts";
import { HeadText, inOnePiece, linesOf } from "./head-text.ts";

/**
 * Refuses calls that are past their limit at hardly more than what HTTP itself costs: nothing is thrown, and everything in the
 * answer but the request's own id is made once for a limit and a second. The words are those of the one renderer.
 */
export class LimitedAnswers {
  readonly #publicUrl: () => string | null;
  readonly #prepared = new Map<string, Prepared>();
  // In a flood one refusal is much like the one before.
  #last: { readonly verdict: RateVerdict; readonly prepared: Prepared } | null = null;

  constructor(publicUrl: () => string | null) {
    this.#publicUrl = publicUrl;
  }

  /**
   * Writes the answer in our own shape and in English, and says what it told: who asks for another is answered by the ordinary
   * way.
   */
  write(request: FastifyRequest, reply: FastifyReply, verdict: RateVerdict): Refusal {
    const { requestId, allowOrigin } = request.call;
    const { before, after, bytes, isAscii, head, refusal } = this.#prepare(verdict);
    const cors =
      allowOrigin === null
        ? ""
        : `Access-Control-Allow-Origin: ${allowOrigin}\r\nAccess-Control-Expose-Headers: ${exposedHeaders}\r\n`;
    reply.hijack();
    const { raw } = reply;
    if (raw.headersSent || raw.destroyed) return refusal;
    // An id is ASCII, so that it is as many bytes as characters.
    head.write(
      raw,
      `X-Request-Id: ${requestId}\r\nContent-Length: ${bytes + requestId.length}\r\nX-RateLimit-Reset: ${Math.ceil(verdict.windowEndsAtMs / 1000)}\r\n${cors}`,
    );
    raw.end(before + requestId + after, isAscii ? "latin1" : "utf8");
    return refusal;
  }

  #prepare(verdict: RateVerdict): Prepared {
    if (this.#last === null || !isAlike(this.#last.verdict, verdict))
      this.#last = { verdict, prepared: this.#find(verdict) };
    return this.#last.prepared;
  }

  #find(verdict: RateVerdict): Prepared {
    const { rateClass, limit, windowSeconds, secondsLeft } = verdict;
    const name = `${rateClass} ${limit} ${windowSeconds} ${secondsLeft}`;
    const known = this.#prepared.get(name);
    if (known !== undefined) return known;
    if (this.#prepared.size >= preparedMax) this.#prepared.clear();
    const made = prepare(verdict, this.#publicUrl());
    this.#prepared.set(name, made);
    return made;
  }
}

function isAlike(one: RateVerdict, other: RateVerdict): boolean {
  return (
    one.secondsLeft === other.secondsLeft &&
    one.rateClass === other.rateClass &&
    one.limit === other.limit &&
    one.windowSeconds === other.windowSeconds
  );
}

/** The seconds of every class, and of some organizations' own numbers. */
const preparedMax = 2_000;
const placeholder = "req_placeholder";

interface Prepared {
  /** The body up to the request id, and behind it. */
  readonly before: string;
  readonly after: string;
  /** The length of both. */
  readonly bytes: number;
  /** Then it goes out without being measured and converted again. */
  readonly isAscii: boolean;
  /** With the lines that are the same for everybody. */
  readonly head: HeadText;
  readonly refusal: Refusal;
}

function prepare(verdict: RateVerdict, publicUrl: string | null): Prepared {
  const rendered: RenderedError = renderError(rateLimited(verdict), { requestId: placeholder, publicUrl });
  const [before = "", after = ""] = rendered.body.split(placeholder);
  const { rateClass, limit, windowSeconds, secondsLeft } = verdict;
  const bytes = Buffer.byteLength(before) + Buffer.byteLength(after);
  const headers = [
    "Vary",
    "Origin, Accept",
    "Content-Type",
    rendered.contentType,
    "X-RateLimit-Limit",
    String(limit),
    "X-RateLimit-Remaining",
    "0",
    "RateLimit-Policy",
    `"${rateClass}";q=${limit};w=${windowSeconds}`,
    "RateLimit",
    `"${rateClass}";r=0;t=${secondsLeft}`,
    ...rendered.headers,
  ];
  return {
    before: inOnePiece(before),
    after: inOnePiece(after),
    bytes,
    isAscii: bytes === before.length + after.length,
    head: new HeadText(429, linesOf(headers)),
    refusal: limitedRefusal(verdict),
  };
}
