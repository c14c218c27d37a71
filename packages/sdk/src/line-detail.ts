// Loaded together once somebody waits in a line that moves. Where it does not load, the position counts some who have left
// (too high, never too low), and no time is estimated.
export { DepartedSegment } from "./departed-segment.ts";
export { hasDeparted, positionOf } from "./position.ts";
export { estimateWaitSeconds, observeMovement } from "./wait-estimate.ts";
