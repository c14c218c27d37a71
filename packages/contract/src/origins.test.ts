import { describe, expect, it } from "vitest";
import { isListableOrigin, isOriginListed } from "./origins.ts";

describe("a list of origins", () => {
  it.each([
    "https://shop.example",
    "http://localhost:5173",
    "https://tickets.example:8443",
    "https://xn--bcher-kva.example",
    "https://[2001:db8::1]",
    "http://192.0.2.7:3000",
    "https://*.shop.example",
    "http://*.shop.example:8080",
    "https://*.eu.shop.example",
    "capacitor://localhost",
    "chrome-extension://abcdefghijklmnopabcdefghijklmnop",
  ])("can hold %s", (origin) => {
    expect(isListableOrigin(origin)).toBe(true);
  });

  it.each([
    "",
    "*",
    "null",
    "shop.example",
    "//shop.example",
    "https://",
    "https://shop.example/",
    "https://shop.example/path",
    "https://shop.example?a",
    "https://shop.example:443",
    "http://shop.example:80",
    "https://SHOP.example",
    "https://bücher.example",
    "https://user@shop.example",
    "https://*",
    "https://*.com",
    "https://*.0.0.1",
    "https://*.2.0.192",
    "https://**.shop.example",
    "https://*shop.example",
    "https://www.*.example",
    "https://*.*.shop.example",
    "https://*.shop.example/",
    "https://*.shop.example:443",
    "*://shop.example",
    "https://shop.example:*",
    "file:///etc/passwd",
    "file://shop",
    "javascript:alert(1)",
    "data:text/html,x",
    "https://shop.example, https://other.example",
    "https://shop.example\nhttps://other.example",
  ])("cannot hold %j", (origin) => {
    expect(isListableOrigin(origin)).toBe(false);
  });

  const list = ["https://shop.example", "https://*.shop.example", "http://*.dev.example:3000"];

  it.each([
    "https://shop.example",
    "https://www.shop.example",
    "https://a-1.shop.example",
    "http://me.dev.example:3000",
  ])("lets in %s", (origin) => {
    expect(isOriginListed(list, origin)).toBe(true);
  });

  it.each([
    "https://evil-shop.example",
    "https://evilshop.example",
    "https://shop.example.evil.com",
    "https://www.shop.example.evil.com",
    "https://a.b.shop.example",
    "https://.shop.example",
    "https://-.shop.example",
    "https://*.shop.example",
    "https://WWW.shop.example",
    "https://www.shop.example:8443",
    "https://www.shop.example.",
    "http://www.shop.example",
    "http://me.dev.example",
    "http://me.dev.example:3001",
    "https://me.dev.example:3000",
    "https://evil.com/.shop.example",
    "https://evil.com#.shop.example",
    "https://evil.com:80.shop.example",
    "null",
    "",
  ])("keeps out %j", (origin) => {
    expect(isOriginListed(list, origin)).toBe(false);
  });

  it("lets nobody in where it is empty, or holds what it must not", () => {
    expect(isOriginListed([], "https://shop.example")).toBe(false);
    expect(isOriginListed(["*", "null", "https://*"], "https://shop.example")).toBe(false);
  });
});
