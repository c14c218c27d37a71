/** What of a theme stands in the page itself: the logo and the experience's own words. */
import type { Theme } from "@stanchion/contract";
import { escapeHtml } from "./html-text.ts";

/** A theme as one page shows it. */
export interface ShownTheme {
  readonly logoUrl: string | null;
  /** The path of {@link themeStylePath}. */
  readonly stylePath: string | null;
  /** Instead of the line's name. */
  readonly headline: string | null;
  readonly intro: string | null;
  /** The language tag of the words; null: not known. */
  readonly language: string | null;
}

type ThemeWords = NonNullable<NonNullable<Theme["texts"]>["languages"]>[number];

/**
 * What to show of a theme. `chosen`: the words of the reader's language, where it has them; what they lack is taken from those
 * for everybody.
 */
export function shownTheme(
  theme: Theme | null,
  stylePath: string | null,
  chosen: ThemeWords | null,
): ShownTheme {
  const { headline, intro } = theme?.texts ?? {};
  return {
    logoUrl: theme?.logoUrl ?? null,
    stylePath,
    headline: chosen?.headline ?? headline ?? null,
    intro: chosen?.intro ?? intro ?? null,
    language: chosen?.language ?? null,
  };
}

/** For `img-src`: the origin that the logo comes from. */
export function logoSource(theme: Theme | null): string {
  return theme?.logoUrl === undefined ? "" : ` ${new URL(theme.logoUrl).origin}`;
}

export function themeLink(theme: ShownTheme | undefined): string {
  const path = theme?.stylePath ?? null;
  return path === null ? "" : `\n<link rel="stylesheet" href="${escapeHtml(path)}">`;
}

/** The logo in place of the rope; "" where there is none. */
export function headHtml(theme: ShownTheme | undefined): string {
  const logoUrl = theme?.logoUrl ?? null;
  // Without words: the heading below names the line.
  return logoUrl === null
    ? ""
    : `<img slot="head" class="logo" src="${escapeHtml(new URL(logoUrl).href)}" alt="">`;
}

/** The head of a card without a script: the logo or the rope, and what stands beside it. */
export function plainHeadHtml(theme: ShownTheme | undefined, inside: string): string {
  const logo = headHtml(theme) || `<span class="stanchions"></span>`;
  return `<div class="head" id="head">${logo}${inside}</div>`;
}

/** The first heading and what the shop says below it. */
export function titleHtml(theme: ShownTheme | undefined, name: string): string {
  const language = theme?.language ?? null;
  const tag = language === null ? "" : ` lang="${escapeHtml(language)}"`;
  const { headline = null, intro = null } = theme ?? {};
  const heading =
    headline === null
      ? `<h1 slot="title">${escapeHtml(name)}</h1>`
      : `<h1 slot="title"${tag} dir="auto">${escapeHtml(headline)}</h1>`;
  return intro === null
    ? heading
    : `${heading}\n<p slot="title" class="intro"${tag} dir="auto">${escapeHtml(intro)}</p>`;
}
