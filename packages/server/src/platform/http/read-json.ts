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

/** Does every Content-Type that was sent say JSON in UTF-8, not packed in any way? */
export function isPlainJson({ headers, headersDistinct }: IncomingMessage): boolean {
  const coding = headers["content-encoding"]?.trim().toLowerCase() ?? "";
  const types = headersDistinct["content-type"] ?? [];
  return (coding === "" || coding === "identity") && types.length > 0 && types.every(isJsonMediaType);
}

/** Is the media type JSON in UTF-8? */
export function isJsonMediaType(contentType: string): boolean {
  const [type = "", ...parameters] = contentType.toLowerCase().split(";");
  if (type.trim() !== "application/json") return false;
  return parameters.every((parameter) => {
    const [name = "", value = ""] = parameter.split("=").map((part) => part.trim());
    return (
      name !== "charset" || value.replaceAll('"', "") === "utf-8" || value.replaceAll('"', "") === "utf8"
    );
  });
}
