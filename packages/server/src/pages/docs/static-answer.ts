import { createHash } from "node:crypto";
import { brotliCompressSync, gzipSync, constants as zlib } from "node:zlib";
import type { FastifyReply, FastifyRequest } from "fastify";
import { hasETag, writeAnswer } from "../../platform/http/index.ts";

type Encoding = "br" | "gzip";

/** A file that is the same for everybody, with its compressed forms. */
export interface StaticFile {
  readonly contentType: string;
  /** Ten hexadecimal digits of the contents. */
  readonly hash: string;
  /** Null where the file is kept compressed only. */
  readonly body: Buffer | null;
  readonly compressed: Readonly<Record<Encoding, Buffer>>;
}

/** How long a page may be kept without asking, in seconds. */
export const pageMaxAgeSeconds = 300;
/** For addresses that change with what is behind them. */
export const immutable = "public, max-age=31536000, immutable";

/** Compresses a file of at most a few hundred kilobytes. */
export function staticFile(body: Buffer, contentType: string): StaticFile {
  return {
    contentType,
    hash: hashOf(body),
    body,
    compressed: {
      br: brotliCompressSync(body, { params: { [zlib.BROTLI_PARAM_QUALITY]: 9 } }),
      gzip: gzipSync(body, { level: 9 }),
    },
  };
}

export function hashOf(body: Buffer): string {
  return createHash("sha256").update(body).digest("hex").slice(0, 10);
}

/** Puts the file on the wire in a form that the caller takes, or 304 where the caller has it already. */
export function answerStatic(
  request: FastifyRequest,
  reply: FastifyReply,
  file: StaticFile,
  { status = 200, headers = [] }: { readonly status?: number; readonly headers?: readonly string[] },
): void {
  const etag = `W/"${file.hash}"`;
  const own = [...headers, "Vary", "Accept-Encoding"];
  if (status === 200) own.push("ETag", etag);
  if (status === 200 && hasETag(request.headers["if-none-match"], etag)) {
    writeAnswer(request, reply, { status: 304, headers: own });
    return;
  }
  const encoding = file.body !== null && isPlainWanted(request) ? null : encodingFor(request);
  if (encoding !== null) own.push("Content-Encoding", encoding);
  writeAnswer(request, reply, {
    status,
    body: encoding === null ? (file.body ?? Buffer.alloc(0)) : file.compressed[encoding],
    contentType: file.contentType,
    headers: own,
  });
}

function isPlainWanted(request: FastifyRequest): boolean {
  const accepted = acceptedEncodings(request);
  return !accepted.has("br") && !accepted.has("gzip");
}

/** Brotli where it is taken; gzip for the rest, which every client of the last twenty years reads. */
function encodingFor(request: FastifyRequest): Encoding {
  return acceptedEncodings(request).has("br") ? "br" : "gzip";
}

function acceptedEncodings(request: FastifyRequest): ReadonlySet<string> {
  const given = String(request.headers["accept-encoding"] ?? "");
  const names = given.split(",").flatMap((part) => {
    const [name = "", ...parameters] = part.trim().toLowerCase().split(";");
    const isRefused = parameters.some((parameter) => /^\s*q=0(\.0*)?\s*$/.test(parameter));
    return isRefused ? [] : [name.trim()];
  });
  return new Set(names);
}
