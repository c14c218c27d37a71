/** How the pages of an experience look: its logo, its colours and its own words. */
import * as v from "valibot";
import type { ValidationIssue } from "./errors.ts";
import { clearable, rule, text } from "./fields.ts";
import { limits } from "./limits.ts";
import { duplicateIssue, fieldIssue } from "./parse.ts";
import { contrastOf, contrastsMin, palettesOf } from "./theme-colors.ts";

const hexColor = v.pipe(
  v.string(),
  rule<string>("pattern", "a colour such as #1a2b3c", (value) => /^#[0-9a-f]{6}$/i.test(value)),
);

/** Control characters, and those that would turn the direction of what stands around the text. */
const isPlain = (value: string): boolean => !/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u.test(value);

function words(charactersMax: number) {
  return v.pipe(
    text(1, charactersMax),
    rule<string>(
      "pattern",
      "text that is not blank and has no control characters",
      (value) => value === "" || value.includes("\0") || (isPlain(value) && /[^\p{Z}\p{C}]/u.test(value)),
    ),
  );
}

/** Over https; over http from this machine alone, for whoever develops on it. */
const logoUrl = v.pipe(
  v.string(),
  rule<string>("pattern", "text without control characters", (value) => /^[^\p{Cc}\p{Cs}]*$/u.test(value)),
  v.maxLength(limits.urlCharactersMax),
  rule<string>("format", "https URL", (value) => {
    if (!URL.canParse(value)) return false;
    const { protocol, hostname, username, password } = new URL(value);
    const isHere = hostname === "localhost" || hostname === "[::1]" || /^127\.\d+\.\d+\.\d+$/.test(hostname);
    return (protocol === "https:" || (protocol === "http:" && isHere)) && username + password === "";
  }),
);

const language = v.pipe(
  v.string(),
  rule<string>("format", "language tag such as de or pt-BR", (value) => {
    if (!/^[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$/.test(value)) return false;
    try {
      return Intl.getCanonicalLocales(value)[0] === value;
    } catch {
      return false;
    }
  }),
);

const colorsInput = {
  background: clearable(hexColor),
  text: clearable(hexColor),
  accent: clearable(hexColor),
};
const textsInput = {
  headline: clearable(words(limits.themeHeadlineCharactersMax)),
  intro: clearable(words(limits.themeIntroCharactersMax)),
};
/** As it is given, on create and as a merge patch. */
export const themeInput = v.object({
  logoUrl: clearable(logoUrl),
  colors: clearable(v.object({ ...colorsInput, dark: clearable(v.object(colorsInput)) })),
  texts: clearable(
    v.object({
      ...textsInput,
      languages: clearable(
        v.pipe(v.array(v.object({ language, ...textsInput })), v.maxLength(limits.themeLanguagesMax)),
      ),
    }),
  ),
});
export type ThemeInput = v.InferOutput<typeof themeInput>;

const colors = {
  background: v.optional(v.string()),
  text: v.optional(v.string()),
  accent: v.optional(v.string()),
};
const texts = { headline: v.optional(v.string()), intro: v.optional(v.string()) };
/** As it is kept: what was not given is not there. */
export const theme = v.object({
  logoUrl: v.optional(v.string()),
  colors: v.optional(v.object({ ...colors, dark: v.optional(v.object(colors)) })),
  texts: v.optional(
    v.object({
      ...texts,
      languages: v.optional(v.array(v.object({ language: v.string(), ...texts }))),
    }),
  ),
});
export type Theme = v.InferOutput<typeof theme>;

/**
 * The theme after a merge patch (RFC 7396): null takes away, what is absent stays. Null where nothing is left of it.
 *
 * @example patchedTheme({ colors: { accent: "#a3184a" } }, { colors: null, logoUrl: "https://shop.example/logo.svg" })
 */
export function patchedTheme(present: Theme | null, patch: ThemeInput | null | undefined): Theme | null {
  if (patch === undefined) return present;
  const merged = v.parse(theme, merge(present ?? {}, patch) ?? {});
  return Object.keys(merged).length === 0 ? null : merged;
}

function merge(present: unknown, patch: unknown): unknown {
  if (Array.isArray(patch)) return patch.length === 0 ? undefined : patch.map((item) => merge({}, item));
  if (patch === null || typeof patch !== "object") return patch ?? undefined;
  const members = new Map<string, unknown>(Object.entries(Object(present)));
  for (const [key, value] of Object.entries(patch)) {
    const merged = value === undefined ? members.get(key) : merge(members.get(key), value);
    if (merged === undefined) members.delete(key);
    else members.set(key, merged);
  }
  return members.size === 0 ? undefined : Object.fromEntries(members);
}

/** What no schema sees: colours that cannot be read on one another, and a language that comes twice. */
export function themeIssues(theme: Theme | null): ValidationIssue[] {
  if (theme === null) return [];
  const { light, dark } = palettesOf(theme.colors);
  const { dark: darkColors, ...lightColors } = theme.colors ?? {};
  return [
    ...contrastIssues(["theme", "colors"], lightColors, light.background),
    ...contrastIssues(["theme", "colors", "dark"], darkColors ?? {}, dark.background),
    ...languageIssues(theme.texts?.languages ?? []),
  ];
}

function contrastIssues(
  path: readonly string[],
  given: { readonly text?: string | undefined; readonly accent?: string | undefined },
  background: string,
): ValidationIssue[] {
  return (["text", "accent"] as const).flatMap((name) => {
    const color = given[name];
    if (color === undefined) return [];
    const contrast = contrastOf(color, background);
    if (contrast >= contrastsMin[name]) return [];
    // Rounded down, so that no ratio looks as if it were enough.
    const ratio = (Math.floor(contrast * 100) / 100).toFixed(2);
    const expected = `a colour with a contrast of at least ${contrastsMin[name]}:1 to the background ${background}, and ${color} has ${ratio}:1`;
    return [fieldIssue([...path, name], "pattern", expected, color)];
  });
}

function languageIssues(languages: readonly { readonly language: string }[]): ValidationIssue[] {
  return languages.flatMap(({ language }, index) =>
    languages.findIndex((other) => other.language === language) < index
      ? [duplicateIssue(["theme", "texts", "languages", index, "language"])]
      : [],
  );
}
