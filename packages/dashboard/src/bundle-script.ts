import { fileURLToPath } from "node:url";
import { rolldown } from "rolldown";

/**
 * The waiting page's script, bundled from its sources and minified.
 * @throws {Error} When the sources cannot be bundled.
 */
export async function bundleScript(): Promise<string> {
  const bundle = await rolldown({
    input: fileURLToPath(new URL("./waiting-page/main.ts", import.meta.url)),
    platform: "browser",
    transform: { target: "es2022" },
    logLevel: "silent",
  });
  const { output } = await bundle.generate({ format: "iife", minify: true });
  await bundle.close();
  return output[0].code;
}

// Run as a process of its own, it writes the script to the standard output.
if (import.meta.main) process.stdout.write(await bundleScript());
