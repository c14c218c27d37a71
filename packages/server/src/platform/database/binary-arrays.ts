const typeIds = { bytea: 17, int2: 21, text: 25, uuid: 2950 };
const headBytes = 20;
const lengthBytes = 4;
const sizeAtFirst = 32_768;

/**
 * Arrays as the database reads them in binary. Where the values are bytes, this costs both sides less than a text of them does:
 * nothing is joined here, nor taken apart there.
 */
export class BinaryArrays {
  #bytes = Buffer.allocUnsafe(sizeAtFirst);
  #end = 0;

  /**
   * One more array, good until the arrays are used anew.
   *
   * @param bytesMax the most that one element takes
   * @param write puts an element into the bytes from `at` on, and answers how many it took; -1: it is null
   */
  add<T>(
    type: keyof typeof typeIds,
    items: readonly T[],
    bytesMax: number,
    write: (item: T, bytes: Buffer, at: number) => number,
  ): Buffer {
    const from = this.#makeRoom(headBytes + items.length * (lengthBytes + bytesMax));
    const bytes = this.#bytes;
    const [dimensions, flags, firstIndex] = [1, 0, 1];
    bytes.writeInt32BE(dimensions, from);
    bytes.writeInt32BE(flags, from + 4);
    bytes.writeInt32BE(typeIds[type], from + 8);
    bytes.writeInt32BE(items.length, from + 12);
    bytes.writeInt32BE(firstIndex, from + 16);
    let at = from + headBytes;
    for (let index = 0; index < items.length; index += 1) {
      const length = write(items[index] as T, bytes, at + lengthBytes);
      bytes.writeInt32BE(length, at);
      at += lengthBytes + Math.max(length, 0);
    }
    this.#end = at;
    return bytes.subarray(from, at);
  }

  clear(): this {
    this.#end = 0;
    return this;
  }

  /** Where so many bytes are free. The arrays that are there already stay where they are. */
  #makeRoom(bytes: number): number {
    if (this.#end + bytes > this.#bytes.length) {
      this.#bytes = Buffer.allocUnsafe(Math.max(2 * this.#bytes.length, bytes));
      this.#end = 0;
    }
    return this.#end;
  }
}

const idle: BinaryArrays[] = [];

/**
 * Lends arrays to one question, and takes them back when it is answered: memory outside of the heap that is asked for anew each time
 * brings the garbage collector round several times as often.
 */
export async function withBinaryArrays<T>(ask: (arrays: BinaryArrays) => Promise<T>): Promise<T> {
  const arrays = idle.pop() ?? new BinaryArrays();
  try {
    return await ask(arrays.clear());
  } finally {
    idle.push(arrays);
  }
}
