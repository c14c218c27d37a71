import { expect, it } from "vitest";
import { describeFuzz } from "./describe-fuzz.ts";
import { fuzzTestServer } from "./fuzz-test-server.ts";

/** Few enough for every run of the tests; a merge sends 20,000, from another seed each time. */
const requests = 1_000;
const seed = 20_261_126;

it("answers random requests as the contract and the document say", { timeout: 300_000 }, async () => {
  const result = await fuzzTestServer({ seed, requests });
  console.log(describeFuzz(result));
  expect(result.failure).toBeNull();
  expect(result.requests).toBeGreaterThanOrEqual(requests);
});
