import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { rolldown } from "rolldown";
import { expect, it } from "vitest";

const gzipBytesMax = 10_240;

it("is one file for a browser, within 10 kB, that needs nothing else", async () => {
  const input = fileURLToPath(new URL("./index.ts", import.meta.url));
  const bundle = await rolldown({ input, platform: "browser" });
  const { output } = await bundle.generate({ format: "esm", minify: true });
  const [chunk, ...others] = output;
  expect(others).toEqual([]);
  expect(chunk.imports).toEqual([]);
  expect(chunk.moduleIds.filter((id) => !id.includes("/sdk/src/"))).toEqual([]);
  expect(gzipSync(chunk.code, { level: 9 }).length).toBeLessThanOrEqual(gzipBytesMax);
});

it("for servers needs nothing but what every runtime has", async () => {
  const input = fileURLToPath(new URL("./server/index.ts", import.meta.url));
  const bundle = await rolldown({ input, platform: "neutral" });
  const { output } = await bundle.generate({ format: "esm" });
  const [chunk, ...others] = output;
  expect([others, chunk.imports]).toEqual([[], []]);
  expect(chunk.moduleIds.filter((id) => !id.includes("/sdk/src/"))).toEqual([]);
  expect(chunk.code).not.toMatch(/\b(process|Buffer|require|setImmediate|global)\b[.(]/);
});
