const partLength = 4096;

/** Lines that are all there, or come some at a time, in parts either way. */
export async function* inParts(
  lines: Iterable<string> | AsyncIterable<readonly string[]>,
): AsyncGenerator<readonly string[]> {
  if (Symbol.asyncIterator in lines) {
    yield* lines;
    return;
  }
  let part: string[] = [];
  for (const line of lines) {
    part.push(line);
    if (part.length < partLength) continue;
    yield part;
    part = [];
  }
  yield part;
}
