export { type DistributionEvent, writeEvent } from "./write-event.ts";
