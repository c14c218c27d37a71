/** Which numbers are in a frozen list: those from 1 to the last that are not among the removed, which ascend, 4 bytes each. */
export interface FrozenNumbers {
  readonly lastNumber: number;
  readonly removedNumbers: Buffer;
}

const numberBytes = 4;

/** The leaf's index, from 0, of an entry that is in the list. */
export function indexOfNumber(number: number, removedNumbers: Buffer): number {
  return number - 1 - countBelow(number, removedNumbers);
}

/** Whether a number up to the last is a leaf's. */
export function isInList(number: number, removedNumbers: Buffer): boolean {
  return countBelow(number + 1, removedNumbers) === countBelow(number, removedNumbers);
}

/** The numbers of the leaves from an index on, at most so many. */
export function numbersFrom(
  { lastNumber, removedNumbers }: FrozenNumbers,
  index: number,
  most: number,
): number[] {
  // The first number up to which there are more leaves than `index`.
  let [low, high] = [1, lastNumber + 1];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (middle - countBelow(middle + 1, removedNumbers) > index) high = middle;
    else low = middle + 1;
  }
  const numbers: number[] = [];
  for (let number = low; number <= lastNumber && numbers.length < most; number += 1)
    if (isInList(number, removedNumbers)) numbers.push(number);
  return numbers;
}

/** The number of each leaf, in order. */
export function numbersOfLeaves({ lastNumber, removedNumbers }: FrozenNumbers): Uint32Array {
  const numbers = new Uint32Array(lastNumber - removedNumbers.length / numberBytes);
  let [leaf, removal] = [0, 0];
  for (let number = 1; number <= lastNumber; number += 1) {
    if (removal < removedNumbers.length && removedNumbers.readUInt32BE(removal) === number)
      removal += numberBytes;
    else {
      numbers[leaf] = number;
      leaf += 1;
    }
  }
  return numbers;
}

/** The numbers as they are kept. */
export function packNumbers(numbers: ArrayLike<number>): Buffer {
  const packed = Buffer.alloc(numbers.length * numberBytes);
  for (let at = 0; at < numbers.length; at += 1) packed.writeUInt32BE(numbers[at] ?? 0, at * numberBytes);
  return packed;
}

export function unpackNumbers(packed: Buffer): number[] {
  return Array.from({ length: packed.length / numberBytes }, (_, at) =>
    packed.readUInt32BE(at * numberBytes),
  );
}

function countBelow(number: number, removedNumbers: Buffer): number {
  let [low, high] = [0, removedNumbers.length / numberBytes];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (removedNumbers.readUInt32BE(middle * numberBytes) < number) low = middle + 1;
    else high = middle;
  }
  return low;
}
