import { randomInt } from "node:crypto";
import { limits } from "@stanchion/contract";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  type CodeCalls,
  codeCalls,
  createTestDatabase,
  errorOf,
  latestCode,
  startTestServer,
  type TestAnswer,
  type TestDatabase,
  type TestServer,
  wrongCode,
} from "../testing/index.ts";

const guessers = 50;
const judgedMax = limits.oneTimeCodeTriesMax;

describe("fifty who guess at one code at once", () => {
  let db: TestDatabase;
  let servers: readonly TestServer[];
  /** The same calls in each process. */
  let processes: readonly [CodeCalls, CodeCalls];
  beforeAll(async () => {
    db = await createTestDatabase();
    const start = () => startTestServer({ isWorker: false, database: db });
    const [first, second] = await Promise.all([start(), start()]);
    servers = [first, second];
    const shop = await first.shop();
    processes = [codeCalls(first, shop), codeCalls(second, shop)];
  });
  afterAll(async () => {
    await Promise.all(servers.map((server) => server.stop()));
    await db.drop();
  });

  let addresses = 0;
  const askFor = async (): Promise<{ email: string; code: string }> => {
    addresses += 1;
    const email = `guessed${addresses}@example.com`;
    expect((await processes[0].request(email)).status).toBe(200);
    return { email, code: await latestCode(servers[0] as TestServer, email) };
  };
  const guess = (
    email: string,
    codeOf: (index: number) => string,
    processOf: (index: number) => CodeCalls,
  ): Promise<TestAnswer[]> =>
    Promise.all(
      Array.from({ length: guessers }, (_, index) => processOf(index).verify(email, codeOf(index))),
    );
  const outcomes = (answers: readonly TestAnswer[]): Record<string, number> => {
    const counted: Record<string, number> = {};
    for (const answer of answers) {
      const name = answer.status === 200 ? "signed in" : errorOf(answer).code;
      counted[name] = (counted[name] ?? 0) + 1;
    }
    return counted;
  };
  const inOne = () => processes[0];
  const inBoth = (index: number) => processes[index % 2 === 0 ? 0 : 1];
  const fiveOfFifty = { INVALID_OTP: judgedMax, RATE_LIMITED: guessers - judgedMax };

  it("get five tries judged between them, in one process", async () => {
    const { email, code } = await askFor();
    expect(outcomes(await guess(email, () => wrongCode(code), inOne))).toEqual(fiveOfFifty);
    expect(errorOf(await processes[0].verify(email, code)).code).toBe("RATE_LIMITED");
  });

  it("get five tries judged between them, in two processes on one database", async () => {
    const { email, code } = await askFor();
    expect(outcomes(await guess(email, () => wrongCode(code), inBoth))).toEqual(fiveOfFifty);
    for (const each of processes) expect((await each.verify(email, code)).status).toBe(429);
  });

  it("get no sixth try judged where one of them has the right code, whoever it is", async () => {
    for (let round = 0; round < 20; round += 1) {
      const { email, code } = await askFor();
      const place = randomInt(guessers);
      const answers = await guess(
        email,
        (index) => (index === place ? code : wrongCode(code)),
        round % 2 === 0 ? inOne : inBoth,
      );
      const counted = outcomes(answers);
      const judged = (counted["signed in"] ?? 0) + (counted.INVALID_OTP ?? 0);
      expect({ judged, refused: counted.RATE_LIMITED }).toEqual({
        judged: judgedMax,
        refused: guessers - judgedMax,
      });
      // The one who has it is signed in or was too late, and is never told that it is wrong.
      expect([200, 429]).toContain(answers[place]?.status);
    }
  });
});
