"use client";

import type { Stanchion, WriteOptions } from "@stanchion/sdk";
import { useMemo, useSyncExternalStore } from "react";
import type { ActionState, PlaceActions, Places, SharedWatches } from "./places.ts";
import { type PlaceState, stateAtRest } from "./shared-place.ts";
import { useStanchion } from "./stanchion-provider.ts";

/** A place as a component sees it: the snapshot, what is being done, and what can be. */
export type Place<Snapshot, EnterOptions, Entry> = Snapshot & ActionState & PlaceActions<EnterOptions, Entry>;

/** How one component reaches one thing that is watched; watches nothing until it is mounted. */
export class WatchSource<Snapshot> {
  readonly subscribe: (listener: () => void) => () => void;
  readonly read: () => PlaceState<Snapshot>;
  readonly readOnServer: () => PlaceState<Snapshot>;
  readonly refresh: () => void;

  constructor(watches: SharedWatches<Snapshot>, client: Stanchion, id: string) {
    const atRest = stateAtRest(watches.kind.loading(id));
    this.subscribe = (listener) => watches.open(client, id).subscribe(listener);
    this.read = () => watches.find(client, id)?.state ?? atRest;
    this.readOnServer = () => atRest;
    this.refresh = () => watches.find(client, id)?.refresh();
  }
}

/** How one component reaches one place. */
export class PlaceSource<Snapshot, EnterOptions, Entry> extends WatchSource<Snapshot> {
  readonly actions: PlaceActions<EnterOptions, Entry>;

  constructor(places: Places<Snapshot, EnterOptions, Entry>, client: Stanchion, id: string) {
    super(places, client, id);
    const desk = places.deskOf(client);
    this.actions = {
      enter: (options?: EnterOptions) => places.open(client, id).act("enter", () => desk.enter(id, options)),
      leave: (options?: WriteOptions) => places.open(client, id).act("leave", () => desk.leave(id, options)),
      refresh: this.refresh,
    };
  }
}

/** The source of a place for the client of the nearest provider; the same as long as both stay. */
export function usePlaceSource<Snapshot, EnterOptions, Entry>(
  places: Places<Snapshot, EnterOptions, Entry>,
  id: string,
): PlaceSource<Snapshot, EnterOptions, Entry> {
  const client = useStanchion();
  return useMemo(() => new PlaceSource(places, client, id), [places, client, id]);
}

/** The place as it is now, and again whenever it changes; in a server's page, and while that comes to life, as when nothing is known. */
export function usePlace<Snapshot, EnterOptions, Entry>(
  places: Places<Snapshot, EnterOptions, Entry>,
  id: string,
): Place<Snapshot, EnterOptions, Entry> {
  const { subscribe, read, readOnServer, actions } = usePlaceSource(places, id);
  const state = useSyncExternalStore(subscribe, read, readOnServer);
  return useMemo(() => ({ ...state, ...actions }), [state, actions]);
}
