const minuteMs = 60_000;

/**
 * When the turns of so many begin who are let in one after the other, the first of them at `firstAt`.
 * @param admitRate how many in a minute; null: all at once
 */
export function makeTurns(firstAt: Date, admitRate: number | null, count: number): Date[] {
  return Array.from({ length: count }, (_, index) => turnAt(firstAt, admitRate, index));
}

/** The turn behind which `index` others come from `firstAt` on. */
export function turnAt(firstAt: Date, admitRate: number | null, index: number): Date {
  return admitRate === null
    ? firstAt
    : new Date(firstAt.getTime() + Math.floor((index * minuteMs) / admitRate));
}

/** The first turn that may be given now, so that with those before it the rate is kept. */
export function nextTurnAt(now: Date, admitRate: number | null, lastTurnAt: Date | null): Date {
  if (admitRate === null || lastTurnAt === null) return now;
  return new Date(Math.max(now.getTime(), lastTurnAt.getTime() + Math.ceil(minuteMs / admitRate)));
}
