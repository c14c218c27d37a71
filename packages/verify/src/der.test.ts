import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { bytesFromHex, bytesFromText } from "./bytes.ts";
import { contentOf, derTags, oidOf, partsOf, readDer, timeOf, UnknownFormError } from "./der.ts";

test("reads values inside of values, with lengths of one byte and of more", () => {
  const long = `0481c8${"61".repeat(200)}`;
  const [number, octets] = partsOf(readDer(bytesFromHex(`3081ce020107${long}`)));
  expect(contentOf(number, derTags.integer)).toEqual(new Uint8Array([7]));
  expect(contentOf(octets, derTags.octets)).toHaveLength(200);
});

test("says of a value without a length, as BER has them, that its form is not known", () => {
  expect(() => readDer(bytesFromHex("30800201070000"))).toThrow(UnknownFormError);
});

test.each([
  ["2a864886f70d010702", "1.2.840.113549.1.7.2"],
  ["550413", "2.5.4.19"],
  ["8837", "2.999"],
])("reads the object identifier %s as %s", (content, text) => {
  const length = (content.length / 2).toString(16).padStart(2, "0");
  expect(oidOf(readDer(bytesFromHex(`06${length}${content}`)))).toBe(text);
});

test.each<[number, string, string]>([
  [derTags.utcTime, "500101000000Z", "1950-01-01T00:00:00.000Z"],
  [derTags.utcTime, "491231235959Z", "2049-12-31T23:59:59.000Z"],
  [derTags.generalizedTime, "20270301120001.5Z", "2027-03-01T12:00:01.500Z"],
  [derTags.generalizedTime, "20270301120001.123456Z", "2027-03-01T12:00:01.123Z"],
])("reads the time %i %s", (tag, text, time) => {
  const bytes = bytesFromText(text);
  expect(timeOf(readDer(new Uint8Array([tag, bytes.length, ...bytes])))).toBe(Date.parse(time));
});

describe("refuses", () => {
  test.each([
    ["nothing", ""],
    ["two values", "05000500"],
    ["a value that is cut off", "0402ff"],
    ["a length that is missing", "04"],
    ["a length without an end", "0480ff0000"],
  ])("%s", (_name, hex) => {
    expect(() => readDer(bytesFromHex(hex))).toThrow(TypeError);
  });

  test("times that there are not", () => {
    const bytes = bytesFromText("20271301120001Z");
    expect(() => timeOf(readDer(new Uint8Array([0x18, bytes.length, ...bytes])))).toThrow("is no time");
    expect(() => timeOf(readDer(bytesFromHex("0500")))).toThrow(TypeError);
  });

  test("whatever else by nothing but a TypeError", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        try {
          partsOf(readDer(bytes));
        } catch (error) {
          expect(error).toBeInstanceOf(TypeError);
        }
      }),
    );
  });
});
