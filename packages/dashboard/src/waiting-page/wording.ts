import { texts } from "./texts.ts";

const minuteSeconds = 60;
const hourSeconds = 3_600;
const daySeconds = 86_400;

/** How times are written; without a time zone, in the one of the device. */
export interface Region {
  readonly locale: string;
  readonly timeZone?: string;
}

/** The words are English, so are the names of days: a fan's own kind of English where it is that. */
export function pickLocale(language: string): string {
  return /^en-[a-z]{2}$/i.test(language) ? language : "en-GB";
}

/** 1234567 as "1,234,567". */
export function formatCount(count: number): string {
  return count.toLocaleString("en");
}

/** "1 person", "12 people", "nobody". */
export function formatPeople(count: number): string {
  return count <= 0 ? texts.nobody : texts.people(formatCount(count), count === 1);
}

/** Kind and never more exact than it can be: "about 4 minutes", "about 1½ hours". */
export function formatWait(seconds: number | null): string {
  if (seconds === null) return texts.waitUnknown;
  if (seconds < minuteSeconds) return texts.waitMoment;
  const minutes = Math.round(seconds / minuteSeconds);
  if (minutes <= 10) return texts.waitMinutes(String(minutes));
  if (seconds < 55 * minuteSeconds) return texts.waitMinutes(String(Math.round(minutes / 5) * 5));
  if (seconds > daySeconds) return texts.waitDay;
  const halfHours = Math.round(seconds / (hourSeconds / 2));
  const isWhole = halfHours % 2 === 0 || halfHours > 12;
  const hours = isWhole ? Math.round(halfHours / 2) : Math.floor(halfHours / 2);
  return texts.waitHours(isWhole ? String(hours) : `${hours}½`);
}

/** "04:05", "3:04:05", "2 days 03:04:05"; what is left, in whole seconds. */
export function formatCountdown(seconds: number): string {
  const left = Math.max(0, seconds);
  const days = Math.floor(left / daySeconds);
  const hours = Math.floor((left % daySeconds) / hourSeconds);
  const clock = [Math.floor((left % hourSeconds) / minuteSeconds), left % minuteSeconds];
  if (days > 0) return `${texts.days(String(days))} ${[hours, ...clock].map(twoDigits).join(":")}`;
  if (hours > 0) return [String(hours), ...clock.map(twoDigits)].join(":");
  return clock.map(twoDigits).join(":");
}

/** "9 minutes", "45 seconds": what is left, to be spoken. */
export function formatSpoken(seconds: number): string {
  if (seconds < 2 * minuteSeconds) return texts.spokenSeconds(String(Math.max(0, seconds)));
  return texts.spokenMinutes(String(Math.floor(seconds / minuteSeconds)));
}

/** "today at 10:00", "on Saturday 8 March at 10:00". */
export function formatDay(atMs: number, nowMs: number, region: Region): string {
  const time = format(atMs, region, clockTime);
  const day = format(atMs, region, wholeDay);
  return day === format(nowMs, region, wholeDay)
    ? texts.today(time)
    : texts.onDay(format(atMs, region, longDay), time);
}

/** "10:00" today, "8 March, 10:00" else. */
export function formatTime(atMs: number, nowMs: number, region: Region): string {
  const isToday = format(atMs, region, wholeDay) === format(nowMs, region, wholeDay);
  return format(atMs, region, isToday ? clockTime : { day: "numeric", month: "long", ...clockTime });
}

const clockTime = { hour: "2-digit", minute: "2-digit" } as const;
const wholeDay = { year: "numeric", month: "numeric", day: "numeric" } as const;
const longDay = { weekday: "long", day: "numeric", month: "long" } as const;

function format(atMs: number, { locale, timeZone }: Region, parts: Intl.DateTimeFormatOptions): string {
  return new Intl.DateTimeFormat(locale, { ...parts, ...(timeZone ? { timeZone } : {}) }).format(atMs);
}

function twoDigits(value: number): string {
  return String(value).padStart(2, "0");
}
