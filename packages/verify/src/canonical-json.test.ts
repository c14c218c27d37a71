import fc from "fast-check";
import { expect, test } from "vitest";
import { canonicalJson } from "./canonical-json.ts";

test("writes the example of RFC 8785 as the RFC does", () => {
  const value = JSON.parse(String.raw`{
    "numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
    "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/",
    "literals": [null, true, false]
  }`);
  expect(canonicalJson(value)).toBe(
    String.raw`{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\u000f\nA'B\"\\\\\"/"}`,
  );
});

test("sorts members by their UTF-16 units, as RFC 8785 shows", () => {
  const value = JSON.parse(String.raw`{
    "\u20ac": 1, "\r": 2, "\ufb33": 3, "1": 4, "\ud83d\ude00": 5, "\u0080": 6, "\u00f6": 7
  }`);
  expect(Object.values(JSON.parse(canonicalJson(value))).sort()).toEqual([1, 2, 3, 4, 5, 6, 7]);
  expect(canonicalJson(value).match(/:\d/g)?.join("")).toBe(":2:4:6:7:1:5:3");
});

test("says the same of a value however its members were ordered, and loses nothing", () => {
  fc.assert(
    fc.property(fc.jsonValue({ noUnicodeString: false }), (value) => {
      const text = canonicalJson(value);
      expect(canonicalJson(JSON.parse(text))).toBe(text);
      expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
    }),
  );
});

test.each([undefined, Number.NaN, Number.POSITIVE_INFINITY, "\ud800", { a: [Number.NaN] }, () => 1, 1n])(
  "refuses %s, which is no JSON",
  (value) => {
    expect(() => canonicalJson(value)).toThrow(TypeError);
  },
);
