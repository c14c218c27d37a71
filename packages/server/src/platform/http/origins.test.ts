import { describe, expect, it } from "vitest";
import { isOwnOrigin } from "./origins.ts";

describe("a page of the server itself", () => {
  const publicUrl = "https://tickets.example";

  it.each<[string, string, string | null]>([
    ["https://tickets.example", "tickets.example", publicUrl],
    ["https://tickets.example", "10.0.0.1:3000", publicUrl],
    ["http://127.0.0.1:3000", "127.0.0.1:3000", publicUrl],
    ["http://127.0.0.1:3000", "127.0.0.1:3000", null],
    ["https://anywhere.example", "anywhere.example", null],
    ["http://[::1]:3000", "[::1]:3000", null],
  ])("is %s at the host %s with the public address %s", (origin, host, known) => {
    expect(isOwnOrigin(origin, host, known)).toBe(true);
  });

  it.each<[string, string | undefined, string | null]>([
    ["http://tickets.example", "tickets.example", publicUrl],
    ["https://tickets.example:444", "tickets.example", publicUrl],
    ["https://tickets.example.", "tickets.example", publicUrl],
    ["https://evil.example", "tickets.example", publicUrl],
    ["http://127.1:3000", "127.0.0.1:3000", null],
    ["http://2130706433:3000", "127.0.0.1:3000", null],
    ["http://LOCALHOST:3000", "localhost:3000", null],
    ["http://somebody@localhost:3000", "localhost:3000", null],
    ["http://localhost:80", "localhost", null],
    ["ftp://localhost", "localhost", null],
    ["http://localhost", undefined, null],
    ["null", "null", null],
  ])("is not %s at the host %s with the public address %s", (origin, host, known) => {
    expect(isOwnOrigin(origin, host, known)).toBe(false);
  });
});
