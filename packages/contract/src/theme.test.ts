import { describe, expect, it } from "vitest";
import { parseObject } from "./parse.ts";
import { patchedTheme, type Theme, themeInput, themeIssues } from "./theme.ts";
import { blackOrWhiteOn, contrastOf, contrastsMin, palettesOf } from "./theme-colors.ts";

const accepts = (input: unknown): boolean => parseObject(themeInput, input).ok;

describe("a theme", () => {
  it("takes a logo over https, and over http from this machine alone", () => {
    const taken = [
      "https://shop.example/logo.svg",
      "http://127.0.0.1:4900/logo.png",
      "http://localhost/l.png",
    ];
    const refused = [
      "http://shop.example/logo.svg",
      "http://127.0.0.1.shop.example/x",
      "javascript:alert(1)",
      "data:image/png;base64,AA",
      "//shop.example/logo.svg",
      "https://me:secret@shop.example/x",
      "https://shop.example/\nlogo.svg",
      `https://shop.example/${"a".repeat(2000)}`,
    ];
    expect(taken.map((logoUrl) => accepts({ logoUrl }))).toEqual([true, true, true]);
    expect(refused.filter((logoUrl) => accepts({ logoUrl }))).toEqual([]);
  });

  it("takes colours of six digits only", () => {
    expect(accepts({ colors: { accent: "#0B5fFF", dark: { text: "#ffffff" } } })).toBe(true);
    for (const accent of ["#fff", "red", "#0b5fff80", "#0b5ffg", "0b5fff", "#0b5fff;color:red", "#0b5fff\n"])
      expect([accent, accepts({ colors: { accent } })]).toEqual([accent, false]);
  });

  it("takes words without control characters and turns of direction", () => {
    for (const headline of ["Früh da?", "👨‍👩‍👧 welcome", "می‌خواهم", "<b>1 & 2</b>"])
      expect([headline, accepts({ texts: { headline } })]).toEqual([headline, true]);
    for (const headline of ["", " ", "a\nb", "a\u0007", "a\u202eb", "a\u2066b", "a\u2028b", "x".repeat(81)])
      expect([headline, accepts({ texts: { headline } })]).toEqual([headline, false]);
    for (const language of ["de", "pt-BR", "zh-Hant"])
      expect([language, accepts({ texts: { languages: [{ language }] } })]).toEqual([language, true]);
    for (const language of ["DE", "german", "de_AT", "pt-br", "", "x-y"])
      expect([language, accepts({ texts: { languages: [{ language }] } })]).toEqual([language, false]);
  });

  it("is changed member by member", () => {
    const made = patchedTheme(null, {
      logoUrl: "https://a.example/l",
      colors: { accent: "#0b5fff", text: null, dark: { text: "#ffffff" } },
      texts: { headline: "Hello", languages: [{ language: "de", headline: "Hallo", intro: null }] },
    });
    expect(made).toEqual({
      logoUrl: "https://a.example/l",
      colors: { accent: "#0b5fff", dark: { text: "#ffffff" } },
      texts: { headline: "Hello", languages: [{ language: "de", headline: "Hallo" }] },
    });
    expect(
      patchedTheme(made, { colors: { dark: null }, texts: { headline: null, languages: null } }),
    ).toEqual({
      logoUrl: "https://a.example/l",
      colors: { accent: "#0b5fff" },
    });
    expect(patchedTheme(made, undefined)).toBe(made);
    expect(patchedTheme(made, null)).toBeNull();
    expect(patchedTheme(made, { logoUrl: null, colors: null, texts: null })).toBeNull();
    expect(patchedTheme(null, { colors: {} })).toBeNull();
  });

  it("tells which colours cannot be read, and by how much", () => {
    const issuesOf = (colors: Theme["colors"]) => themeIssues({ colors });
    expect(issuesOf({ background: "#ffffff", text: "#777777" })).toEqual([
      {
        kind: "validation",
        type: "pattern",
        expected:
          "a colour with a contrast of at least 4.5:1 to the background #ffffff, and #777777 has 4.47:1",
        received: "#777777",
        message:
          "theme.colors.text must be a colour with a contrast of at least 4.5:1 to the background #ffffff, and #777777 has 4.47:1.",
        path: [
          { type: "object", key: "theme" },
          { type: "object", key: "colors" },
          { type: "object", key: "text" },
        ],
      },
    ]);
    expect(issuesOf({ background: "#ffffff", text: "#767676", accent: "#949494" })).toEqual([]);
    expect(issuesOf({ accent: "#ffe000", dark: { accent: "#200010", background: "#101010" } })).toMatchObject(
      [
        { path: [{ key: "theme" }, { key: "colors" }, { key: "accent" }] },
        { path: [{ key: "theme" }, { key: "colors" }, { key: "dark" }, { key: "accent" }] },
      ],
    );
  });

  it("has each language once", () => {
    const languages = ["de", "fr", "de"].map((language) => ({ language }));
    expect(themeIssues({ texts: { languages } })).toMatchObject([
      {
        type: "unique",
        path: [{ key: "theme" }, { key: "texts" }, { key: "languages" }, { key: 2 }, { key: "language" }],
      },
    ]);
  });
});

describe("palettes", () => {
  it("measure contrast as WCAG does", () => {
    expect(contrastOf("#000000", "#ffffff")).toBeCloseTo(21, 5);
    expect(contrastOf("#777777", "#ffffff")).toBeCloseTo(4.478, 3);
    expect(contrastOf("#123456", "#123456")).toBe(1);
  });

  it("can be read whatever one colour is given", () => {
    for (let index = 0; index < 4_096; index += 7) {
      const digit = (shift: number) => ((index >> shift) & 15).toString(16).repeat(2);
      const color = `#${digit(8)}${digit(4)}${digit(0)}`;
      for (const given of [{ background: color }, { dark: { background: color } }, { accent: color }]) {
        const { light, dark } = palettesOf(given);
        for (const { background, text, accent } of "accent" in given ? [dark] : [light, dark]) {
          expect(contrastOf(text, background)).toBeGreaterThanOrEqual(contrastsMin.text);
          expect(contrastOf(accent, background)).toBeGreaterThanOrEqual(contrastsMin.accent);
          expect(contrastOf(blackOrWhiteOn(accent), accent)).toBeGreaterThanOrEqual(contrastsMin.text);
        }
      }
    }
  });
});
