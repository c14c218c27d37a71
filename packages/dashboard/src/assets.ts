/** The script and the style of the waiting page, which are those of the element, made when they are first asked for. */
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import { lineStyleUrl } from "@stanchion/element";
import { type Brotli, brotliOf } from "./brotli.ts";
import { scriptText } from "./script-text.ts";
import { shortStyle } from "./short-style.ts";

/** A file that never changes under its path, so that it can be cached for ever. */
export interface Asset {
  /** With a hash of the body in it: `/assets/waiting-page-0123456789.js`. */
  readonly path: string;
  readonly contentType: string;
  readonly body: Buffer;
  readonly gzip: Buffer;
  readonly brotli?: Brotli;
}

export interface WaitingPageAssets {
  readonly script: Asset;
  /** The module that it, and the page of a draw, loads when there is a place. */
  readonly extras: Asset;
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
  const [script, extras, style] = await Promise.all([
    scriptText("waiting-page"),
    scriptText("line-extras"),
    readFile(lineStyleUrl, "utf8"),
  ]);
  return {
    script: await scriptAssetOf("waiting-page", script),
    extras: await scriptAssetOf("line-extras", extras),
    style: await assetOf("waiting-page", "css", "text/css; charset=utf-8", shortStyle(style)),
  };
}

let drawScript: Promise<Asset> | null = null;

/**
 * The script of the page of a draw, bundled when it is first asked for; its style is that of the waiting page.
 *
 * @throws {Error} When the sources of the page cannot be bundled.
 * @example
 * const { path, body } = await drawPageScript();
 */
export function drawPageScript(): Promise<Asset> {
  drawScript ??= scriptText("draw-page").then((text) => scriptAssetOf("draw-page", text));
  return drawScript;
}

function scriptAssetOf(page: string, text: string): Promise<Asset> {
  return assetOf(page, "js", "text/javascript; charset=utf-8", text);
}

async function assetOf(page: string, extension: string, contentType: string, text: string): Promise<Asset> {
  const body = Buffer.from(text);
  const hash = createHash("sha256").update(body).digest("hex").slice(0, 10);
  return {
    path: `/assets/${page}-${hash}.${extension}`,
    contentType,
    body,
    gzip: await promisify(gzip)(body, { level: 9 }),
    brotli: brotliOf(body),
  };
}
