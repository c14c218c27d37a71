import type { Region } from "../wording.ts";
import { type Catalogue, createWords, type PlainKey, type Words } from "../words.ts";
import type { drawOwnTexts } from "./draw-texts.ts";

type DrawKey = keyof typeof drawOwnTexts;

/** The words of a line, said of a draw, and those of draws alone. */
export interface DrawWords extends Words {
  readonly sayOfDraw: (key: DrawKey, values?: Readonly<Record<string, string | number>>) => string;
}

/** The words of a draw's page in one language. The catalogue is a whole one: that of a line, with those of draws over it. */
export function createDrawWords(catalogue: Catalogue, region: Region): DrawWords {
  const words = createWords(catalogue, region);
  return { ...words, sayOfDraw: (key, values) => words.say(asLineKey(key), ...asFilling(values)) };
}

// Words of draws are looked up and filled like all others.
function asLineKey(key: DrawKey): PlainKey {
  return key as string as PlainKey;
}

function asFilling(values: object | undefined): [] {
  return (values === undefined ? [] : [values]) as [];
}
