import fc from "fast-check";
import { expect, test } from "vitest";
import { bytesFromText } from "./bytes.ts";
import { splitLines } from "./split-lines.ts";

test("gives the same lines however the bytes are cut", async () => {
  const lines = fc.array(
    fc.string({ unit: "grapheme" }).map((line) => line.replaceAll("\n", "")),
    { minLength: 1 },
  );
  await fc.assert(
    fc.asyncProperty(lines, fc.array(fc.nat({ max: 200 })), async (expected, cuts) => {
      const bytes = bytesFromText(expected.map((line) => `${line}\n`).join(""));
      expect(await linesOf(cut(bytes, cuts))).toEqual(expected);
    }),
  );
});

test("reads a stream of the web, too, and ends it when nobody wants more", async () => {
  let wasCancelled = false;
  const endless = new ReadableStream<Uint8Array>({
    pull: (controller) => controller.enqueue(bytesFromText("a\n")),
    cancel() {
      wasCancelled = true;
    },
  });
  for await (const lines of splitLines(endless)) {
    expect(lines).toEqual(["a"]);
    break;
  }
  expect(wasCancelled).toBe(true);
});

test("takes a last line without its end, and cuts one that has none", async () => {
  expect(await linesOf([bytesFromText("a\nb")])).toEqual(["a", "b"]);
  const long = await linesOf(Array.from({ length: 100 }, () => bytesFromText("x".repeat(1000))));
  expect(long.join("")).toBe("x".repeat(100_000));
  expect(Math.max(...long.map(({ length }) => length))).toBe(4096);
});

test("lets no byte pass unseen, not even a mark at the beginning", async () => {
  expect(await linesOf([new Uint8Array([0xef, 0xbb, 0xbf, 0x61, 0x0a])])).toEqual(["\ufeffa"]);
  expect(await linesOf([new Uint8Array([0xff, 0x61, 0x0a])])).toEqual(["\ufffda"]);
});

async function linesOf(chunks: Iterable<Uint8Array>): Promise<string[]> {
  const all: string[] = [];
  for await (const lines of splitLines(iterate(chunks))) all.push(...lines);
  return all;
}

async function* iterate(chunks: Iterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield* chunks;
}

function cut(bytes: Uint8Array, cuts: readonly number[]): Uint8Array[] {
  const places = [0, ...cuts.filter((place) => place < bytes.length).sort((a, b) => a - b), bytes.length];
  return places.slice(1).map((end, index) => bytes.subarray(places[index], end));
}
