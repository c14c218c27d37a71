import type { Role } from "@stanchion/contract";
import type { Actor } from "../platform/http/index.ts";

/** What a caller may give and take: a secret key as much as an admin, so that a stolen one makes no owners. */
export function roleOf(actor: Actor): Role {
  return actor.kind === "member" ? actor.role : "admin";
}
