import fc from "fast-check";
import { expect, it } from "vitest";
import { EventParser, type ServerSentEvent } from "./server-sent-events.ts";

function parseAll(pieces: readonly string[]): ServerSentEvent[] {
  const parser = new EventParser();
  return pieces.flatMap((piece) => parser.push(piece));
}

const text =
  ': hello\n\nevent: board\r\ndata: {"a":\r\ndata: 1}\r\n\r\nretry: 250\revent:busy\r\rdata: x\n\n';
const events = [
  { event: "board", data: '{"a":\n1}' },
  { event: "busy", data: "" },
  { event: "message", data: "x" },
];

it("reads events with every kind of line break, and comments", () => {
  expect(parseAll([text])).toEqual(events);
});

it("reads the same wherever the pieces end", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: text.length })), (cuts) => {
      const ends = [...cuts, text.length].sort((a, b) => a - b);
      const pieces = ends.map((end, index) => text.slice(ends[index - 1] ?? 0, end));
      expect(parseAll(pieces)).toEqual(events);
    }),
  );
});

it("keeps what the stream said about coming back", () => {
  const parser = new EventParser();
  parser.push("retry: 3000\n\nretry: soon\n");
  expect(parser.retryMs).toBe(3_000);
});

it("does not give an event that has not ended", () => {
  expect(parseAll(["data: half\n"])).toEqual([]);
});

it("refuses a line without end", () => {
  const parser = new EventParser();
  expect(() => parser.push("x".repeat(1_100_000))).toThrow(RangeError);
});
