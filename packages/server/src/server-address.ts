import { readFile, unlink, writeFile } from "node:fs/promises";
import path from "node:path";
import type { Config } from "./config.ts";

type Here = Pick<Config, "dataFolder" | "publicUrl" | "host" | "port">;

const answerMsMax = 500;
const fileIn = (dataFolder: string): string => path.join(dataFolder, "address");

/** Leaves word in the data folder of where this process listens, for commands beside it; where there is no such folder, none. */
export async function noteAddress(dataFolder: string, url: string): Promise<void> {
  await writeFile(fileIn(dataFolder), `${url}\n`).catch(() => {});
}

/** Takes the word back, unless another process has left its own meanwhile. */
export async function forgetAddress(dataFolder: string, url: string): Promise<void> {
  if ((await readNote(dataFolder)) === url) await unlink(fileIn(dataFolder)).catch(() => {});
}

/**
 * The address of the server that a command stands beside: PUBLIC_URL, else where one listens that works in the same data
 * folder, else where HOST and PORT say that one would.
 */
export async function findServerUrl({ dataFolder, publicUrl, host, port }: Here): Promise<string> {
  if (publicUrl !== null) return publicUrl;
  const noted = await readNote(dataFolder);
  if (noted !== null && (await isServing(noted))) return noted;
  const isAnyHost = host === "0.0.0.0" || host === "::";
  const name = isAnyHost ? "127.0.0.1" : host.includes(":") ? `[${host}]` : host;
  return `http://${name}:${port}`;
}

async function readNote(dataFolder: string): Promise<string | null> {
  const text = await readFile(fileIn(dataFolder), "utf8").catch(() => "");
  return URL.canParse(text.trim()) ? text.trim() : null;
}

/** One that was killed has left its word behind. */
async function isServing(url: string): Promise<boolean> {
  const asked = fetch(`${url}/health/live`, { signal: AbortSignal.timeout(answerMsMax) });
  return asked.then(
    ({ ok }) => ok,
    () => false,
  );
}
