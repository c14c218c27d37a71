import type { IncomingMessage } from "node:http";
import { limits } from "@stanchion/contract";
import { apiError } from "../errors/index.ts";

const utf8 = new TextDecoder("utf-8", { fatal: true });

/**
 * The JSON value of a body. A byte-order mark is accepted, of a member that stands twice the last wins.
 * Throws INVALID_JSON for broken JSON or UTF-8, more than 64 levels, or a member named __proto__.
 */
export function readJson(body: Buffer): unknown {
  let value: unknown;
  try {
    value = JSON.parse(utf8.decode(body));
  } catch (cause) {
    throw apiError("INVALID_JSON", { cause });
  }
  refuseUnsafe(value, 1);
  return value;
}

function refuseUnsafe(value: unknown, depth: number): void {
  if (value === null || typeof value !== "object") return;
  if (depth > limits.jsonDepthMax)
    throw apiError("INVALID_JSON", { details: { depthMax: limits.jsonDepthMax } });
  if (Object.hasOwn(value, "__proto__")) throw apiError("INVALID_JSON", { details: { member: "__proto__" } });
  for (const inner of Object.values(value)) refuseUnsafe(inner, depth + 1);
}

/** The text of a body that is CSV, without its byte-order mark. Throws INVALID_CSV where it is no UTF-8. */
export function readCsv(body: Buffer): string {
  try {
    return utf8.decode(body);
  } catch (cause) {
    throw apiError("INVALID_CSV", { cause, details: { reason: "The body is no UTF-8." } });
  }
}

/** What a request from outside has; one that a page of ours makes inside the process has each header once. */
type Head = Pick<IncomingMessage, "headers"> & Partial<Pick<IncomingMessage, "headersDistinct">>;

/** Does every Content-Type that was sent say this media type in UTF-8, not packed in any way? */
export function isPlain(mediaType: string, { headers, headersDistinct }: Head): boolean {
  const coding = headers["content-encoding"]?.trim().toLowerCase() ?? "";
  const single = headers["content-type"];
  const types = headersDistinct?.["content-type"] ?? (single === undefined ? [] : [single]);
  const isPacked = coding !== "" && coding !== "identity";
  return !isPacked && types.length > 0 && types.every((type) => isMediaType(mediaType, type));
}

/** Is the content type this media type in UTF-8? */
export function isMediaType(mediaType: string, contentType: string): boolean {
  const [type = "", ...parameters] = contentType.toLowerCase().split(";");
  if (type.trim() !== mediaType) return false;
  return parameters.every((parameter) => {
    const [name = "", value = ""] = parameter.split("=").map((part) => part.trim());
    return (
      name !== "charset" || value.replaceAll('"', "") === "utf-8" || value.replaceAll('"', "") === "utf8"
    );
  });
}
