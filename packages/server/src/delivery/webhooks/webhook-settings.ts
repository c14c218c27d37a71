/** What the environment decides about webhooks. */
export interface WebhookSettings {
  /** For development: http, and addresses of this machine and its networks, are sent to. */
  readonly allowsPrivateNetworks: boolean;
  /** How long to wait behind each attempt that failed; behind the last there is no other. */
  readonly retrySeconds: readonly number[];
}

/** Eight attempts: now, and after 1 min, 5 min, 30 min, 2 h, 6 h, 12 h and 24 h. */
export const retrySecondsDefault: readonly number[] = [60, 300, 1_800, 7_200, 21_600, 43_200, 86_400];

const retriesMax = 20;
const waitSecondsMax = 604_800;

/** @example readRetrySeconds("1,1,1") // [1, 1, 1] */
export function readRetrySeconds(text: string): readonly number[] {
  const waits = text.split(",").map((part) => part.trim());
  const isWait = (wait: string): boolean => /^\d{1,6}$/.test(wait) && Number(wait) <= waitSecondsMax;
  if (waits.length > retriesMax || !waits.every(isWait))
    throw new Error(
      `must list at most ${retriesMax} waits in whole seconds of at most ${waitSecondsMax}, such as 60,300`,
    );
  return waits.map(Number);
}

const jitter = 0.2;

/**
 * The seconds until the next attempt after this many; null: that was the last. What the receiver asks for counts where it is
 * longer, up to a day.
 */
export function nextWaitSeconds(
  retrySeconds: readonly number[],
  tries: number,
  retryAfterSeconds: number | null,
  random: number,
): number | null {
  const wait = retrySeconds[tries - 1];
  if (wait === undefined) return null;
  const asked = Math.min(retryAfterSeconds ?? 0, retryAfterSecondsMax);
  return Math.max(asked, wait * (1 - jitter + 2 * jitter * random));
}

const retryAfterSecondsMax = 86_400;
