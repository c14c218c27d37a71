import { createHash } from "node:crypto";
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { waitingPageAssets } from "./assets.ts";

const scriptGzipBytesMax = 32_768;
const styleGzipBytesMax = 4_096;

test("stays small enough for a bad connection", async () => {
  const { script, style } = await waitingPageAssets();
  expect(script.gzip.length).toBeLessThanOrEqual(scriptGzipBytesMax);
  expect(style.gzip.length).toBeLessThanOrEqual(styleGzipBytesMax);
});

test("names each file by what is in it, and has it compressed", async () => {
  const { script, extras, style } = await waitingPageAssets();
  const named = [
    [script, "waiting-page", "js"],
    [extras, "line-extras", "js"],
    [style, "waiting-page", "css"],
  ] as const;
  for (const [asset, name, extension] of named) {
    const hash = createHash("sha256").update(asset.body).digest("hex").slice(0, 10);
    expect(asset.path).toBe(`/assets/${name}-${hash}.${extension}`);
    expect(gunzipSync(asset.gzip)).toEqual(asset.body);
    const brotli = await asset.brotli?.();
    expect(brotli && brotliDecompressSync(brotli)).toEqual(asset.body);
  }
});

test("makes the files once", async () => {
  expect(await waitingPageAssets()).toBe(await waitingPageAssets());
});

test("takes nothing from Node and nothing of the contract but types", async () => {
  const { script } = await waitingPageAssets();
  expect(script.body.toString()).not.toMatch(/node:|require\(|Idempotency-Key was used/);
});
