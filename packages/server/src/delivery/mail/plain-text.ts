/** What a shop has written, as a part of a sentence: in plain text there is nothing else to escape. */
export function onOneLine(text: string): string {
  return text.replace(/[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069\s]+/gu, " ").trim();
}

/** Fills `{name}` of a text with the fact of that name. */
export function fillText(text: string, facts: Readonly<Record<string, string>>): string {
  return text.replace(/\{(\w+)\}/g, (hole, name: string) => facts[name] ?? hole);
}
