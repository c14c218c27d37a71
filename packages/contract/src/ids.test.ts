import fc from "fast-check";
import { TypeID } from "typeid-js";
import { describe, expect, it } from "vitest";
import {
  bytesFromUuid,
  decodeId,
  encodeId,
  encodeIdBytes,
  type IdKind,
  idPrefixes,
  uuidFromBytes,
} from "./ids.ts";

const kinds = Object.keys(idPrefixes) as IdKind[];
const anyKind = fc.constantFrom(...kinds);

describe("ids", () => {
  it("are spelled as TypeID spells them", () => {
    fc.assert(
      fc.property(anyKind, fc.uuid(), (kind, id) => {
        const expected = TypeID.fromUUID(idPrefixes[kind], id).toString();
        expect(encodeId(kind, id)).toBe(expected);
        expect(encodeIdBytes(kind, bytesFromUuid(id))).toBe(expected);
      }),
    );
  });

  it("give back the UUID that went in", () => {
    fc.assert(
      fc.property(anyKind, fc.uuid(), (kind, id) => {
        expect(decodeId(kind, encodeId(kind, id))).toBe(id);
        expect(uuidFromBytes(bytesFromUuid(id))).toBe(id);
      }),
    );
  });

  it("hold the least and the greatest UUID", () => {
    const ends = ["00000000-0000-0000-0000-000000000000", "ffffffff-ffff-ffff-ffff-ffffffffffff"];
    for (const id of ends) expect(decodeId("queue", encodeId("queue", id))).toBe(id);
    expect(encodeId("queue", ends[1] ?? "")).toBe("queue_7zzzzzzzzzzzzzzzzzzzzzzzzz");
  });

  it("sort as their UUIDs do", () => {
    fc.assert(
      fc.property(fc.uuid(), fc.uuid(), (a, b) => {
        expect(encodeId("entry", a) < encodeId("entry", b)).toBe(a < b);
      }),
    );
  });

  it("are never of two kinds", () => {
    fc.assert(
      fc.property(anyKind, anyKind, fc.uuid(), (kind, other, id) => {
        expect(decodeId(other, encodeId(kind, id))).toBe(kind === other ? id : null);
      }),
    );
  });

  it("have one spelling: whatever is read is written the same", () => {
    const near = fc.stringMatching(/^queue_[0-9a-zA-Z]{26}$/);
    const close = fc.stringMatching(/^queue_[0-9a-hjkmnp-tv-z]{26}$/);
    for (const arbitrary of [near, close, fc.string()])
      fc.assert(
        fc.property(arbitrary, (text) => {
          const read = decodeId("queue", text);
          if (read !== null) expect(encodeId("queue", read)).toBe(text);
        }),
      );
  });

  it.each([
    ["empty", ""],
    ["the prefix alone", "queue_"],
    ["no prefix", "01h455vb4pex5vsknk084sn02q"],
    ["another separator", "queue-01h455vb4pex5vsknk084sn02q"],
    ["an upper-case prefix", "QUEUE_01h455vb4pex5vsknk084sn02q"],
    ["upper-case digits", "queue_01H455VB4PEX5VSKNK084SN02Q"],
    ["a letter that base32 leaves out", "queue_01h455vb4pex5vsknk084sn02l"],
    ["more than 128 bits", "queue_80000000000000000000000000"],
    ["one character too few", "queue_01h455vb4pex5vsknk084sn02"],
    ["one character too many", "queue_01h455vb4pex5vsknk084sn02qq"],
    ["a space behind", "queue_01h455vb4pex5vsknk084sn02 "],
    ["a character beyond ASCII", "queue_01h455vb4pex5vsknk084sn02é"],
    ["a plain UUID", "01890a5d-ac96-774b-bcce-b302099a8057"],
  ])("refuse %s", (_, text) => {
    expect(decodeId("queue", text)).toBeNull();
  });
});
