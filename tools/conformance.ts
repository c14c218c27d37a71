/** npm run conformance: the contract, proven row by row; what it takes is its usage, below. */
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
// The servers need the database before any of them: so not through the server's door.
import { startEmbeddedPostgres } from "../packages/server/src/platform/database/embedded-postgres.ts";
import { allCases, rowCases } from "./conformance/all-cases.ts";
import { cleanUpOnSignals } from "./conformance/clean-up-on-signals.ts";
import { createOwnServers } from "./conformance/own-servers.ts";
import { printResult } from "./conformance/print-result.ts";
import { createRemoteServer, type RemoteKeys } from "./conformance/remote-server.ts";
import { type RunResult, runCases } from "./conformance/run-cases.ts";
import { writeExamples } from "./conformance/write-examples.ts";
import { endWith, readOptions } from "./read-options.ts";

const usage = `npm run conformance -- [options]: brings about every row of the error table by its real cause and checks every answer.
Without --url on servers of its own, where every row and every pair of operation and code must be reached.

  --url URL                     a server that runs, such as https://line.example.com; what is made there is taken away at
                                the end, also where the run is interrupted
  --secret-key KEY              of an organization on it, best one in test mode; needed with --url
  --publishable-key KEY         of the same organization; without it what fans do is left out
  --other-secret-key KEY        of another organization, with
  --other-publishable-key KEY   for what is not one's own
  --all                         with --url: every generic cause for every operation too; at the usual limits some 15 minutes
  --write-examples              writes packages/contract/src/error-examples.json from what was seen`;

const options = readOptions(usage, {
  url: { type: "string" },
  "secret-key": { type: "string" },
  "publishable-key": { type: "string" },
  "other-secret-key": { type: "string" },
  "other-publishable-key": { type: "string" },
  all: { type: "boolean", default: false },
  "write-examples": { type: "boolean", default: false },
});

const say = (line: string): void => console.error(line);
const result = options.url === undefined ? await runOnOwnServers() : await runOnServer(options.url);
printResult(result, (line) => console.log(line));
if (options["write-examples"]) console.log(`Written: ${await writeExamples(result.examples)}`);
process.exit(result.drift.length === 0 ? 0 : 1);

async function runOnOwnServers(): Promise<RunResult> {
  const folder = await mkdtemp(path.join(tmpdir(), "stanchion-conformance-"));
  // PostgreSQL runs as another user where we are root.
  await chmod(folder, 0o711);
  const given = process.env.TEST_DATABASE_URL ?? "";
  const database =
    given === "" ? await startEmbeddedPostgres({ dataFolder: path.join(folder, "data"), say }) : null;
  if (database !== null) process.env.TEST_DATABASE_URL = database.url;
  const servers = createOwnServers();
  try {
    say("Half a minute is waited for the server's own time limits.");
    return await runCases({ cases: allCases, servers, mustReachAll: true });
  } finally {
    await servers.close();
    await database?.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

async function runOnServer(url: string): Promise<RunResult> {
  const servers = await createRemoteServer(url.replace(/\/+$/, ""), keysOf(), say).catch((error: unknown) =>
    endWith(error instanceof Error ? error.message : String(error)),
  );
  const { traces } = servers;
  const leaveSignals = cleanUpOnSignals({
    async cleanUp() {
      await traces.stop();
      await traces.remove();
    },
    said: {
      begun: "Interrupted. What was made on the server is taken away; interrupt again to leave it there.",
      givenUp: () => `Left behind on the server: ${traces.left().join(", ") || "nothing"}`,
    },
    say,
  });
  try {
    return await runCases({ cases: options.all ? allCases : rowCases, servers, mustReachAll: false, say });
  } finally {
    await servers.close();
    leaveSignals();
  }
}

function keysOf(): RemoteKeys {
  const secretKey = options["secret-key"];
  if (secretKey === undefined)
    return endWith(
      "--url needs --secret-key: a key of an organization on that server, best one in test mode.",
    );
  const publishableKey = options["publishable-key"];
  const other = { secretKey: options["other-secret-key"], publishableKey: options["other-publishable-key"] };
  return {
    secretKey,
    ...(publishableKey === undefined ? {} : { publishableKey }),
    ...(other.secretKey === undefined || other.publishableKey === undefined
      ? {}
      : { other: { secretKey: other.secretKey, publishableKey: other.publishableKey } }),
  };
}
