import { expect, it } from "vitest";
import { randomId } from "./random-id.ts";

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

it("makes a UUID", () => {
  expect(randomId()).toMatch(uuid);
});

it("makes a UUID on pages without https, where crypto.randomUUID is missing", () => {
  const insecure = { getRandomValues: (bytes: Uint8Array<ArrayBuffer>) => crypto.getRandomValues(bytes) };
  const ids = [1, 2].map(() => randomId(insecure as unknown as Crypto));
  for (const id of ids) expect(id).toMatch(uuid);
  expect(ids[0]).not.toBe(ids[1]);
});
