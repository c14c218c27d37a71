/** The word in small letters, to the types as well: phases are statuses that read as words. */
export function inSmallLetters<Word extends string>(word: Word): Lowercase<Word> {
  return word.toLowerCase() as Lowercase<Word>;
}
