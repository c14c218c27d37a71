import type { Chain } from "./audit-store.ts";
import type { ChangeAuthor } from "./change-author.ts";

/** Whose chain it is; null: the server's own. */
export function tenantOf({ organizationId, isLive }: Chain): ChangeAuthor["tenant"] {
  return organizationId === null ? null : { organizationId, isLive: isLive === true };
}
