import { expect, it } from "vitest";
import { hasETag } from "./has-etag.ts";

it.each([
  [undefined, false],
  ['"5.0"', true],
  ['W/"5.0"', true],
  ['"4.0", W/"5.0"', true],
  ["*", true],
  ['"4.0"', false],
  ['"15.0"', false],
  ["5.0", false],
  ["", false],
])("If-None-Match %j names an ETag: %s", (given, isNamed) => {
  expect(hasETag(given, '"5.0"')).toBe(isNamed);
  expect(hasETag(given, 'W/"5.0"')).toBe(isNamed);
});
