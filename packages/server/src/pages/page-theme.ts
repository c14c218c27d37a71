import { logoSource, type ShownTheme, shownTheme, themeStylePath } from "@stanchion/dashboard";
import type { ThemeQuestion, Themes } from "../experiences/index.ts";
import { chooseByLanguage } from "../platform/errors/index.ts";
import type { PageLanguage } from "./page-language.ts";

/** The theme as one reader sees it, and what the page's policy must let it load. */
export interface PageTheme {
  readonly shown: ShownTheme;
  /** For `img-src`: empty, or an origin with a space before it. */
  readonly imageSource: string;
}

/** The theme of the line whose page is asked for, in the reader's language. */
export async function readPageTheme(
  themes: Themes,
  asked: ThemeQuestion,
  { wishes }: PageLanguage,
): Promise<PageTheme> {
  const theme = await themes.of(asked);
  const chosen = chooseByLanguage(theme?.texts?.languages ?? [], wishes);
  const shown = shownTheme(theme, themeStylePath(theme?.colors), chosen);
  return { shown, imageSource: logoSource(theme) };
}
