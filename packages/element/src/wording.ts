/** Numbers, waits, days and times in words. */
import type { Words } from "./words.ts";

const minuteSeconds = 60;
const daySeconds = 86_400;
/** A wait is told to lie between two of these: the longer, the less is known of it. */
const minuteBounds = [1, 2, 3, 5, 7, 10, 15, 20, 25, 30, 40, 50, 60, 75, 90, 120];
const hourBounds = [0.5, 1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10, 12, 16, 20, 24, 36, 48];

/** How times and numbers are written; without a time zone, in the one of the device. */
export interface Region {
  readonly locale: string;
  readonly timeZone?: string;
}

/** "1 person", "12 people", "nobody". */
export function formatPeople({ say }: Words, count: number): string {
  return count <= 0 ? say("nobody") : say("people", { count });
}

/** 35 as "35%". */
export function formatPercent({ region }: Words, percent: number): string {
  return new Intl.NumberFormat(region.locale, { style: "percent" }).format(percent / 100);
}

/**
 * Never more exact than it can be: "about 3 to 5 minutes", "about 1 to 1.5 hours". `factor`: so many times shorter or longer it
 * may be, up to 2.
 */
export function formatWait({ say, number }: Words, seconds: number | null, factor = 1): string {
  if (seconds === null) return say("waitUnknown");
  if (seconds * factor < minuteSeconds) return say("waitMoment");
  if (seconds >= daySeconds) return say("waitDay");
  const minutes = seconds / minuteSeconds;
  const [key, amount, bounds] =
    minutes < 60
      ? (["waitMinutes", minutes, minuteBounds] as const)
      : (["waitHours", minutes / 60, hourBounds] as const);
  const from = bounds.filter((bound) => bound <= amount / factor).at(-1) ?? bounds[0];
  const count = bounds.find((bound) => bound > amount * factor) ?? bounds.at(-1);
  return say(key, { from: number.format(from ?? 0), count: count ?? 0 });
}

/** "04:05", "3:04:05", "2 days 03:04:05"; what is left, in whole seconds. */
export function formatCountdown(words: Words, seconds: number): string {
  const left = Math.max(0, seconds);
  const days = Math.floor(left / daySeconds);
  const hours = Math.floor((left % daySeconds) / 3_600);
  const clock = [Math.floor((left % 3_600) / minuteSeconds), left % minuteSeconds].map((part) =>
    twoDigits(words, part),
  );
  if (days > 0) return `${formatUnit(words, days, "day")} ${[twoDigits(words, hours), ...clock].join(":")}`;
  if (hours > 0) return [words.number.format(hours), ...clock].join(":");
  return clock.join(":");
}

/** "9 minutes", "45 seconds": what is left, to be spoken. */
export function formatSpoken(words: Words, seconds: number): string {
  if (seconds < 2 * minuteSeconds) return formatUnit(words, Math.max(0, seconds), "second");
  return formatUnit(words, Math.floor(seconds / minuteSeconds), "minute");
}

/** "today at 10:00", "on Saturday 8 March at 10:00". */
export function formatDay({ say, region }: Words, atMs: number, nowMs: number): string {
  const time = format(atMs, region, clockTime);
  return isSameDay(atMs, nowMs, region)
    ? say("today", { time })
    : say("onDay", { day: format(atMs, region, longDay), time });
}

/** The fan's own time zone and the time at the event, where the clocks differ; else empty. */
export function formatZones(words: Words, atMs: number, nowMs: number, timeZone: string | null): string {
  const { region } = words;
  const zoned = { ...region, timeZone: timeZone ?? "" };
  const moment = { ...wholeDay, ...clockTime };
  try {
    if (timeZone === null || format(atMs, zoned, moment) === format(atMs, region, moment)) return "";
    const opening = formatDay({ ...words, region: zoned }, atMs, nowMs);
    return words.say("zoneNote", { own: zoneName(atMs, region), opening, zone: zoneName(atMs, zoned) });
  } catch {
    // An old browser may not know the zone.
    return "";
  }
}

function zoneName(atMs: number, { locale, timeZone }: Region): string {
  const parts = new Intl.DateTimeFormat(locale, { timeZoneName: "long", ...(timeZone ? { timeZone } : {}) });
  return parts.formatToParts(atMs).find(({ type }) => type === "timeZoneName")?.value ?? "";
}

/** "10:00" today, "8 March, 10:00" else. */
export function formatTime({ region }: Words, atMs: number, nowMs: number): string {
  const day = isSameDay(atMs, nowMs, region) ? {} : ({ day: "numeric", month: "long" } as const);
  return format(atMs, region, { ...day, ...clockTime });
}

const clockTime = { hour: "2-digit", minute: "2-digit" } as const;
const wholeDay = { year: "numeric", month: "numeric", day: "numeric" } as const;
const longDay = { weekday: "long", day: "numeric", month: "long" } as const;

function isSameDay(atMs: number, nowMs: number, region: Region): boolean {
  return format(atMs, region, wholeDay) === format(nowMs, region, wholeDay);
}

function format(atMs: number, { locale, timeZone }: Region, parts: Intl.DateTimeFormatOptions): string {
  return new Intl.DateTimeFormat(locale, { ...parts, ...(timeZone ? { timeZone } : {}) }).format(atMs);
}

function formatUnit({ region }: Words, count: number, unit: "day" | "minute" | "second"): string {
  return new Intl.NumberFormat(region.locale, { style: "unit", unit, unitDisplay: "long" }).format(count);
}

function twoDigits({ region }: Words, value: number): string {
  return new Intl.NumberFormat(region.locale, { minimumIntegerDigits: 2 }).format(value);
}
