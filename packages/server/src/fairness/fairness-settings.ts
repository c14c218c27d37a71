import { readFileSync } from "node:fs";
import type { DrandChain } from "./beacon/drand-chain.ts";
import type { TimeStampSettings } from "./witness/time-stamp.ts";

/** What the environment says of those outside whom a proof rests on. */
export interface FairnessSettings {
  /** Where rounds of drand are asked for, one address after another; without a slash at the end. */
  readonly drandUrls: readonly string[];
  /** Chains besides the known ones. */
  readonly drandChains: readonly DrandChain[];
  /** Null: no freeze is witnessed. */
  readonly timeStamp: TimeStampSettings | null;
}

/** Addresses of the League of Entropy's own nodes, which answer anybody. */
export const drandUrlsDefault: readonly string[] = [
  "https://api.drand.sh",
  "https://api2.drand.sh",
  "https://drand.cloudflare.com",
];

/** Addresses as the setting DRAND_URLS lists them, with commas between. */
export function readDrandUrls(value: string): readonly string[] {
  return value.split(",").map((part) => readHttpUrl(part.trim()).replace(/\/+$/, ""));
}

/** Where an authority takes requests, as the setting TIMESTAMP_URL has it. */
export function readHttpUrl(value: string): string {
  if (!URL.canParse(value) || !["http:", "https:"].includes(new URL(value).protocol))
    throw new Error("must be a URL that begins with http:// or https://");
  return value;
}

/** The certificates in the file that the setting TIMESTAMP_CERTIFICATES names. */
export function readCertificateFile(file: string): readonly string[] {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (cause) {
    throw new Error(`names a file that cannot be read: ${file}`, { cause });
  }
  if (!text.includes("-----BEGIN CERTIFICATE-----"))
    throw new Error(`names a file without a certificate in PEM: ${file}`);
  return [text];
}
