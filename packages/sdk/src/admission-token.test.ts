import { expect, it } from "vitest";
import { readAdmissionTokenTimes } from "./admission-token.ts";
import { admissionToken } from "./testing/fake-server.ts";

it("reads when the token was made and when it ends", () => {
  expect(readAdmissionTokenTimes(admissionToken(1_000, 1_060))).toEqual({
    issuedAtMs: 1_000_000,
    expiresAtMs: 1_060_000,
  });
});

it("reads base64url", () => {
  const claims = JSON.stringify({ exp: 7, note: "ÿþ>?~" });
  const payload = Buffer.from(claims, "utf8").toString("base64url");
  expect(readAdmissionTokenTimes(`e30.${payload}.c2ln`)?.expiresAtMs).toBe(7_000);
});

it.each(["", "abc", "a.b.c", `a.${btoa("{}")}.c`, `a.${btoa("null")}.c`])("answers null for %s", (token) => {
  expect(readAdmissionTokenTimes(token)).toBeNull();
});
