/** The package that `npm run build` makes, installed in an empty folder far from the sources. */
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createTestDatabase } from "../packages/server/src/testing/index.ts";
import { buildPackage } from "../tools/pack/build-package.ts";
import { makeQueue, processSecret, startServerProcess } from "./server-process.ts";

const run = promisify(execFile);
const root = dirname(import.meta.dirname);

let folder: string;
let installed: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "stanchion-packed-"));
  installed = await installPacked(folder);
}, 240_000);

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

async function installPacked(into: string): Promise<string> {
  await buildPackage(root, join(into, "package"));
  await writeFile(join(into, "package.json"), JSON.stringify({ private: true }));
  const quiet = ["--no-audit", "--no-fund", "--loglevel=error", "--prefer-offline", "--install-links"];
  await run("npm", ["install", ...quiet, "./package"], { cwd: into, shell: process.platform === "win32" });
  return join(into, "node_modules", "stanchion");
}

describe("the packed build", () => {
  it("holds JavaScript only, and says which Node it needs", async () => {
    const manifest = JSON.parse(await readFile(join(installed, "package.json"), "utf8"));
    expect(manifest.engines).toEqual({ node: ">=24" });
    expect(Object.keys(manifest.dependencies)).toContain("fastify");
    expect(Object.values<string>(manifest.dependencies).filter((version) => !/^\d/.test(version))).toEqual(
      [],
    );
    const command = await readFile(join(installed, manifest.bin.stanchion), "utf8");
    expect(command.startsWith("#!/usr/bin/env node")).toBe(true);
  });

  it("makes an organization and serves it: API, waiting page with its script, documentation", async () => {
    const database = await createTestDatabase();
    const main = join(installed, "packages/cli/src/stanchion.js");
    const { stdout } = await run(process.execPath, [main, "init", "--name", "Packed", "--json"], {
      env: { ...process.env, DATABASE_URL: database.url, STANCHION_SECRET: processSecret },
    });
    const { secretKey } = JSON.parse(stdout) as { secretKey: string };
    const server = await startServerProcess("start", { databaseUrl: database.url, main });
    try {
      const id = await makeQueue(server.url, secretKey, { admitRate: 600 });
      const page = await (await fetch(`${server.url}/q/${id}`)).text();
      const script = /\/assets\/waiting-page-\w+\.js/.exec(page)?.[0];
      expect(script).toBeDefined();
      expect((await fetch(`${server.url}${script}`)).status).toBe(200);
      expect(await (await fetch(`${server.url}/verify`)).text()).toContain("Was it fair?");
      const unfixed = run(process.execPath, [main, "verify-draw", `${server.url}/verify?draw=draw_none`]);
      await expect(unfixed).rejects.toMatchObject({ code: 2 });
      const missing = await fetch(`${server.url}/api/v1/queues/none`);
      const { docs } = (await missing.json()) as { docs: string };
      expect((await fetch(new URL(docs, server.url))).status).toBe(200);
    } finally {
      await server.kill("SIGTERM");
      await database.drop();
    }
  });
});
