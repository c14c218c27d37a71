/** A leaf takes some 230 characters. What has no end is given out in parts of this length, none of which is a leaf. */
const lineLengthMax = 4096;

/**
 * The lines of a text in UTF-8 that comes in chunks, such as a download, without their ends; those of one chunk together, so that
 * a million lines are not a million promises. Holds one chunk at a time, however long the text is.
 *
 * @example
 * for await (const lines of splitLines(response.body)) for (const line of lines) console.log(line);
 */
export async function* splitLines(
  chunks: AsyncIterable<Uint8Array> | ReadableStream<Uint8Array>,
): AsyncGenerator<readonly string[]> {
  // Not fatal: bytes that are no text become a sign that no leaf has.
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  let rest = "";
  for await (const chunk of readChunks(chunks)) {
    const lines = `${rest}${decoder.decode(chunk, { stream: true })}`.split("\n");
    rest = lines.pop() ?? "";
    while (rest.length > lineLengthMax) {
      lines.push(rest.slice(0, lineLengthMax));
      rest = rest.slice(lineLengthMax);
    }
    yield lines;
  }
  rest += decoder.decode();
  if (rest !== "") yield [rest];
}

/** Not every browser can loop over a stream. */
async function* readChunks(
  chunks: AsyncIterable<Uint8Array> | ReadableStream<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  if (!("getReader" in chunks)) {
    yield* chunks;
    return;
  }
  const reader = chunks.getReader();
  try {
    for (let read = await reader.read(); !read.done; read = await reader.read()) yield read.value;
  } finally {
    await reader.cancel();
  }
}
