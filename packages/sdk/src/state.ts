/** What a watch shows, without anything of a browser: for code that works with snapshots elsewhere, such as a page that a server makes. */
export type { PublicDraw } from "@stanchion/contract";
export type { Connection, DrawPhase, DrawSnapshot, QueuePhase, QueueSnapshot } from "./snapshot.ts";
export { StanchionError, type StanchionErrorFacts } from "./stanchion-error.ts";
