/** Controls of a terminal, and marks that turn the direction of writing: by them a text can overwrite what is said of it. */
const unseen = /[\p{Cc}\p{Bidi_Control}\u2028\u2029]/gu;

/**
 * Something that came from elsewhere, fit to be told on a terminal: in all its texts what could move the cursor is replaced. Shapes
 * and numbers stay.
 *
 * @example plain("NOT\u001b[2JPROVEN") === "NOT\uFFFD[2JPROVEN"
 */
export function plain<Told>(told: Told): Told {
  return replaceUnseen(told) as Told;
}

function replaceUnseen(told: unknown): unknown {
  if (typeof told === "string") return told.replace(unseen, "\uFFFD");
  if (Array.isArray(told)) return told.map(replaceUnseen);
  if (typeof told !== "object" || told === null) return told;
  return Object.fromEntries(
    Object.entries(told).map(([name, value]) => [replaceUnseen(name), replaceUnseen(value)]),
  );
}
