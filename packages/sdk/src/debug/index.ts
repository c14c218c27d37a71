/** A client that tells what it does: for whoever works on a page. */
export { createDebugStanchion, type DebugOptions } from "./create-debug-stanchion.ts";
export type { DebugError, DebugEvent, DebugRequest, DebugWatch } from "./debug-event.ts";
