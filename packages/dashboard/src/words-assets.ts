/** The words of the pages in every language, as files: a page loads the one that it speaks. */
import { createHash } from "node:crypto";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import { type Language, languages } from "@stanchion/element";
import { drawCatalogue } from "@stanchion/element/draw-languages";
import { catalogueOf } from "@stanchion/element/languages";
import type { Catalogue } from "@stanchion/element/words";
import type { Asset } from "./assets.ts";
import { brotliOf } from "./brotli.ts";

export interface WordsAssets {
  /** With `{language}` where the tag goes: `/assets/words-{language}-0123456789.json`. */
  readonly path: string;
  readonly assets: readonly Asset[];
}

let made: Promise<WordsAssets> | null = null;

/**
 * Makes the files of words, once in a process. One hash of all of them stands in each path.
 *
 * @example
 * const { path, assets } = await waitingPageWords();
 */
export function waitingPageWords(): Promise<WordsAssets> {
  made ??= makeWords("words", catalogueOf);
  return made;
}

let madeOfDraws: Promise<WordsAssets> | null = null;

/**
 * The same for the page of a draw: each file holds the words of the line that it shares, and those of draws over them.
 *
 * @example
 * const { path, assets } = await drawPageWords();
 */
export function drawPageWords(): Promise<WordsAssets> {
  madeOfDraws ??= makeWords("draw-words", drawCatalogue);
  return madeOfDraws;
}

async function makeWords(name: string, catalogueIn: (language: Language) => Catalogue): Promise<WordsAssets> {
  const bodies = languages.map(
    (language) => [language, Buffer.from(JSON.stringify(catalogueIn(language)))] as const,
  );
  const hash = createHash("sha256");
  for (const [, body] of bodies) hash.update(body);
  const path = `/assets/${name}-{language}-${hash.digest("hex").slice(0, 10)}.json`;
  const assets = bodies.map(async ([language, body]) => ({
    path: path.replace("{language}", language),
    contentType: "application/json; charset=utf-8",
    body,
    gzip: await promisify(gzip)(body, { level: 9 }),
    brotli: brotliOf(body),
  }));
  return { path, assets: await Promise.all(assets) };
}
