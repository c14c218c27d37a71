/** Run as a process of its own: bundles the waiting page's script and writes it to the standard output. */
import { fileURLToPath } from "node:url";
import { rolldown } from "rolldown";

const bundle = await rolldown({
  input: fileURLToPath(new URL("./waiting-page/main.ts", import.meta.url)),
  platform: "browser",
  transform: { target: "es2022" },
  logLevel: "silent",
});
const { output } = await bundle.generate({ format: "iife", minify: true });
await bundle.close();
process.stdout.write(output[0].code);
