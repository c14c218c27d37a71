import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { findImportBreaches } from "./check-imports.ts";

const server = "packages/server/src";

test("lets imports run downwards through the doors", async () => {
  const lines = await check({
    [`${server}/main.ts`]: `import { startApi } from "./api.ts"; import "./distributions/queues/index.ts";`,
    [`${server}/api.ts`]: `import type { Clock } from "./platform/clock.ts"; import "@stanchion/dashboard";`,
    [`${server}/distributions/queues/index.ts`]: `export { joinQueue } from "./join-queue.ts";`,
    [`${server}/distributions/queues/join-queue.ts`]: `import { db } from "../../platform/database/index.ts";`,
    [`${server}/platform/http/index.ts`]: `import { db } from "../database/index.ts"; import "fastify";`,
    [`${server}/platform/database/index.ts`]: `import "@stanchion/contract";`,
    "packages/cli/src/main.ts": `import "@stanchion/server"; import "@stanchion/sdk"; import "node:fs";`,
  });
  expect(lines).toEqual([]);
});

test("names the file, the line and the reason of an import that runs upwards", async () => {
  const lines = await check({
    [`${server}/platform/http/index.ts`]: `\n// import "../nothing.ts"\nimport {\n  me\n} from "../../identity/index.ts";`,
    [`${server}/delivery/index.ts`]: `const { x } = await import("../api.ts");`,
  });
  expect(lines).toEqual([
    `${server}/delivery/index.ts:1 imports ../api.ts: upwards, from delivery to the top`,
    `${server}/platform/http/index.ts:5 imports ../../identity/index.ts: upwards, from platform/http to identity`,
  ]);
});

test("refuses an import from one mechanism to another", async () => {
  const lines = await check({
    [`${server}/distributions/queues/a.ts`]: `export { b } from "../draws/index.ts";`,
  });
  expect(lines).toEqual([
    `${server}/distributions/queues/a.ts:1 imports ../draws/index.ts: sideways, from distributions/queues to distributions/draws`,
  ]);
});

test("refuses to pass by a door", async () => {
  const lines = await check({
    [`${server}/catalog/orders/a.ts`]: `import "../../platform/http/b.ts"; import "../products/c.ts";`,
    "packages/cli/src/a.ts": `import "@stanchion/sdk/src/client.ts"; import "../../sdk/src/index.ts";`,
  });
  expect(lines).toEqual([
    "packages/cli/src/a.ts:1 imports @stanchion/sdk/src/client.ts: past the door of sdk",
    "packages/cli/src/a.ts:1 imports ../../sdk/src/index.ts: a path must not leave its package; name the package instead",
    `${server}/catalog/orders/a.ts:1 imports ../../platform/http/b.ts: past the door of platform/http, which is platform/http/index.ts`,
  ]);
});

test("keeps the packages in order and Node out of those that run anywhere", async () => {
  const lines = await check({
    "packages/contract/src/a.ts": `import "@stanchion/sdk";`,
    "packages/dashboard/src/a.ts": `import "@stanchion/server";`,
    "packages/sdk/src/a.ts": `import "@stanchion/contract"; import "node:fs";`,
  });
  expect(lines).toEqual([
    "packages/contract/src/a.ts:1 imports @stanchion/sdk: contract may not import sdk",
    "packages/dashboard/src/a.ts:1 imports @stanchion/server: dashboard may not import server",
    "packages/sdk/src/a.ts:1 imports node:fs: sdk runs anywhere, browsers too",
  ]);
});

test("reports a circle between parts of the platform once", async () => {
  const lines = await check({
    [`${server}/platform/a/index.ts`]: `import "../b/index.ts";`,
    [`${server}/platform/b/index.ts`]: `import "../c.ts";`,
    [`${server}/platform/c.ts`]: `import "./a/index.ts";`,
  });
  expect(lines).toHaveLength(1);
  expect(lines[0]).toMatch(/a circle: (platform\/\S+ > ){3}platform\//);
});

test("refuses a folder that has no rank, and leaves tests alone", async () => {
  const lines = await check({
    [`${server}/misc/a.ts`]: `import "../platform/http/index.ts";`,
    [`${server}/platform/http/a.test.ts`]: `import "../../api.ts";`,
  });
  expect(lines).toEqual([
    `${server}/misc/a.ts:1 imports ../platform/http/index.ts: misc/a.ts has no rank in tools/check-imports.ts`,
  ]);
});

async function check(files: Record<string, string>): Promise<string[]> {
  const root = await mkdtemp(join(tmpdir(), "stanchion-imports-"));
  onTestFinished(() => rm(root, { recursive: true }));
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  }
  const breaches = await findImportBreaches(root);
  return breaches.map(({ file, line, imported, reason }) => `${file}:${line} imports ${imported}: ${reason}`);
}
