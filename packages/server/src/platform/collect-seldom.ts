import { setFlagsFromString } from "node:v8";

/**
 * Lets the old part of this process's heap double before it is collected. By itself V8 allows it a tenth while little becomes old, and
 * begins to mark as soon as what is left of that is less than the young part: during a rush all of the heap, of which nearly nothing
 * is garbage, is then marked every second or so. Nothing is collected less thoroughly, and some 50 MB more may be held.
 */
export function collectSeldom(): void {
  setFlagsFromString("--heap-growing-percent=100");
}
