import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { rolldown } from "rolldown";
import { expect, it } from "vitest";

const placeHooks = [
  "StanchionProvider",
  "useStanchion",
  "useQueue",
  "useDraw",
  "useSuspenseQueue",
  "useSuspenseDraw",
  "useAdmission",
];
const hooks = [...placeHooks, "useExperience", "useSuspenseExperience"];
const index = fileURLToPath(new URL("./index.ts", import.meta.url));

it.each([
  { what: "the hooks of lines and draws", names: placeHooks, gzipBytesMax: 3_072 },
  { what: "all hooks", names: hooks, gzipBytesMax: 3_072 },
  { what: "them and the waiting room", names: ["WaitingRoom", ...placeHooks], gzipBytesMax: 4_608 },
  { what: "the whole package", names: ["WaitingRoom", "DrawRoom", ...hooks], gzipBytesMax: 5_120 },
])("$what: within $gzipBytesMax bytes, besides React and the SDK", async ({ names, gzipBytesMax }) => {
  const entry = { id: "entry", code: `export { ${names.join(", ")} } from ${JSON.stringify(index)};` };
  const bundle = await rolldown({
    input: entry.id,
    platform: "browser",
    external: ["react", "@stanchion/sdk"],
    logLevel: "silent",
    plugins: [
      {
        name: "entry",
        resolveId: (id) => (id === entry.id ? id : null),
        load: (id) => (id === entry.id ? entry.code : null),
      },
    ],
  });
  const { output } = await bundle.generate({ format: "esm", minify: true });
  const [chunk, ...others] = output;
  expect([others.length, chunk.imports.toSorted()]).toEqual([0, ["@stanchion/sdk", "react"]]);
  expect(gzipSync(chunk.code, { level: 9 }).length).toBeLessThanOrEqual(gzipBytesMax);
});
