import { fileURLToPath } from "node:url";
import { rolldown } from "rolldown";

/** The pages that have a script, and the module that those of lines and draws load later. */
export type ScriptedPage = (typeof pages)[number];
const pages = ["waiting-page", "line-extras", "draw-page", "verify-page"] as const;

/**
 * A page's script, bundled from its sources and minified.
 * @throws {Error} When the sources cannot be bundled.
 */
export async function bundleScript(page: ScriptedPage): Promise<string> {
  const bundle = await rolldown({
    input: fileURLToPath(new URL(`./${page}/main.ts`, import.meta.url)),
    platform: "browser",
    transform: { target: "es2022" },
    logLevel: "silent",
  });
  const format = page === "line-extras" ? "esm" : "iife";
  const { output } = await bundle.generate({ format, minify: true });
  await bundle.close();
  return output[0].code;
}

// Run as a process of its own, it writes the script of the page that it is told to the standard output.
if (import.meta.main)
  process.stdout.write(await bundleScript(pages.find((page) => page === process.argv[2]) ?? "waiting-page"));
