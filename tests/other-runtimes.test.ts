/** The packed SDK on Deno and Bun: a fan joins a line of a real server, waits, has the turn, and the shop verifies it. */
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { delimiter, dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { startTestServer, type TestServer, testLine } from "../packages/server/src/testing/index.ts";
import { installPackedSdk, type PackedSdk } from "./packed-sdk.ts";

const bin = join(dirname(import.meta.dirname), "tools/runtimes/node_modules/.bin");
const runtimes = [
  ["Deno", "deno", ["run", "--allow-net", "--allow-env", "--no-prompt"]],
  ["Bun", "bun", []],
] as const;
if (!existsSync(join(bin, "deno")))
  console.warn("Deno and Bun are not installed, so they are left out: npm ci --prefix tools/runtimes");

describe.skipIf(!existsSync(join(bin, "deno")))("the packed SDK", () => {
  let server: TestServer;
  let packed: PackedSdk;
  let program: ChildProcess | undefined;
  beforeAll(async () => {
    [server, packed] = await Promise.all([startTestServer({ isWorker: false }), installPackedSdk()]);
    await writeFile(join(packed.shop, "fan.js"), fanProgram);
  }, 240_000);
  afterEach(() => void program?.kill());
  afterAll(async () => {
    await Promise.all([packed?.remove(), server?.stop()]);
  });

  it.each(runtimes)("follows a place to its turn on %s", async (_name, command, options) => {
    const shop = await server.shop();
    const { id } = await shop.queue();
    await (await shop.fan()).enter(id);
    const { publishableKey, organizationId } = shop;
    const given = JSON.stringify({ url: server.url, publishableKey, organizationId, queueId: id });
    program = spawn(join(bin, command), [...options, "fan.js", given], {
      cwd: packed.shop,
      stdio: ["ignore", "pipe", "inherit"],
      env: { ...process.env, PATH: `${dirname(process.execPath)}${delimiter}${process.env.PATH}` },
    });
    const said: Record<string, unknown>[] = [];
    if (program.stdout !== null)
      createInterface(program.stdout).on("line", (line) => said.push(JSON.parse(line)));
    const hears = (wanted: Record<string, unknown>): Promise<unknown> =>
      server.until(
        async () => said,
        (all) => all.some((one) => Object.entries(wanted).every(([key, value]) => one[key] === value)),
      );
    await hears({ phase: "waiting", connection: "stream", position: 2 });
    await testLine(server.db, id).tick({ most: 1 });
    await hears({ phase: "waiting", position: 1 });
    await testLine(server.db, id).tick({ most: 1 });
    await hears({ phase: "admitted" });
    await hears({ verified: id, refused: "QUEUE_NOT_FOUND" });
    expect(said.filter(({ error }) => error !== undefined)).toEqual([]);
  });
});

/** Says each change of its place as a line of JSON. */
const fanProgram = `import { Stanchion } from "@stanchion/sdk";
import { verifyAdmission } from "@stanchion/sdk/server";
const { url, publishableKey, organizationId, queueId } = JSON.parse(process.argv[2]);
const say = (what) => console.log(JSON.stringify(what));
const stanchion = new Stanchion({ publishableKey, baseUrl: url });
await stanchion.queues.enter(queueId);
const watch = stanchion.queues.watch(queueId, {
  onChange: async ({ phase, connection, position, admission, error }) => {
    say({ phase, connection, position, ...(error === null ? {} : { error: error.code }) });
    if (admission === null) return;
    watch.stop();
    const { distributionId } = await verifyAdmission(admission.token, { url, organizationId });
    const refused = await stanchion.queues.get(queueId.slice(0, -2) + "00").catch(({ code }) => code);
    say({ verified: distributionId, refused });
  },
});
`;
