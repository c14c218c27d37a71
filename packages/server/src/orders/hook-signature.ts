import { createHmac, timingSafeEqual } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import { type HookSource, limits } from "@stanchion/contract";
import { Webhook } from "standardwebhooks";

/** What is signed, and when it came. */
export interface SignedCall {
  readonly headers: IncomingHttpHeaders;
  readonly bytes: Buffer;
  readonly nowMs: number;
}

/** Is the body signed by this secret as the source signs, and where the signature covers a time, within five minutes of now? */
export function isSigned(source: HookSource, secret: string, call: SignedCall): boolean {
  switch (source) {
    case "hmac":
      return isStandardSigned(secret, call);
    case "shopify":
      return isShopifySigned(secret, call);
    case "stripe":
      return isStripeSigned(secret, call);
  }
}

function isStandardSigned(secret: string, { headers, bytes }: SignedCall): boolean {
  const names = ["webhook-id", "webhook-timestamp", "webhook-signature"] as const;
  const given = Object.fromEntries(names.map((name) => [name, textOf(headers[name])]));
  try {
    new Webhook(secret).verify(bytes, given, { jsonParse: false });
    return true;
  } catch {
    // It throws for whatever is amiss, a header that is none included.
    return false;
  }
}

function isShopifySigned(secret: string, { headers, bytes }: SignedCall): boolean {
  const given = Buffer.from(textOf(headers["x-shopify-hmac-sha256"]), "base64");
  return isSame(given, createHmac("sha256", secret).update(bytes).digest());
}

/** `t=<unix seconds>,v1=<hex>`, of which `v1` may stand there more than once. */
function isStripeSigned(secret: string, { headers, bytes, nowMs }: SignedCall): boolean {
  const parts = textOf(headers["stripe-signature"])
    .split(",")
    .map((part) => part.trim().split("=", 2));
  const time = parts.find(([name]) => name === "t")?.[1] ?? "";
  if (!/^\d{1,12}$/.test(time)) return false;
  if (Math.abs(nowMs / 1_000 - Number(time)) > limits.hookToleranceSeconds) return false;
  const expected = createHmac("sha256", secret).update(`${time}.`).update(bytes).digest();
  return parts.some(([name, value]) => name === "v1" && isSame(Buffer.from(value ?? "", "hex"), expected));
}

function isSame(given: Buffer, expected: Buffer): boolean {
  return given.length === expected.length && timingSafeEqual(given, expected);
}

function textOf(header: string | string[] | undefined): string {
  return typeof header === "string" ? header : "";
}
