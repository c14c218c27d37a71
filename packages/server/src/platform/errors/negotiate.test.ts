import { type Catalogue, english } from "@stanchion/contract";
import { describe, expect, it } from "vitest";
import { chooseCatalogue, prefersProblem } from "./negotiate.ts";

describe("a refusal is a problem+json", () => {
  it.each([
    "application/problem+json",
    "Application/Problem+JSON",
    "application/problem+json; charset=utf-8",
    "application/problem+json;q=0.1",
    "application/json;q=0.5, application/problem+json",
    "application/json, application/problem+json",
    "application/problem+json, application/json",
    "application/problem+json, */*;q=0.1",
    "text/html, application/problem+json;q=0.9, application/*;q=0.8",
    'text/x;a="b, application/json", application/problem+json',
    "application/json;q=0, */*",
    "application/json;q=0, application/*;q=0.2",
    "application/problem+json , , application/json;q=0.001",
  ])("for %s", (accept) => {
    expect(prefersProblem(accept)).toBe(true);
  });

  it.each([
    undefined,
    "",
    "*/*",
    "application/*",
    "application/json",
    "text/html",
    "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "application/problem+json;q=0",
    "application/problem+json;q=0.0",
    "application/problem+json ; Q = 0, */*",
    "application/problem+json;q=0.5, application/json",
    "application/problem+json;q=0.5, application/json;q=0.6",
    "application/problem+json;q=0.5, */*",
    "application/problem+json;q=0, application/json;q=0",
    "application/problem+xml",
    "application/problem+jsonp",
    "x-application/problem+json",
    'text/plain;title="application/problem+json"',
    'text/plain;title=", application/problem+json',
    ",,,;;;q=q=",
    `${"a/b,".repeat(5_000)}application/problem+json`,
  ])("and not for %s", (accept) => {
    expect(prefersProblem(accept)).toBe(false);
  });
});

describe("the language of a refusal", () => {
  const inLanguage = (language: string): Catalogue => ({ ...english, language });
  const catalogues = [english, inLanguage("de"), inLanguage("pt-BR")];

  it.each([
    [undefined, "en"],
    ["", "en"],
    ["*", "en"],
    ["de", "de"],
    ["DE-ch, en;q=0.9", "de"],
    ["fr, de;q=0.5, en;q=0.6", "en"],
    ["de;q=0, *", "en"],
    ["pt", "en"],
    ["pt-BR", "pt-BR"],
    ["pt-br-x-private", "pt-BR"],
    ["fr-CA, -, de", "de"],
    ["tlh", "en"],
  ])("for %s is %s", (acceptLanguage, language) => {
    expect(chooseCatalogue(catalogues, acceptLanguage).language).toBe(language);
  });

  it("is English for everybody while there is no other", () => {
    expect(chooseCatalogue([english], "de").language).toBe("en");
  });
});
