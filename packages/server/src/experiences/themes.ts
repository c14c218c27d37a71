import type { Theme } from "@stanchion/contract";
import type { Database } from "../platform/database/index.ts";
import { findTheme } from "./experience-store.ts";

/** What is to be read: an experience as far as whoever asks knows it. */
export interface ThemeQuestion {
  readonly organizationId: string;
  readonly isLive: boolean;
  readonly experienceId: string;
  readonly experienceVersion: number;
}

/** The themes of the experiences whose pages this process shows. */
export interface Themes {
  /** At once where it is known for this version or a newer one. Null: none. */
  of(asked: ThemeQuestion): Theme | null | Promise<Theme | null>;
}

const keptMax = 10_000;

export function createThemes({ kysely }: Database): Themes {
  const known = new Map<string, { readonly version: number; readonly theme: Theme | null }>();
  const loading = new Map<string, Promise<Theme | null>>();

  const load = async (asked: ThemeQuestion): Promise<Theme | null> => {
    const theme = await findTheme(kysely, asked, asked.experienceId);
    if (known.size >= keptMax) known.clear();
    known.set(asked.experienceId, { version: asked.experienceVersion, theme });
    return theme;
  };
  const loadOnce = (asked: ThemeQuestion): Promise<Theme | null> => {
    const key = `${asked.experienceId} ${asked.experienceVersion}`;
    const under = loading.get(key);
    if (under !== undefined) return under;
    const started = load(asked).finally(() => loading.delete(key));
    loading.set(key, started);
    return started;
  };

  return {
    of(asked) {
      const found = known.get(asked.experienceId);
      return found !== undefined && found.version >= asked.experienceVersion ? found.theme : loadOnce(asked);
    },
  };
}
