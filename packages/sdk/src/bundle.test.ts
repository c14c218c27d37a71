import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { rolldown } from "rolldown";
import { expect, it } from "vitest";

const mainGzipBytesMax = 10_240;
/** What is loaded only when it is needed, each by itself; without any of it places are held and joins succeed. */
const pieceGzipBytesMax: Readonly<Record<string, number>> = {
  // When a session starts or is used, for the key of the device.
  device: 1_280,
  // When somebody waits in a line that moves, for the exact position and the estimate.
  "line-detail": 1_344,
  // When the order of a line is drawn.
  shuffle: 1_024,
  // When a stream is opened, alone or together with other tabs.
  "stream-parts": 1_536,
};

it("is one file for a browser, within 10 kB, and small ones that are loaded when they are needed, and need nothing else", async () => {
  const input = fileURLToPath(new URL("./index.ts", import.meta.url));
  const bundle = await rolldown({ input, platform: "browser" });
  const { output } = await bundle.generate({ format: "esm", minify: true });
  const chunks = output.filter((part) => part.type === "chunk");
  expect(chunks.flatMap(({ imports }) => imports)).toEqual([]);
  expect(chunks.flatMap(({ moduleIds }) => moduleIds).filter((id) => !id.includes("/sdk/src/"))).toEqual([]);
  const pieces = chunks.filter(({ isEntry }) => !isEntry);
  expect(pieces.map(({ name }) => name).sort()).toEqual(Object.keys(pieceGzipBytesMax));
  for (const { isEntry, name, code } of chunks) {
    const most = isEntry ? mainGzipBytesMax : pieceGzipBytesMax[name];
    expect(gzipSync(code, { level: 9 }).length, name).toBeLessThanOrEqual(most ?? 0);
  }
});

it.each(["server/index", "checkout/index", "express", "fastify", "hono", "next"])(
  "%s needs nothing but what every runtime has",
  async (door) => {
    const input = fileURLToPath(new URL(`./${door}.ts`, import.meta.url));
    const bundle = await rolldown({ input, platform: "neutral" });
    const { output } = await bundle.generate({ format: "esm" });
    const [chunk, ...others] = output;
    expect([others, chunk.imports]).toEqual([[], []]);
    expect(chunk.moduleIds.filter((id) => !id.includes("/sdk/src/"))).toEqual([]);
    expect(chunk.code).not.toMatch(/\b(process|Buffer|require|setImmediate|global)\b[.(]/);
  },
);

it("the fake server for tests brings the contract along, and needs nothing but what every runtime has", async () => {
  const input = fileURLToPath(new URL("./fake/index.ts", import.meta.url));
  const bundle = await rolldown({ input, platform: "neutral" });
  const { output } = await bundle.generate({ format: "esm" });
  const [chunk, ...others] = output;
  // The client's pieces, which it waits for where a client loads them.
  expect([others.map(({ name }) => name).sort(), chunk.imports]).toEqual([
    Object.keys(pieceGzipBytesMax),
    [],
  ]);
  const isKnown = /\/(sdk\/src|contract\/src|node_modules\/valibot)\/|rolldown\/runtime\.js$/;
  expect(chunk.moduleIds.filter((id) => !isKnown.test(id))).toEqual([]);
  // The contract's own sentences speak of processes: only what is called, or whose member is read, is code.
  expect(chunk.code).not.toMatch(/(?<!#)\b(process|Buffer|require|setImmediate|global)(\(|\.\w)/);
});
