import { setFlagsFromString } from "node:v8";

/**
 * Keeps this process from marking its whole heap again and again during a rush, of which nearly nothing is garbage.
 *
 * By itself V8 lets the old part of the heap grow by a tenth while little becomes old, and begins to mark as soon as less is left of
 * that than the young part is large. And what waits for its group while the young part is still small survives it, so that V8
 * takes everything of its kind for old from then on, and makes it where only marking can collect it. So the old part may double
 * first, and nothing is made there that has not grown old. Some 50 MB more may be held.
 */
export function collectSeldom(): void {
  setFlagsFromString("--heap-growing-percent=100");
  setFlagsFromString("--no-allocation-site-pretenuring");
}
