/** What a resource shows of itself, or any other settings. */
export type Settings = Readonly<Record<string, unknown>>;

export interface SettingsChange {
  readonly changed: readonly string[];
  readonly before: Settings | null;
  readonly after: Settings | null;
}

/** The id is the target's, and every change has its own time. */
const notSettings = ["id", "createdAt", "updatedAt"];
const secretName = /secret|password|accessCode|token|privateKey|keyHash|signature/i;
const mask = "***";

/**
 * What the log keeps of a change: of two states the members that differ, of one state all of it. Values whose names say that
 * they are secret are masked; that they changed still shows.
 */
export function settingsChange(before: Settings | null, after: Settings | null): SettingsChange {
  if (before === null || after === null)
    return { changed: [], before: before && masked(before), after: after && masked(after) };
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].filter(isSetting);
  const differing = names.filter((name) => !isSame(before[name], after[name]));
  return {
    changed: differing.filter((name) => name !== "version"),
    before: masked(before, differing),
    after: masked(after, differing),
  };
}

function isSetting(name: string): boolean {
  return !notSettings.includes(name);
}

function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(a ?? null) === JSON.stringify(b ?? null);
}

function masked(settings: Settings, names: readonly string[] = Object.keys(settings)): Settings {
  const kept = names.filter(isSetting).map((name) => [name, maskedValue(name, settings[name] ?? null)]);
  return Object.fromEntries(kept);
}

function maskedValue(name: string, value: unknown): unknown {
  if (secretName.test(name)) return value === null ? null : mask;
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return value.map((item) => maskedValue("", item));
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, maskedValue(key, item)]));
}
