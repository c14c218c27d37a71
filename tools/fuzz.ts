/** npm run fuzz: random requests; what it takes is its usage, below. */
import { describeFuzz } from "./fuzz/describe-fuzz.ts";
import { fuzzTestServer } from "./fuzz/fuzz-test-server.ts";
import { readOptions, wholeNumber } from "./read-options.ts";
import { openTestDatabaseServer } from "./test-database-server.ts";

const seedMax = 2 ** 31;
const usage = `npm run fuzz -- [options]: random requests against the real server, from the OpenAPI document.

  --requests N   how many (20000)
  --seed N       the same requests as a run that said this seed (by chance)`;

const options = readOptions(usage, {
  seed: { type: "string" },
  requests: { type: "string", default: "20000" },
});
const requests = wholeNumber("requests", options.requests);
const seed =
  options.seed === undefined
    ? Math.trunc(Math.random() * seedMax)
    : wholeNumber("seed", options.seed, { min: 0, max: seedMax });
const database = await openTestDatabaseServer();
process.env.TEST_DATABASE_URL = database.url;
try {
  const result = await fuzzTestServer({ seed, requests });
  console.log(describeFuzz(result));
  process.exitCode = result.failure === null ? 0 : 1;
} finally {
  await database.stop();
}
