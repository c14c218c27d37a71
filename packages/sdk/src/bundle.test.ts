import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { rolldown } from "rolldown";
import { expect, it } from "vitest";

const gzipBytesMax = 10_240;
const deviceGzipBytesMax = 1_280;
const shuffleGzipBytesMax = 1_024;

it("is one file for a browser, within 10 kB, and small ones for those who join and whose order is drawn, that need nothing else", async () => {
  const input = fileURLToPath(new URL("./index.ts", import.meta.url));
  const bundle = await rolldown({ input, platform: "browser" });
  const { output } = await bundle.generate({ format: "esm", minify: true });
  const chunks = output.filter((part) => part.type === "chunk");
  expect(chunks.map(({ imports }) => imports)).toEqual([[], [], []]);
  expect(chunks.flatMap(({ moduleIds }) => moduleIds).filter((id) => !id.includes("/sdk/src/"))).toEqual([]);
  const main = chunks.find(({ isEntry }) => isEntry);
  const [device, shuffle] = ["device", "shuffle"].map((name) => chunks.find((chunk) => chunk.name === name));
  expect(main?.dynamicImports).toEqual([device?.fileName, shuffle?.fileName]);
  const gzipBytesOf = (code = ""): number => gzipSync(code, { level: 9 }).length;
  expect(gzipBytesOf(main?.code)).toBeLessThanOrEqual(gzipBytesMax);
  expect(gzipBytesOf(device?.code)).toBeLessThanOrEqual(deviceGzipBytesMax);
  expect(gzipBytesOf(shuffle?.code)).toBeLessThanOrEqual(shuffleGzipBytesMax);
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
