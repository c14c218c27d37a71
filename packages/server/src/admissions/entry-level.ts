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
