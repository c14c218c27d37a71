/** The script and the style of the waiting page, made when they are first asked for. */
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";
import { brotliCompress, gzip } from "node:zlib";
import { scriptText } from "./script-text.ts";

/** A file that never changes under its path, so that it can be cached for ever. */
export interface Asset {
  /** With a hash of the body in it: `/assets/waiting-page-0123456789.js`. */
  readonly path: string;
  readonly contentType: string;
  readonly body: Buffer;
  readonly gzip: Buffer;
  readonly brotli?: Buffer;
}

export interface WaitingPageAssets {
  readonly script: Asset;
  readonly style: Asset;
}

let made: Promise<WaitingPageAssets> | null = null;

/**
 * Bundles the script and reads the style, once in a process.
 *
 * @throws {Error} When the sources of the page cannot be bundled.
 * @example
 * const { script, style } = await waitingPageAssets();
 */
export function waitingPageAssets(): Promise<WaitingPageAssets> {
  made ??= makeAssets();
  return made;
}

async function makeAssets(): Promise<WaitingPageAssets> {
  const [script, style] = await Promise.all([
    scriptText("waiting-page"),
    readFile(new URL("./waiting-page/waiting-page.css", import.meta.url), "utf8"),
  ]);
  return {
    script: await assetOf("js", "text/javascript; charset=utf-8", script),
    style: await assetOf("css", "text/css; charset=utf-8", style),
  };
}

async function assetOf(extension: string, contentType: string, text: string): Promise<Asset> {
  const body = Buffer.from(text);
  const hash = createHash("sha256").update(body).digest("hex").slice(0, 10);
  const [gzipped, brotli] = await Promise.all([
    promisify(gzip)(body, { level: 9 }),
    promisify(brotliCompress)(body),
  ]);
  return { path: `/assets/waiting-page-${hash}.${extension}`, contentType, body, gzip: gzipped, brotli };
}
