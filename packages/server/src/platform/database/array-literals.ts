// Array literals by hand: the driver's own conversion costs more than the rest of a join.

/** Of what needs no quotes, such as ids and numbers. */
export function plainArray<T>(items: readonly T[], read: (item: T) => string): string {
  let text = "{";
  for (let index = 0; index < items.length; index += 1) {
    if (index > 0) text += ",";
    text += read(items[index] as T);
  }
  return `${text}}`;
}

const needsEscape = /["\\]/;

export function textArray<T>(items: readonly T[], read: (item: T) => string | null): string {
  let text = "{";
  for (let index = 0; index < items.length; index += 1) {
    if (index > 0) text += ",";
    const value = read(items[index] as T);
    if (value === null) text += "NULL";
    else text += needsEscape.test(value) ? `"${value.replace(/["\\]/g, "\\$&")}"` : `"${value}"`;
  }
  return `${text}}`;
}

export function bytesArray<T>(items: readonly T[], read: (item: T) => Buffer | null): string {
  return textArray(items, (item) => {
    const value = read(item);
    return value === null ? null : `\\x${value.toString("hex")}`;
  });
}

/** Hashes as hexadecimal text. */
export function hashArray<T>(items: readonly T[], read: (item: T) => string | null): string {
  let text = "{";
  for (let index = 0; index < items.length; index += 1) {
    const value = read(items[index] as T);
    text += value === null ? (index > 0 ? ",NULL" : "NULL") : `${index > 0 ? "," : ""}"\\\\x${value}"`;
  }
  return `${text}}`;
}
