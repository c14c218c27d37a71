/** What spreadsheets take for the beginning of a formula, as it is written in the East too. */
const formula = /^'*[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]/;

/** A text that a spreadsheet would run gets an apostrophe in front, which it shows as a text; {@link unguardedCell} takes it away. */
export function guardedCell(value: string): string {
  return formula.test(value) ? `'${value}` : value;
}

/** The text that {@link guardedCell} was given. */
export function unguardedCell(cell: string): string {
  return cell.startsWith("'") && formula.test(cell) ? cell.slice(1) : cell;
}
