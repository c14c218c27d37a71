import { parseArgs } from "node:util";
import { readRequests } from "@stanchion/server";
import { explainClientCode, factsOfClientCode, readClientCode } from "./explain-client-code.ts";
import { codesOf, explainCode, factsOfCode, nearestCode, readCode } from "./explain-code.ts";
import { explainRequest } from "./explain-request.ts";
import { withDatabase } from "./with-database.ts";

/** `stanchion explain <code | requestId>`: a row of the error table, or what became of a request. */
export async function explain(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { json: { type: "boolean", default: false }, request: { type: "boolean", default: false } },
  });
  const [subject, ...more] = positionals;
  if (subject === undefined || more.length > 0) {
    console.error("explain needs one error code, such as QUEUE_FULL, or one request id.");
    return 2;
  }
  return values.request || looksLikeRequestId(subject)
    ? explainRequestId(subject, values.json)
    : explainWord(subject, values.json);
}

/** Codes are in capitals and error types in lower case, both without digits in long runs; ids have a prefix or digits. */
function looksLikeRequestId(subject: string): boolean {
  if (readCode(subject) !== null || codesOf(subject).length > 0) return false;
  return subject.startsWith("req_") || !/^[A-Z_]+\d{0,3}$/i.test(subject);
}

function explainWord(word: string, isJson: boolean): number {
  const code = readCode(word);
  if (code !== null) {
    console.log(isJson ? JSON.stringify(factsOfCode(code)) : explainCode(code));
    return 0;
  }
  const codes = codesOf(word);
  if (codes.length > 0) {
    console.log(isJson ? JSON.stringify(codes.map(factsOfCode)) : codes.map(explainCode).join("\n\n"));
    return 0;
  }
  const own = readClientCode(word);
  if (own !== null) {
    console.log(isJson ? JSON.stringify(factsOfClientCode(own)) : explainClientCode(own));
    return 0;
  }
  const near = nearestCode(word);
  if (isJson) console.log(JSON.stringify({ code: null, didYouMean: near }));
  console.error(
    `There is no error code ${word}.${near === null ? "" : ` Did you mean ${near}?`}
If it is a request id of your own choosing: stanchion explain --request ${word}`,
  );
  return 1;
}

async function explainRequestId(requestId: string, isJson: boolean): Promise<number> {
  const found = await withDatabase(({ database }) =>
    readRequests(database.kysely, requestId, { tenant: null, publicUrl: process.env.PUBLIC_URL ?? null }),
  );
  if (isJson) console.log(JSON.stringify(found));
  else if (found.requests.length > 0) {
    console.log(found.requests.map((record) => explainRequest(requestId, record)).join("\n\n"));
    if (found.hasMore) console.log("\nThere are more under this id, all of them older.");
  }
  if (found.requests.length > 0) return 0;
  console.error(`No request ${requestId} is kept in this database.
For seven days are kept: refusals, what a secret key changed, and answers that took over a second. Of many equal
refusals at once the newest are kept; other successes are not. The server's log may know it, at the level debug.`);
  return 1;
}
