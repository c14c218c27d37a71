import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { ScriptedPage } from "./bundle-script.ts";

const scriptBytesMax = 4_194_304;

/**
 * A page's script: an installed package brings it along, the repository bundles it when it is first asked for.
 * @throws {Error} When the sources of the page cannot be bundled.
 */
export async function scriptText(page: ScriptedPage): Promise<string> {
  const brought = new URL(`./${page}/${page}.bundle.js`, import.meta.url);
  return existsSync(brought) ? await readFile(brought, "utf8") : await bundleElsewhere(page);
}

/** In a process of its own: the bundler would leave the server some 90 MB larger for the rest of its life. */
async function bundleElsewhere(page: ScriptedPage): Promise<string> {
  const script = fileURLToPath(new URL("./bundle-script.ts", import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, [script, page], {
    maxBuffer: scriptBytesMax,
  });
  return stdout;
}
