/** What the pages of the documentation load: the files of `assets/`, under addresses that change with their contents. */
import { readFileSync } from "node:fs";
import { type StaticFile, staticFile } from "./static-answer.ts";

export interface DocsAssets {
  /** What is around the content of every page. */
  readonly frameStyle: DocsAsset;
  /** The content of all pages but the API reference. */
  readonly style: DocsAsset;
  readonly script: DocsAsset;
  readonly icon: DocsAsset;
  readonly apiReferenceStart: DocsAsset;
}

export interface DocsAsset {
  readonly path: string;
  readonly file: StaticFile;
}

/** Reads the files, all small. */
export function readDocsAssets(): DocsAssets {
  return {
    frameStyle: assetOf("frame.css", "text/css; charset=utf-8"),
    style: assetOf("docs.css", "text/css; charset=utf-8"),
    script: assetOf("docs.js", "text/javascript; charset=utf-8"),
    icon: assetOf("icon.svg", "image/svg+xml"),
    apiReferenceStart: assetOf("api-reference-start.js", "text/javascript; charset=utf-8"),
  };
}

function assetOf(name: string, contentType: string): DocsAsset {
  const body = readFileSync(new URL(`./assets/${name}`, import.meta.url));
  const file = staticFile(body, contentType);
  return { path: `/docs/assets/${name.replace(".", `-${file.hash}.`)}`, file };
}
