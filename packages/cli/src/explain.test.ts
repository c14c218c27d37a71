import { execFile } from "node:child_process";
import { clientErrorCodes, errorCodes } from "@stanchion/contract";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { errorOf, startTestServer, type TestServer } from "../../server/src/testing/index.ts";
import { explainClientCode, readClientCode } from "./explain-client-code.ts";
import { codesOf, explainCode, nearestCode, readCode } from "./explain-code.ts";

const main = new URL("./main.ts", import.meta.url).pathname;

describe("stanchion explain", () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer({ isWorker: false });
  });
  afterAll(() => server.stop());

  const run = (...args: string[]) =>
    new Promise<{ code: number; out: string; err: string }>((done) => {
      const env = {
        ...process.env,
        DATABASE_URL: server.db.url,
        STANCHION_SECRET: "a secret of the tests, long enough to be one",
      };
      execFile(process.execPath, [main, "explain", ...args], { env }, (error, out, err) =>
        done({ code: error === null ? 0 : Number(error.code), out, err }),
      );
    });

  it("has words for every code, whether to try again among them", () => {
    for (const code of errorCodes) {
      const text = explainCode(code);
      expect(text).toMatch(
        /What happened {3}\S[\s\S]*What to do {6}\S[\s\S]*Try again {7}(Yes|No)[\s\S]*\/docs\/errors\//,
      );
      expect(readCode(code.toLowerCase())).toBe(code);
    }
    expect(codesOf("not_open_yet")).toContain("QUEUE_NOT_OPEN");
  });

  it("knows the codes that the SDK makes, and says that it does", async () => {
    for (const code of clientErrorCodes) {
      expect(readClientCode(code.toLowerCase())).toBe(code);
      expect(explainClientCode(code)).toContain("made by the SDK");
    }
    const { code, out } = await run("network_error", "--json");
    expect([code, JSON.parse(out)]).toMatchObject([
      0,
      { code: "NETWORK_ERROR", madeBy: "sdk", docs: "/docs/errors/NETWORK_ERROR" },
    ]);
  });

  it("finds the code that was meant", () => {
    expect(nearestCode("QUEUE_FUL")).toBe("QUEUE_FULL");
    expect(nearestCode("rate-limit")).toBe("RATE_LIMITED");
    expect(nearestCode("SOMETHING_ELSE_ENTIRELY")).toBe(null);
  });

  it("prints the row of a code, and for programs as JSON", async () => {
    const [text, json] = await Promise.all([run("queue_full"), run("QUEUE_FULL", "--json")]);
    expect(text).toMatchObject({ code: 0, err: "" });
    expect(text.out).toContain("QUEUE_FULL   409 conflict");
    expect(JSON.parse(json.out)).toMatchObject({ code: "QUEUE_FULL", status: 409, retryable: false });
  });

  it("says what an unknown code may have been, and fails", async () => {
    const { code, err } = await run("QUEUE_FUL");
    expect(code).toBe(1);
    expect(err).toContain("Did you mean QUEUE_FULL?");
  });

  it("tells the story of any organization's request, and of one that belongs to nobody", async () => {
    const shop = await server.shop();
    const refused = await shop.call("POST", "/api/v1/queues", { body: { name: "", admitRate: 0 } });
    const lost = await server.call("GET", "/api/v1/queues", {
      bearer: "sk_test_0000",
      headers: { "X-Request-Id": "MY_OWN-1" },
    });
    expect([refused.status, lost.status]).toEqual([422, 401]);
    await shop.call("GET", "/api/v1/requests/flushes-what-waits");
    const [text, json, nobody] = await Promise.all([
      run(errorOf(refused).requestId),
      run(errorOf(refused).requestId, "--json"),
      run("MY_OWN-1"),
    ]);
    expect(text.err).toBe("");
    expect(text.out).toContain("POST /api/v1/queues   (createQueue)");
    expect(text.out).toContain(`"Secret key" of ${shop.organizationId}, test`);
    expect(text.out).toContain("422 validation_error VALIDATION_ERROR");
    expect(text.out).toContain("name: min_length, admitRate: min_value");
    expect(JSON.parse(json.out)).toMatchObject({ requests: [{ organizationId: shop.organizationId }] });
    expect(nobody.out).toContain("a secret key that was not accepted");
  });

  it("says of an unknown request what is kept, and fails", async () => {
    const { code, err } = await run("req_01m8b892g9ft5v32c47h6nzxee");
    expect(code).toBe(1);
    expect(err).toContain("For seven days are kept");
  });
});
