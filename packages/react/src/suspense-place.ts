"use client";

import type { StanchionError } from "@stanchion/sdk";
import { useMemo, useSyncExternalStore } from "react";
import { type Place, usePlaceSource } from "./place-source.ts";
import type { Places } from "./places.ts";
import { endOnServer, obstacleOf } from "./settled-place.ts";
import { useStanchion } from "./stanchion-provider.ts";

/** As `usePlace`, but suspends until the place is known, and throws what no waiting mends. */
export function useSuspensePlace<
  Snapshot extends { readonly error: StanchionError | null },
  EnterOptions,
  Entry,
  Known extends Snapshot,
>(
  places: Places<Snapshot, EnterOptions, Entry>,
  id: string,
  isKnown: (state: Snapshot) => state is Known,
): Place<Known, EnterOptions, Entry> {
  const client = useStanchion();
  const { subscribe, read, actions } = usePlaceSource(places, id);
  const state = useSyncExternalStore(subscribe, read, endOnServer);
  const place = useMemo(() => ({ ...state, ...actions }), [state, actions]);
  if (isKnown(place)) return place;
  throw obstacleOf(places.open(client, id), isKnown);
}
