import type { FastifyRequest } from "fastify";
import { type DeflatedPiece, gzipOf, rawOf } from "../deflated-text.ts";
import type { Answer } from "./call.ts";
import { hasETag } from "./has-etag.ts";

export interface LargeText {
  readonly pieces: readonly DeflatedPiece[];
  readonly contentType: string;
  /** Changes with the text; letters, digits, `.` and `-`. */
  readonly version: string;
  readonly headers: readonly string[];
}

/**
 * Answers a text that is too large to hold: packed as it is kept where the caller takes gzip, else raw, and then a part of it
 * where one is asked for. 304 to who has it already.
 */
export function largeAnswer({ headers: asked }: FastifyRequest, text: LargeText): Answer {
  const { pieces, contentType, version } = text;
  const [raw, packed] = [`"${version}"`, `"${version}-gzip"`];
  const bytes = pieces.reduce((sum, { rawBytes }) => sum + rawBytes, 0);
  const part = readRange(asked.range, asked["if-range"], raw, bytes);
  const isPacked = part === null && takesGzip(String(asked["accept-encoding"] ?? ""));
  const headers = [...text.headers, "Vary", "Accept-Encoding", "Accept-Ranges", "bytes"];
  headers.push("ETag", isPacked ? packed : raw);
  const known = asked["if-none-match"];
  if (hasETag(known, raw) || hasETag(known, packed)) return { status: 304, headers };
  if (isPacked) {
    const { bytes: packedBytes, stream } = gzipOf(pieces);
    headers.push("Content-Encoding", "gzip", "Content-Length", String(packedBytes));
    return { status: 200, contentType, headers, pieces: stream };
  }
  const { start, end } = part ?? { start: 0, end: bytes };
  headers.push("Content-Length", String(end - start));
  if (part !== null) headers.push("Content-Range", `bytes ${start}-${end - 1}/${bytes}`);
  return { status: part === null ? 200 : 206, contentType, headers, pieces: rawOf(pieces, start, end) };
}

interface ByteRange {
  readonly start: number;
  /** Behind the last byte. */
  readonly end: number;
}

/** The one range that is asked for; null: the whole, also where the range is none of these bytes or the text has changed. */
function readRange(
  range: string | undefined,
  ifRange: string | string[] | undefined,
  etag: string,
  bytes: number,
): ByteRange | null {
  const [, first = "", last = ""] = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(range?.trim() ?? "") ?? [];
  if (first === "" && last === "") return null;
  if (ifRange !== undefined && ifRange !== etag) return null;
  const start = first === "" ? Math.max(0, bytes - Number(last)) : Number(first);
  const end = first === "" || last === "" ? bytes : Math.min(bytes, Number(last) + 1);
  return start < end ? { start, end } : null;
}

function takesGzip(accepted: string): boolean {
  return accepted.split(",").some((part) => {
    const [name = "", ...parameters] = part.trim().toLowerCase().split(";");
    const isRefused = parameters.some((parameter) => /^\s*q=0(\.0*)?\s*$/.test(parameter));
    return name.trim() === "gzip" && !isRefused;
  });
}
