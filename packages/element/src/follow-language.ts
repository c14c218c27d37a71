/** The language of the page: what the fan chose, else what the page is marked with, else what the browser asks for. */
import { element, setText } from "./dom.ts";
import { loadWords, type Speech } from "./load-words.ts";
import { directionOf, type Language, languages, pickLanguage } from "./pick-language.ts";
import { readStored, store } from "./stored.ts";
import { wait, waitToRetry } from "./wait.ts";
import type { Words } from "./words.ts";

const storageKey = "stanchion:language";
const parameter = "lang";
/** So long nothing is said in the hope of the right words; then it is said in English, until they come. */
const wordsWaitMs = 3_000;

/** Whose language is followed, and what is told of it. */
export interface LanguageInput<Said extends Words> {
  readonly speech: Speech<Said>;
  /** Marked with the language and its direction; null: nothing but what `use` makes of it. */
  readonly marked: HTMLElement | null;
  /** BCP 47 tags that go before those of the browser. */
  readonly wishes: readonly (string | null)[];
  /** Where the fan can choose another; null: nowhere. */
  readonly choiceIn: Element | null;
  /** That of the words, with `{language}` in it. */
  readonly path: string;
  /** Ends asking for words that have not come. */
  readonly signal: AbortSignal;
  use(words: Said): void;
}

/** What is wished for where the page is all that there is: by the link, by the fan, by the document. */
export function pageWishes(document: Document): (string | null)[] {
  return [
    new URL(location.href).searchParams.get(parameter),
    readStored(storageKey),
    document.documentElement.lang,
  ];
}

/** Says in which words to speak, now and whenever the fan chooses others. */
export function followLanguage<Said extends Words>(input: LanguageInput<Said>): void {
  const { speech, marked, wishes, choiceIn, path, signal, use } = input;
  const own = navigator.languages;
  let latest = 0;
  const show = (language: Language, words: Said): void => {
    if (marked !== null) {
      marked.lang = words.region.locale;
      marked.dir = directionOf(language);
    }
    if (choiceIn !== null) showChoice(choiceIn, language, words, choose);
    use(words);
  };
  /** Resolves when the words are shown, or nobody wants them any more. */
  const bring = async (language: Language, isWanted: () => boolean): Promise<void> => {
    for (let tries = 1; isWanted(); tries += 1) {
      try {
        const words = await loadWords(speech, language, path, own);
        if (isWanted()) show(language, words);
        return;
      } catch {
        await waitToRetry(tries);
      }
    }
  };
  const change = (language: Language): void => {
    latest += 1;
    const mine = latest;
    let isThere = false;
    const isWanted = (): boolean => latest === mine && !signal.aborted;
    void bring(language, isWanted).then(() => {
      isThere = true;
    });
    if (language === "en") return;
    void wait(wordsWaitMs).then(() => bring("en", () => isWanted() && !isThere));
  };
  const choose = (language: Language): void => {
    keepChoice(language);
    change(language);
  };
  change(pickLanguage([...wishes, ...own]));
}

function showChoice(
  place: Element,
  language: Language,
  { say }: Words,
  choose: (language: Language) => void,
): void {
  const id = "language";
  const present = document.getElementById(id);
  const select = present instanceof HTMLSelectElement ? present : createSelect(place, id, choose);
  const label = select.labels[0];
  if (label instanceof HTMLElement && label.firstElementChild instanceof HTMLElement)
    setText(label.firstElementChild, say("languageLabel"));
  select.value = language;
}

function createSelect(place: Element, id: string, choose: (language: Language) => void): HTMLSelectElement {
  const select = element(document, "select");
  select.id = id;
  for (const language of languages) {
    const option = element(document, "option", "", [nameOf(language)]);
    option.value = option.lang = language;
    select.append(option);
  }
  select.addEventListener("change", () => choose(pickLanguage([select.value])));
  place.append(element(document, "label", "language", [element(document, "span"), select]));
  return select;
}

/** As the language calls itself. */
function nameOf(language: Language): string {
  const name = new Intl.DisplayNames(language, { type: "language" }).of(language) ?? language;
  return name.charAt(0).toLocaleUpperCase(language) + name.slice(1);
}

/** What the fan has chosen goes before what the link said, also after a reload. */
function keepChoice(language: Language): void {
  const url = new URL(location.href);
  if (url.searchParams.has(parameter)) {
    url.searchParams.set(parameter, language);
    history.replaceState(history.state, "", url);
  }
  store(storageKey, language);
}
