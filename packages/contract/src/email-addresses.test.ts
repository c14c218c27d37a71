import { describe, expect, it } from "vitest";
import { canonicalEmail, isEmailAddress, isLocalPartAscii } from "./email-addresses.ts";

describe("an e-mail address", () => {
  it.each([
    "ada@example.org",
    "a.b.c@example.org",
    "a+tag@sub.example.co.uk",
    "!#$%&'*+/=?^_`{|}~-@example.org",
    "1@2.example",
    "ada@localhost",
    "ada@xn--exmple-cua.org",
    "ada@exämple.org",
    "ada@例え.jp",
    "ada@例え。jp",
    "ada@παράδειγμα.δοκιμή",
  ])("may be %j", (address) => {
    expect([isEmailAddress(address), isLocalPartAscii(address)]).toEqual([true, true]);
  });

  it.each([
    "",
    "@",
    "ada",
    "ada@",
    "@example.org",
    "a..b@example.org",
    ".a@example.org",
    "a.@example.org",
    "a@b@example.org",
    '"a b"@example.org',
    "a b@example.org",
    "ada@.example.org",
    "ada@example..org",
    "ada@example.org.",
    "ada@-example.org",
    "ada@exa_mple.org",
    "ada@[192.0.2.1]",
    "ada@１９２.０.２.１",
    "ada@exämple.org/x",
    "ada@exämple.org:25",
    "ada@u:p@exämple.org",
    "ada@exä%6dple.org",
    "ada@exä mple.org",
    `ada@${"ä".repeat(64)}.org`,
    "ada@\u202eexämple.org",
    "ada@example.org\n",
  ])("cannot be %j", (address) => {
    expect(isEmailAddress(address)).toBe(false);
  });

  it("is told apart where only the part before the @ is of another script", () => {
    expect(isLocalPartAscii("jürgen@example.org")).toBe(false);
    expect(isLocalPartAscii("juergen@exämple.org")).toBe(true);
  });

  it("is one however its letters and its host are written", () => {
    const one = "ada@xn--exmple-cua.org";
    for (const given of ["ADA@EXÄMPLE.ORG", "ada@exämple.org", "Ada@exa\u0308mple.org", one.toUpperCase()])
      expect(canonicalEmail(given)).toBe(one);
    expect(canonicalEmail(canonicalEmail("ada@例え.jp"))).toBe("ada@xn--r8jz45g.jp");
    expect(canonicalEmail("no address")).toBe("no address");
  });
});
