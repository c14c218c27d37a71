import { afterAll, beforeAll, expect, it } from "vitest";
import { errorOf, startTestServer, type TestServer, type TestShop } from "../testing/index.ts";

const experiences = "/api/v1/experiences";
let server: TestServer;
let shop: TestShop;
beforeAll(async () => {
  server = await startTestServer({ isWorker: false });
  shop = await server.shop();
});
afterAll(() => server.stop());

it("is kept as it was given, shown to fans, and changed member by member", async () => {
  const theme = {
    logoUrl: "https://cdn.shop.example/logo.svg",
    colors: { background: "#101820", text: "#ffffff", accent: "#F2AA4C", dark: { background: "#000000" } },
    texts: { headline: "Spring drop", languages: [{ language: "de", headline: "Frühling" }] },
  };
  const made = await shop.call("POST", experiences, { body: { name: "Themed", theme } });
  expect([made.status, made.body.theme]).toEqual([201, theme]);
  const path = `${experiences}/${made.body.id}`;
  expect((await server.call("GET", path, { publishableKey: shop.publishableKey })).body.theme).toEqual(theme);
  const changed = await shop.call("PATCH", path, {
    body: { theme: { logoUrl: null, colors: { dark: null }, texts: { languages: null } } },
  });
  const { background, text, accent } = theme.colors;
  expect(changed.body).toMatchObject({ version: 2 });
  expect(changed.body.theme).toEqual({
    colors: { background, text, accent },
    texts: { headline: "Spring drop" },
  });
  expect((await shop.call("PATCH", path, { body: { name: "Other" } })).body.theme).toEqual(
    changed.body.theme,
  );
  expect((await shop.call("PATCH", path, { body: { theme: null } })).body.theme).toBeNull();
});

it("is refused where it could not be read, judged as it would be after the patch", async () => {
  const made = await shop.call("POST", experiences, {
    body: { name: "Read", theme: { colors: { background: "#ffffff", text: "#333333" } } },
  });
  const path = `${experiences}/${made.body.id}`;
  const refused = await shop.call("PATCH", path, { body: { theme: { colors: { background: "#444444" } } } });
  expect(refused.status).toBe(422);
  expect(errorOf(refused).issues).toEqual([
    {
      kind: "validation",
      type: "pattern",
      expected:
        "a colour with a contrast of at least 4.5:1 to the background #444444, and #333333 has 1.29:1",
      received: "#333333",
      message: expect.stringMatching(/^theme\.colors\.text must be .* #333333 has 1\.29:1\.$/),
      path: ["theme", "colors", "text"].map((key) => ({ type: "object", key })),
    },
  ]);
  expect((await shop.call("GET", path)).body).toMatchObject({ version: 1 });
  const unknown = await shop.call("PATCH", path, { body: { theme: { colours: {} } } });
  expect([unknown.status, errorOf(unknown).issues?.[0]?.type]).toEqual([400, "unknown_field"]);
});
