/** Requests that cannot be read, and addresses that are none. */
import { limits } from "@stanchion/contract";
import type { ConformanceCase } from "../conformance-case.ts";

const experiences = "/api/v1/experiences";
const host = "Host: localhost\r\nConnection: close";

export const unreadableCases: readonly ConformanceCase[] = [
  {
    code: "INVALID_JSON",
    operation: "createExperience",
    needs: [],
    cause: "a brace is missing",
    provoke: (ctx) => ctx.asShop("POST", experiences, { rawBody: '{"name": "Winter tour"' }),
  },
  {
    code: "INVALID_JSON",
    operation: "createExperience",
    needs: [],
    cause: "a list, 65 levels, __proto__, and no UTF-8 text, also as problem+json",
    async provoke(ctx) {
      const headers = { Accept: "application/problem+json" };
      await ctx.asShop("POST", experiences, { rawBody: "[1]" });
      await ctx.asShop("POST", experiences, { rawBody: '{"__proto__":{}}' });
      return ctx.asShop("POST", experiences, { rawBody: "[".repeat(100_000), headers });
    },
  },
  {
    code: "BODY_REQUIRED",
    operation: "createQueue",
    needs: [],
    cause: "no body",
    provoke: (ctx) => ctx.asShop("POST", "/api/v1/queues"),
  },
  {
    code: "INVALID_FIELD_TYPE",
    operation: "createQueue",
    needs: [],
    cause: "a number where a text belongs",
    provoke: (ctx) => ctx.asShop("POST", "/api/v1/queues", { body: { name: 42, admitRate: 600 } }),
  },
  {
    code: "UNKNOWN_FIELD",
    operation: "createQueue",
    needs: [],
    cause: "a field in another spelling",
    provoke: (ctx) => ctx.asShop("POST", "/api/v1/queues", { body: { name: "Night drop", admit_rate: 600 } }),
  },
  {
    code: "INVALID_PARAMETER",
    operation: "listQueues",
    needs: [],
    cause: "a page of none",
    provoke: (ctx) => ctx.asShop("GET", "/api/v1/queues?first=0"),
  },
  {
    code: "MISSING_PARAMETER",
    operation: null,
    needs: ["demo shop"],
    cause: "the demo's shop without an admission",
    provoke: (ctx) => ctx.send("GET", "/dev/checkout"),
  },
  {
    code: "INVALID_IDEMPOTENCY_KEY",
    operation: "createQueue",
    needs: [],
    cause: "a key with a space",
    provoke: (ctx) =>
      ctx.asShop("POST", "/api/v1/queues", {
        body: { name: "Night drop", admitRate: 600 },
        headers: { "Idempotency-Key": "my key" },
      }),
  },
  {
    code: "MALFORMED_REQUEST",
    operation: "createQueue",
    needs: [],
    cause: "two lengths",
    provoke: (ctx) =>
      ctx.sendRaw(
        `POST /api/v1/queues HTTP/1.1\r\n${host}\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\na`,
        {
          method: "POST",
          path: "/api/v1/queues",
          headers: { "Content-Length": "1, 2" },
        },
      ),
  },
  {
    code: "MALFORMED_REQUEST",
    operation: null,
    needs: [],
    cause: "a broken escape in the address, and no Host",
    async provoke(ctx) {
      await ctx.sendRaw("GET / HTTP/1.1\r\nConnection: close\r\n\r\n", { method: "GET", path: "/" });
      return ctx.send("GET", "/api/v1/nothing/%zz");
    },
  },
  {
    code: "URI_TOO_LONG",
    operation: "listQueues",
    needs: [],
    cause: "a search of 8 KiB",
    provoke: (ctx) => ctx.asShop("GET", `/api/v1/queues?search=${"x".repeat(limits.urlBytesMax)}`),
  },
  {
    code: "HEADERS_TOO_LARGE",
    operation: "listQueues",
    needs: [],
    cause: "a cookie of 20,000 bytes",
    provoke: (ctx) => ctx.asShop("GET", "/api/v1/queues", { headers: { Cookie: "x".repeat(20_000) } }),
  },
  {
    code: "REQUEST_TIMEOUT",
    operation: "createQueue",
    needs: ["patience"],
    cause: "a body that does not come",
    provoke(ctx) {
      const headers = {
        Authorization: `Bearer ${ctx.secretKey}`,
        "Content-Type": "application/json",
        "Content-Length": "100",
      };
      const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
      return ctx.sendRaw(`POST /api/v1/queues HTTP/1.1\r\n${host}\r\n${lines.join("")}\r\n{`, {
        method: "POST",
        path: "/api/v1/queues",
        headers,
      });
    },
  },
  {
    code: "PAYLOAD_TOO_LARGE",
    operation: "createExperience",
    needs: [],
    cause: "one byte over 1 MiB",
    provoke: (ctx) =>
      ctx.asShop("POST", experiences, {
        rawBody: `{"name":"${"x".repeat(limits.bodyBytesMax + 1 - 11)}"}`,
      }),
  },
  {
    code: "UNSUPPORTED_MEDIA_TYPE",
    operation: "createExperience",
    needs: [],
    cause: "a form, and another charset",
    async provoke(ctx) {
      await ctx.asShop("POST", experiences, {
        body: { name: "Winter tour" },
        headers: { "Content-Type": "application/json; charset=utf-16" },
      });
      return ctx.asShop("POST", experiences, {
        rawBody: "name=Winter+tour",
        headers: { "Content-Type": "application/x-www-form-urlencoded" },
      });
    },
  },
  {
    code: "ROUTE_NOT_FOUND",
    operation: null,
    needs: [],
    cause: "a path with a letter missing",
    async provoke(ctx) {
      await ctx.send("GET", "/nothing/like/it", { headers: { Origin: "https://shop.example" } });
      return ctx.asShop("GET", "/api/v1/quues");
    },
  },
  {
    code: "METHOD_NOT_ALLOWED",
    operation: null,
    needs: [],
    cause: "a method that the path does not take",
    async provoke(ctx) {
      await ctx.send("HEAD", "/api/v1/auth/guest");
      return ctx.asShop("PUT", "/api/v1/queues", { body: { name: "Night drop" } });
    },
  },
];
