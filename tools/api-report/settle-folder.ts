import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** Makes the folder hold these texts and nothing else, or with `isCheck` only finds what is not so; answers the files that were not. */
export async function settleFolder(
  folder: string,
  texts: ReadonlyMap<string, string>,
  isCheck: boolean,
): Promise<string[]> {
  const present = await readdir(folder).catch(() => []);
  const stale: string[] = [];
  for (const file of new Set([...present, ...texts.keys()])) {
    const path = join(folder, file);
    const text = texts.get(file);
    const before = await readFile(path, "utf8").catch(() => undefined);
    if (before === text) continue;
    stale.push(file);
    if (isCheck) continue;
    await mkdir(folder, { recursive: true });
    await (text === undefined ? rm(path) : writeFile(path, text));
  }
  return stale;
}
