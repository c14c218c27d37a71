/** The time of this process, in milliseconds since 1970. Tests put their own in its place. */
export interface Clock {
  now(): number;
}

export const systemClock: Clock = { now: () => Date.now() };
