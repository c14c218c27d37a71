import { type Language, pickLocale } from "./pick-language.ts";
import type { Region } from "./wording.ts";
import { type Catalogue, createWords, type Words } from "./words.ts";

/** What is said, of a line or of a draw. `silent`: nothing, until the words have come. */
export interface Speech<Said extends Words> {
  silent(): Said;
  create(catalogue: Catalogue, region: Region): Said;
}

export const lineSpeech: Speech<Words> = { silent: silentWords, create: createWords };

export function silentWords(): Words {
  return { region: { locale: "en" }, number: new Intl.NumberFormat("en"), say: () => "" };
}

/**
 * The words of a language, from its file. `path` has `{language}` where the tag goes.
 * @throws {Error} when the file does not come
 */
export async function loadWords<Said extends Words>(
  speech: Speech<Said>,
  language: Language,
  path: string,
  wishes: readonly string[],
): Promise<Said> {
  const response = await fetch(path.replace("{language}", language));
  if (!response.ok) throw new Error(`The words of ${language} did not come: ${response.status}.`);
  const catalogue: Catalogue = await response.json();
  return speech.create(catalogue, { locale: pickLocale(language, wishes) });
}
