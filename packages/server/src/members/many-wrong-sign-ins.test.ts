import { limits } from "@stanchion/contract";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import {
  cookiesOf,
  errorOf,
  insertMember,
  startTestServer,
  type TestAnswer,
  type TestServer,
} from "../testing/index.ts";

const compared = vi.hoisted(() => ({ count: 0 }));
// Passwords are compared as ever, and counted.
vi.mock(import("./passwords.ts"), async (importOriginal) => {
  const original = await importOriginal();
  return {
    ...original,
    createPasswords() {
      const real = original.createPasswords();
      return {
        ...real,
        isRight(...given: Parameters<typeof real.isRight>) {
          compared.count += 1;
          return real.isRight(...given);
        },
      };
    },
  };
});

const wrongSignIns = 10_000;
const atOnce = 64;

describe("ten thousand wrong sign-ins of one address, from as many clients", () => {
  let server: TestServer;
  beforeAll(async () => {
    // The limit for each client is the one that every server has.
    server = await startTestServer({ isWorker: false, env: { RATE_LIMITS: "{}" } });
  });
  afterAll(() => server.stop());

  const signIn = (
    client: string,
    body: { email: string; password: string },
    headers: Record<string, string> = {},
  ): Promise<TestAnswer> =>
    server.call("POST", "/api/v1/members/sign-in", {
      body,
      headers: { Origin: server.url, "X-Forwarded-For": client, ...headers },
    });
  /** A client of its own for every number. */
  const clientOf = (index: number): string => `198.18.${index >> 8}.${index & 255}`;

  it("are refused without a password compared but for the first ten, and keep nobody out of a known device", {
    timeout: 240_000,
  }, async () => {
    const { organizationId } = await server.shop();
    const { email, password } = await insertMember(server.db, organizationId, "owner");
    const owner = await signIn("203.0.113.1", { email, password });
    expect(owner.status).toBe(200);
    const devices = cookiesOf(owner)
      .split("; ")
      .find((cookie) => cookie.startsWith("stanchion_devices="));

    const before = compared.count;
    const outcomes: Record<string, number> = {};
    let next = 0;
    const guessOn = async (): Promise<void> => {
      while (next < wrongSignIns) {
        const answer = await signIn(clientOf(next++), { email, password: "guessed" });
        const { code } = errorOf(answer);
        outcomes[code] = (outcomes[code] ?? 0) + 1;
      }
    };
    await Promise.all(Array.from({ length: atOnce }, guessOn));

    expect(outcomes).toEqual({
      INVALID_CREDENTIALS: limits.failedPasswordsMax,
      RATE_LIMITED: wrongSignIns - limits.failedPasswordsMax,
    });
    expect(compared.count - before).toBe(limits.failedPasswordsMax);

    const elsewhere = await signIn("203.0.113.2", { email, password });
    expect([elsewhere.status, errorOf(elsewhere).code]).toEqual([429, "RATE_LIMITED"]);
    const known = await signIn("203.0.113.3", { email, password }, { Cookie: devices ?? "" });
    expect(known.status).toBe(200);
  });
});
