import { type EventType, limits } from "@stanchion/contract";
import { type Database, inOrganization } from "../../platform/database/index.ts";
import { apiError } from "../../platform/errors/index.ts";
import type { Tenant } from "../../platform/http/index.ts";
import { newUuid } from "../../platform/randomness.ts";
import * as store from "./listener-store.ts";
import { lockSubscriptions, writeSubscriptions } from "./webhook-endpoint-store.ts";

type Owner = Pick<Tenant, "organizationId" | "isLive">;

/** A process that is gone leaves its listeners for as long as this. */
export const aliveSeconds = 30;
/** In which a stream that broke can be gone on with. */
export const comeBackSeconds = 15;

const listenersFull = `There are ${limits.eventListenersMax} streams of events in this mode; end one, or wait half a minute for one that broke.`;

/** Where a stream has come to: the listener, and the last delivery that was sent. */
export interface StreamPlace {
  readonly id: string;
  readonly sent: number;
}

/**
 * A listener for a stream that is being opened: the one that it was before, if that is still there, else a new one, which is told
 * of what happens from now on.
 */
export async function openListener(
  database: Database,
  owner: Owner,
  wanted: { types: readonly EventType[]; maxPerBatch: number; place: StreamPlace | null },
): Promise<store.OpenListener & { hasGoneOn: boolean }> {
  const { place, types, maxPerBatch } = wanted;
  return inOrganization(database, owner, async (db) => {
    await lockSubscriptions(db, owner);
    await store.deleteGone(db, owner);
    const known =
      place === null ? undefined : await store.reopenListener(db, owner, { ...place, aliveSeconds });
    if (known === undefined && (await store.countListeners(db, owner)) >= limits.eventListenersMax)
      throw apiError("INVALID_STATE", {
        details: { state: "LISTENERS_FULL", limit: limits.eventListenersMax, hint: listenersFull },
      });
    const listener =
      known ??
      (await store.insertListener(db, owner, { id: newUuid(Date.now()), types, maxPerBatch, aliveSeconds }));
    await writeSubscriptions(db, owner);
    return { ...listener, hasGoneOn: known !== undefined };
  });
}

/** Forgets listeners that have not come back, whose events nobody else wishes to be told of are noted no more. */
export async function forgetGoneListeners(database: Database): Promise<void> {
  for (const owner of await store.findOwnersOfGone(database.pool))
    await inOrganization(database, owner, async (db) => {
      await lockSubscriptions(db, owner);
      if ((await store.deleteGone(db, owner)) > 0) await writeSubscriptions(db, owner);
    });
}

/** @example readPlace(writePlace({ id: "01980000-0000-7000-8000-000000000000", sent: 7 })) // the same */
export function readPlace(cursor: string): StreamPlace | null {
  const [, hex = "", digits = ""] = /^([0-9a-f]{32})\.(\d{1,15})$/.exec(cursor) ?? [];
  if (hex === "") return null;
  return { id: hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-"), sent: Number(digits) };
}

export function writePlace({ id, sent }: StreamPlace): string {
  return `${id.replaceAll("-", "")}.${sent}`;
}
