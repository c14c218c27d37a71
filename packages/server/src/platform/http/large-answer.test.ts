import { gunzipSync } from "node:zlib";
import type { FastifyRequest } from "fastify";
import { expect, test } from "vitest";
import { deflatePiece } from "../deflated-text.ts";
import type { Answer } from "./call.ts";
import { largeAnswer } from "./large-answer.ts";

const text = { contentType: "application/x-ndjson", version: "7", headers: ["Cache-Control", "public"] };
const raw = "0123456789abcdef";

async function ask(headers: Record<string, string>) {
  const pieces = await Promise.all(
    [raw.slice(0, 10), raw.slice(10)].map((part) => deflatePiece(Buffer.from(part))),
  );
  // Only the headers are looked at.
  const answer = largeAnswer({ headers } as unknown as FastifyRequest, { ...text, pieces });
  return { status: answer.status, headers: headersOf(answer), body: await bodyOf(answer) };
}

function headersOf({ headers = [] }: Answer): Record<string, string | undefined> {
  return Object.fromEntries(headers.flatMap((name, at) => (at % 2 === 0 ? [[name, headers[at + 1]]] : [])));
}

async function bodyOf({ pieces }: Answer): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of pieces ?? []) parts.push(Buffer.from(part));
  return Buffer.concat(parts);
}

test("answers packed to who takes gzip, and raw to who does not", async () => {
  const packed = await ask({ "accept-encoding": "br, gzip" });
  expect(packed.headers).toMatchObject({ "Content-Encoding": "gzip", ETag: '"7-gzip"' });
  expect(packed.headers["Content-Length"]).toBe(String(packed.body.length));
  expect(gunzipSync(packed.body).toString()).toBe(raw);
  for (const accepted of ["identity", "gzip;q=0, br"]) {
    const plain = await ask({ "accept-encoding": accepted });
    expect(plain.headers["Content-Encoding"]).toBeUndefined();
    expect([plain.status, plain.body.toString()]).toEqual([200, raw]);
  }
});

test.each([
  ["bytes=2-4", "234", "bytes 2-4/16"],
  ["bytes=8-11", "89ab", "bytes 8-11/16"],
  ["bytes=12-", "cdef", "bytes 12-15/16"],
  ["bytes=-3", "def", "bytes 13-15/16"],
  ["bytes=10-999", "abcdef", "bytes 10-15/16"],
])("answers the range %s", async (range, body, contentRange) => {
  const answer = await ask({ range, "accept-encoding": "gzip" });
  expect([answer.status, answer.body.toString()]).toEqual([206, body]);
  expect(answer.headers).toMatchObject({
    "Content-Range": contentRange,
    "Content-Length": String(body.length),
  });
});

test.each(["bytes=99-", "bytes=4-2", "bytes=-", "bytes=0-1,3-4", "lines=0-1", "bytes=-0"])(
  "answers the whole where %s is asked for",
  async (range) => {
    const answer = await ask({ range });
    expect([answer.status, answer.body.toString()]).toEqual([200, raw]);
  },
);

test("goes on with a range only of the same text", async () => {
  expect((await ask({ range: "bytes=2-4", "if-range": '"7"' })).status).toBe(206);
  expect((await ask({ range: "bytes=2-4", "if-range": '"6"' })).status).toBe(200);
});

test("sends nothing anew to who has it, packed or raw", async () => {
  for (const tag of ['"7"', '"7-gzip"', 'W/"7"', "*"])
    expect((await ask({ "if-none-match": tag })).status).toBe(304);
  expect((await ask({ "if-none-match": '"6"' })).status).toBe(200);
});
