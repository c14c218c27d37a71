/** `npm run fuzz`: random requests against the real server, from the OpenAPI document. */
import { parseArgs } from "node:util";
import { describeFuzz } from "./fuzz/describe-fuzz.ts";
import { fuzzTestServer } from "./fuzz/fuzz-test-server.ts";
import { openTestDatabaseServer } from "./test-database-server.ts";

const { values } = parseArgs({
  options: { seed: { type: "string" }, requests: { type: "string", default: "20000" } },
});
const seed = values.seed === undefined ? Math.trunc(Math.random() * 2 ** 31) : Number(values.seed);
const database = await openTestDatabaseServer();
process.env.TEST_DATABASE_URL = database.url;
try {
  const result = await fuzzTestServer({ seed, requests: Number(values.requests) });
  console.log(describeFuzz(result));
  process.exitCode = result.failure === null ? 0 : 1;
} finally {
  await database.stop();
}
