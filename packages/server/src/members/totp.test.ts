import { expect, it } from "vitest";
import { base32Of, findTotpStep, totpCode, totpStepAt, totpUri } from "./totp.ts";

const secret = Buffer.from("12345678901234567890");

it.each([
  [59, "287082"],
  [1_111_111_109, "081804"],
  [1_111_111_111, "050471"],
  [1_234_567_890, "005924"],
  [2_000_000_000, "279037"],
  [20_000_000_000, "353130"],
])("gives the code of RFC 6238 at second %d", (second, code) => {
  expect(totpCode(secret, totpStepAt(second * 1000))).toBe(code);
});

it("takes the code of the step before and of the next, and none twice", () => {
  const nowMs = 1_111_111_111_000;
  const step = totpStepAt(nowMs);
  for (const offset of [-1, 0, 1])
    expect(findTotpStep(secret, totpCode(secret, step + offset), nowMs, null)).toBe(step + offset);
  for (const offset of [-2, 2])
    expect(findTotpStep(secret, totpCode(secret, step + offset), nowMs, null)).toBeNull();
  expect(findTotpStep(secret, totpCode(secret, step), nowMs, step)).toBeNull();
  expect(findTotpStep(secret, "", nowMs, null)).toBeNull();
});

it("writes the base32 of RFC 4648", () => {
  const texts = ["", "f", "fo", "foo", "foob", "fooba", "foobar"];
  const known = ["", "MY", "MZXQ", "MZXW6", "MZXW6YQ", "MZXW6YTB", "MZXW6YTBOI"];
  expect(texts.map((text) => base32Of(Buffer.from(text)))).toEqual(known);
  expect(totpUri(secret, "ada+1@example.com")).toBe(
    "otpauth://totp/Stanchion:ada%2B1%40example.com?issuer=Stanchion&secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&algorithm=SHA1&digits=6&period=30",
  );
});
