import { type Catalogue, english } from "@stanchion/contract";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { errorOf, startTestServer, strangeId, type TestServer, type TestShop } from "../../testing/index.ts";

const experiences = "/api/v1/experiences";

/** A second language as one object: nothing that refuses was changed for it. */
const german: Catalogue = {
  ...english,
  language: "de",
  errors: {
    ...english.errors,
    ROUTE_NOT_FOUND: "Diese Adresse gibt es nicht.",
    METHOD_NOT_ALLOWED: "Diese Adresse nimmt kein {method} an.",
    QUEUE_NOT_FOUND: "Diese Schlange gibt es nicht.",
    VALIDATION_ERROR: "Einige Werte brechen eine Regel.",
    RATE_LIMITED: "Zu viele Anfragen. In {retryAfter} s wieder.",
  },
  issues: {
    ...english.issues,
    required: (field) => `${field} fehlt.`,
    min_length: (field, expected) => `${field}: mindestens ${expected}.`,
  },
  wholeBody: "Der Text",
};

describe("a second language", () => {
  let server: TestServer;
  let shop: TestShop;
  beforeAll(async () => {
    server = await startTestServer({ isWorker: false, catalogues: [english, german] });
    shop = await server.shop();
  });
  afterAll(() => server.stop());
  const inGerman = { "Accept-Language": "de-CH, en;q=0.5" };

  it("reaches the wire in the message, in every issue and in Content-Language, and changes no other member", async () => {
    const make = (headers: Record<string, string>) =>
      shop.call("POST", experiences, { body: { name: "" }, headers: { "X-Request-Id": "same", ...headers } });
    const [plain, translated] = [await make({}), await make(inGerman)];
    expect(plain.headers.get("content-language")).toBe("en");
    expect(translated.headers.get("content-language")).toBe("de");
    expect(translated.headers.get("vary")).toContain("Accept-Language");
    const [issue] = errorOf(plain).issues ?? [];
    expect(translated.body).toEqual({
      ...plain.body,
      message: "Einige Werte brechen eine Regel.",
      issues: [{ ...issue, message: "name: mindestens 1 character." }],
    });
  });

  it("has its placeholders filled, and its words as the detail of a problem", async () => {
    const headers = { ...inGerman, Accept: "application/problem+json" };
    const missed = await server.call("PATCH", "/health/live", { headers });
    expect(missed.body.detail).toBe("Diese Adresse nimmt kein PATCH an.");
    expect(missed.headers.get("content-language")).toBe("de");
  });

  it("is what a refused call past its limit is told in", async () => {
    const tight = await server.shop({ rateLimits: { general: { limit: 1, windowSeconds: 60 } } });
    await tight.call("GET", experiences);
    const refused = await tight.call("GET", experiences, { headers: inGerman });
    const other = await tight.call("GET", experiences);
    expect(errorOf(refused).message).toMatch(/^Zu viele Anfragen. In \d+ s wieder.$/);
    expect(errorOf(other).message).toMatch(/^Too many requests/);
  });

  it("is kept with an answer that an Idempotency-Key replays", async () => {
    const path = `/api/v1/queues/${strangeId("queue")}/pause`;
    const pause = (headers: Record<string, string>) =>
      shop.call("POST", path, { headers: { "Idempotency-Key": "kept", ...headers } });
    const [first, again] = [await pause(inGerman), await pause({})];
    expect(errorOf(first).message).toBe("Diese Schlange gibt es nicht.");
    expect(again.text).toBe(first.text);
    expect(again.headers.get("content-language")).toBe("de");
  });

  it("is not spoken to those who wish another", async () => {
    const answer = await server.call("GET", "/nowhere", { headers: { "Accept-Language": "fr, en;q=0.1" } });
    expect(answer.headers.get("content-language")).toBe("en");
    expect(errorOf(answer).message).toBe(english.errors.ROUTE_NOT_FOUND);
  });
});
