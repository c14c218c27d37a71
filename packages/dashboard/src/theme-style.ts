/** The style of an experience's theme: a file of variables whose name says what is in it, so that nothing has to be kept of it. */
import { createHash } from "node:crypto";
import {
  blackOrWhiteOn,
  contrastOf,
  mixColors,
  nearestWith,
  type Palette,
  palettesOf,
  type Theme,
} from "@stanchion/contract";

const textContrastMin = 4.5;
const filePattern = /^((?:[0-9a-f]{6}){6})-([0-9a-f]{10})\.css$/;

/**
 * The path of the style that these colours need; null where there are none.
 *
 * @example themeStylePath({ accent: "#0b5fff" }) // "/assets/themes/fffefb1f1a170b5fff…-0123456789.css"
 */
export function themeStylePath(colors: Theme["colors"]): string | null {
  if (colors === undefined) return null;
  const { light, dark } = palettesOf(colors);
  const digits = [light, dark]
    .flatMap(({ background, text, accent }) => [background, text, accent])
    .map((color) => color.slice(1))
    .join("");
  return `/assets/themes/${digits}-${hashOf(styleOf(light, dark))}.css`;
}

/**
 * The style of a file name that {@link themeStylePath} made; null for every other. `isCurrent`: it is what another version of
 * the server means by the name too, so that it can be kept for ever.
 */
export function readThemeStyle(file: string): { readonly style: string; readonly isCurrent: boolean } | null {
  const [, digits = "", hash] = filePattern.exec(file) ?? [];
  if (hash === undefined) return null;
  const [a = "", b = "", c = "", d = "", e = "", f = ""] = digits.match(/.{6}/g) ?? [];
  const paletteOf = (background: string, text: string, accent: string): Palette => ({
    background: `#${background}`,
    text: `#${text}`,
    accent: `#${accent}`,
  });
  const style = styleOf(paletteOf(a, b, c), paletteOf(d, e, f));
  return { style, isCurrent: hashOf(style) === hash };
}

function hashOf(style: string): string {
  return createHash("sha256").update(style).digest("hex").slice(0, 10);
}

function styleOf(light: Palette, dark: Palette): string {
  return `:root{${variablesOf(light)}}@media (prefers-color-scheme:dark){:root{${variablesOf(dark)}}}\n`;
}

function variablesOf({ background, text, accent }: Palette): string {
  const soft = nearestWith(textContrastMin, mixColors(text, background, 40), text, background);
  const variables = {
    page: background,
    card: background,
    ink: text,
    soft,
    line: mixColors(background, text, 18),
    accent,
    "accent-ink": blackOrWhiteOn(accent),
    // A control must stand out by 3:1; words in its colour by more.
    link: contrastOf(accent, background) >= textContrastMin ? accent : text,
    warn: background,
    "warn-line": soft,
    live: accent,
  };
  return Object.entries(variables)
    .map(([name, value]) => `--stanchion-${name}:${value}`)
    .join(";");
}
