"use client";

import type { PublicExperience, StanchionError } from "@stanchion/sdk";
import { useMemo, useSyncExternalStore } from "react";
import { type ExperienceSnapshot, ExperienceWatch, nothingRead } from "./experience-watch.ts";
import { WatchSource } from "./place-source.ts";
import { SharedWatches } from "./places.ts";
import { endOnServer, obstacleOf } from "./settled-place.ts";
import { useStanchion } from "./stanchion-provider.ts";

/** A launch as a component sees it. */
export interface ExperienceView {
  /** With the products and variants that it offers; null until it is known. */
  readonly experience: PublicExperience | null;
  /** Why the last reading failed; what was read before stays. Cleared by the next success. */
  readonly error: StanchionError | null;
  /** Neither the experience nor a reason why not is known. */
  readonly isLoading: boolean;
  /** Reads it anew at once, unless the server asked to be left alone for a while. */
  refresh(): void;
}

/** An experience that is known. */
export type KnownExperience = ExperienceView & {
  readonly experience: PublicExperience;
  readonly isLoading: false;
};

/** What is known of an experience before it is read. */
export interface ExperienceOptions {
  /** As your server has read it: shown at once, in the server's page too, until the browser has read it anew. Another id's is ignored. */
  readonly initial?: PublicExperience | undefined;
}

const experiences = new SharedWatches<ExperienceSnapshot>({
  watch: (client, id) => new ExperienceWatch(client, id),
  loading: () => nothingRead,
});

/**
 * Reads a launch and what it offers: when the first component shows it, and again by `refresh`, when somebody looks at the page again
 * after a minute or longer, and after a failure that may pass. All components of one client and experience share the readings. It is
 * not followed: what moves, such as a line, is followed by `useQueue`. A server reads nothing and renders `initial`.
 *
 * @throws {Error} When there is no StanchionProvider above. Failures of the server stand in `error`.
 * @example
 * const { experience, isLoading } = useExperience(experienceId);
 */
export function useExperience(experienceId: string, options?: ExperienceOptions): ExperienceView {
  const { subscribe, read, readOnServer, refresh } = useExperienceSource(experienceId);
  const snapshot = useSyncExternalStore(subscribe, read, readOnServer);
  return useView(snapshot, initialOf(experienceId, options), refresh);
}

/**
 * As `useExperience`, but suspends until the experience is known. While the server cannot be reached it stays so, and is tried again;
 * what no waiting mends is thrown. On a server, and without `initial`, it throws at the nearest Suspense boundary, whose fallback is
 * what is sent.
 *
 * @throws {StanchionError} What the server refuses for good before anything is known, EXPERIENCE_NOT_FOUND among them.
 * @throws {Error} When there is no StanchionProvider above.
 * @example
 * const { experience } = useSuspenseExperience(experienceId);
 */
export function useSuspenseExperience(experienceId: string, options?: ExperienceOptions): KnownExperience {
  const client = useStanchion();
  const initial = initialOf(experienceId, options);
  const { subscribe, read, readOnServer, refresh } = useExperienceSource(experienceId);
  const snapshot = useSyncExternalStore(subscribe, read, initial === null ? endOnServer : readOnServer);
  const view = useView(snapshot, initial, refresh);
  if (isKnown(view)) return view;
  throw obstacleOf(experiences.open(client, experienceId), ({ experience }) => experience !== null);
}

function useExperienceSource(id: string): WatchSource<ExperienceSnapshot> {
  const client = useStanchion();
  return useMemo(() => new WatchSource(experiences, client, id), [client, id]);
}

function useView(
  { experience, error }: ExperienceSnapshot,
  initial: PublicExperience | null,
  refresh: () => void,
): ExperienceView {
  const shown = experience ?? initial;
  return useMemo(
    () => ({ experience: shown, error, isLoading: shown === null && error === null, refresh }),
    [shown, error, refresh],
  );
}

function initialOf(id: string, { initial }: ExperienceOptions = {}): PublicExperience | null {
  return initial?.id === id ? initial : null;
}

function isKnown(view: ExperienceView): view is KnownExperience {
  return view.experience !== null;
}
