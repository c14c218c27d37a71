import type { EntryLevel } from "@stanchion/contract";
import type { ConsumerActor } from "../platform/http/index.ts";

type Levels = Pick<ConsumerActor, "isConfirmed" | "isExternal">;

/** May who has shown so much of themselves take part where this level is asked for? */
export function isLevelReached(level: EntryLevel, { isConfirmed, isExternal }: Levels): boolean {
  switch (level) {
    case "guest":
      return true;
    case "confirmed":
      return isConfirmed;
    case "external":
      return isExternal;
  }
}

/** What somebody has shown of themselves, however little is asked for. */
export function levelOf({ isConfirmed, isExternal }: Levels): EntryLevel {
  if (isExternal) return "external";
  return isConfirmed ? "confirmed" : "guest";
}
