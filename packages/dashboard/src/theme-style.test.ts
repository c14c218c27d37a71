import { contrastOf } from "@stanchion/contract";
import { expect, test } from "vitest";
import { waitingPageHtml } from "./html.ts";
import { shownTheme } from "./theme-parts.ts";
import { readThemeStyle, themeStylePath } from "./theme-style.ts";

test("a style can be made from its path alone, and holds for light and dark screens", () => {
  const path = themeStylePath({ background: "#101820", text: "#FFFFFF", accent: "#f2aa4c" }) ?? "";
  expect(path).toMatch(/^\/assets\/themes\/101820fffffff2aa4c[0-9a-f]{18}-[0-9a-f]{10}\.css$/);
  const made = readThemeStyle(path.slice("/assets/themes/".length));
  expect(made?.isCurrent).toBe(true);
  expect(made?.style).toContain(
    ":root{--stanchion-page:#101820;--stanchion-card:#101820;--stanchion-ink:#ffffff;",
  );
  for (const part of made?.style.split("@media") ?? []) {
    const of = (name: string) => new RegExp(`--stanchion-${name}:(#[0-9a-f]{6})`).exec(part)?.[1] ?? "";
    for (const name of ["ink", "soft", "link"]) expect(contrastOf(of(name), of("card"))).toBeGreaterThan(4.5);
    expect(contrastOf(of("accent"), of("card"))).toBeGreaterThan(3);
    expect(contrastOf(of("accent-ink"), of("accent"))).toBeGreaterThan(4.5);
  }
  expect(themeStylePath(undefined)).toBeNull();
});

test("a style of another version is made, and not kept; anything else is none", () => {
  const [file = ""] = (themeStylePath({ accent: "#0b5fff" }) ?? "").split("/").slice(-1);
  expect(readThemeStyle(file.replace(/-[0-9a-f]{10}/, "-0123456789"))?.isCurrent).toBe(false);
  for (const other of ["", "x", "../x.css", file.slice(1), `${file}x`, file.replace(".css", ".js")])
    expect(readThemeStyle(other)).toBeNull();
});

test("own words are words, whatever is in them, and a logo is an address", () => {
  const theme = {
    logoUrl: `https://cdn.shop.example/"><script>alert(1)</script>`,
    texts: { headline: `<img src=x onerror="1">`, intro: `</p><b>'&` },
  };
  const html = waitingPageHtml({
    queueId: "queue_1",
    queueName: "Spring drop",
    publishableKey: "pk",
    checkoutUrl: null,
    scriptPath: "/s.js",
    stylePath: "/s.css",
    theme: shownTheme(theme, "/assets/themes/x.css", { language: "de", headline: "Früh" }),
  });
  expect(html).toContain(`<h1 slot="title" lang="de" dir="auto">Früh</h1>`);
  expect(html).toContain("&lt;/p&gt;&lt;b&gt;&#39;&amp;");
  expect(html.match(/<img/g)).toHaveLength(1);
  expect(html.match(/<script/g)).toHaveLength(1);
  expect(html).toContain(`<link rel="stylesheet" href="/assets/themes/x.css">`);
});
