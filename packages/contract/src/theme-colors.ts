/** Colours that can be read: the contrast of two, and the palettes of a theme. The rules are those of WCAG 2.2. */

/** The least contrast to the background: of words (1.4.3), and of what shows where a control is (1.4.11). */
export const contrastsMin = { text: 4.5, accent: 3 } as const;

/** Colours as `#rrggbb`. */
export interface Palette {
  readonly background: string;
  readonly text: string;
  readonly accent: string;
}

type GivenColors = { readonly [Name in keyof Palette]?: string | undefined };

const lightDefaults: Palette = { background: "#fffefb", text: "#1f1a17", accent: "#a3184a" };
const darkDefaults: Palette = { background: "#1f1b18", text: "#f5f0e8", accent: "#f4839f" };

/**
 * The palettes of a theme for light and for dark screens. What it does not name follows from what it does and can be read:
 * the accent of a dark screen is the accent, brightened as far as it must be.
 *
 * @example palettesOf({ accent: "#0b5fff" }).dark.accent
 */
export function palettesOf(given: (GivenColors & { readonly dark?: GivenColors | undefined }) | undefined): {
  readonly light: Palette;
  readonly dark: Palette;
} {
  return {
    light: fill(given ?? {}, lightDefaults, lightDefaults.accent),
    dark: fill(given?.dark ?? {}, darkDefaults, given?.accent ?? darkDefaults.accent),
  };
}

function fill(given: GivenColors, defaults: Palette, accent: string): Palette {
  const background = (given.background ?? defaults.background).toLowerCase();
  const isReadable = contrastOf(defaults.text, background) >= contrastsMin.text;
  const text = (given.text ?? (isReadable ? defaults.text : blackOrWhiteOn(background))).toLowerCase();
  const ofItself = nearestWith(contrastsMin.accent, accent, blackOrWhiteOn(background), background);
  return { background, text, accent: (given.accent ?? ofItself).toLowerCase() };
}

/** Whichever can be read better; one of them always has 4.5:1. */
export function blackOrWhiteOn(background: string): string {
  return contrastOf("#000000", background) >= contrastOf("#ffffff", background) ? "#000000" : "#ffffff";
}

/** The first colour on the way from one to another that has the contrast; the other itself where none before has. */
export function nearestWith(contrast: number, from: string, to: string, background: string): string {
  for (let percent = 0; percent < 100; percent += 4) {
    const color = mixColors(from, to, percent);
    if (contrastOf(color, background) >= contrast) return color;
  }
  return to;
}

/** `percent` of `to` in `from`. */
export function mixColors(from: string, to: string, percent: number): string {
  const ends = channelsOf(to);
  const mixed = channelsOf(from).map((value, index) =>
    Math.round(value + (((ends[index] ?? 0) - value) * percent) / 100),
  );
  return `#${mixed.map((value) => value.toString(16).padStart(2, "0")).join("")}`;
}

/** The contrast of two colours, from 1 to 21. */
export function contrastOf(one: string, other: string): number {
  const [darker = 0, lighter = 0] = [luminanceOf(one), luminanceOf(other)].sort((a, b) => a - b);
  return (lighter + 0.05) / (darker + 0.05);
}

function luminanceOf(color: string): number {
  const [red = 0, green = 0, blue = 0] = channelsOf(color).map((value) => {
    const share = value / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function channelsOf(color: string): number[] {
  return [1, 3, 5].map((at) => Number.parseInt(color.slice(at, at + 2), 16));
}
