import { findServerUrl, readConfig } from "@stanchion/server";
import type { AskedServer } from "./ask-server.ts";

/** What says which server is asked, and as whom. */
export const serverOptions = {
  url: { type: "string" },
  key: { type: "string" },
  live: { type: "boolean", default: false },
} as const;

/**
 * The server that the options name, else STANCHION_URL and STANCHION_SECRET_KEY, else the one that runs on this machine. Null,
 * told why on stderr: what is given is wrong.
 */
export async function findAskedServer(options: {
  readonly url?: string | undefined;
  readonly key?: string | undefined;
  readonly live: boolean;
}): Promise<AskedServer | null> {
  const key = options.key ?? process.env.STANCHION_SECRET_KEY ?? "";
  const fault = faultOfKey(key, options.live);
  if (fault !== null) return refuse(fault);
  const url = options.url ?? process.env.STANCHION_URL ?? (await findServerUrl(readConfig(process.env)));
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol))
    return refuse(`--url must be the server's address, with http:// or https://, not ${url}.`);
  return { url: url.replace(/\/+$/, ""), key };
}

function faultOfKey(key: string, allowsLive: boolean): string | null {
  if (key === "") return "Say with --key sk_test_… or STANCHION_SECRET_KEY whose events are meant.";
  if (!/^sk_(test|live)_/.test(key)) return "--key must be a secret key, sk_test_…";
  if (key.startsWith("sk_live_") && !allowsLive)
    return "This is a live key: its events are of real people. Use a test key, or say --live if you mean it.";
  return null;
}

function refuse(why: string): null {
  console.error(why);
  return null;
}

/** The address that events are sent on to; null, told why on stderr: it is none. */
export function readForwardTo(given: string): URL | null {
  const withScheme = /^[a-z]+:\/\//i.test(given) ? given : `http://${given}`;
  if (URL.canParse(withScheme) && /^https?:$/.test(new URL(withScheme).protocol)) return new URL(withScheme);
  return refuse(`--forward-to must be an address such as http://localhost:3000/hooks, not ${given}.`);
}
