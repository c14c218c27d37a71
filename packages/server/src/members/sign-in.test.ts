import pg from "pg";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { createOrganization } from "../identity/index.ts";
import { createSecrets } from "../platform/secrets.ts";
import { createTestDatabase, insertMember, type TestDatabase } from "../testing/index.ts";
import { createPasswords } from "./passwords.ts";
import { judgePassword, type SignInDeps } from "./sign-in.ts";

describe("judging a password", () => {
  let db: TestDatabase;
  let email: string;
  let password: string;
  beforeAll(async () => {
    db = await createTestDatabase();
    const { organizationId } = await createOrganization(db.database, { name: "Shop" });
    ({ email, password } = await insertMember(db, organizationId, "owner"));
  });
  afterAll(() => db.drop());

  const browser = { device: "", devices: null };
  /** Every step of the work in its order: statements without their values, and passwords that were compared. */
  const workOf = async (given: { email: string; password: string }) => {
    const work: string[] = [];
    const real = createPasswords();
    const deps: SignInDeps = {
      secrets: createSecrets("a secret of the tests, long enough to be one"),
      clock: { now: () => Date.now() },
      passwords: {
        hash: real.hash,
        requireRoom: real.requireRoom,
        isRight(word, hash) {
          work.push("password compared");
          return real.isRight(word, hash);
        },
      },
    };
    const query = vi.spyOn(pg.Client.prototype, "query");
    const outcome = await judgePassword(db.database.kysely, deps, { ...given, browser }).then(
      () => "right",
      (error: Error) => error.message,
    );
    work.push(...query.mock.calls.map(([text]) => String(Object(text).text ?? text)));
    query.mockRestore();
    return { outcome, work };
  };

  it("does the same work for a wrong password and for an address that nobody has", async () => {
    const wrong = await workOf({ email, password: "wrong" });
    const nobodys = await workOf({ email: "nobody@example.com", password: "wrong" });
    expect(wrong.outcome).toBe("INVALID_CREDENTIALS");
    expect(nobodys).toEqual(wrong);
    expect(wrong.work.filter((step) => step === "password compared")).toHaveLength(1);
    expect(wrong.work.length).toBeGreaterThan(2);
    expect((await workOf({ email, password })).outcome).toBe("right");
  });
});

describe("passwords", () => {
  const passwords = createPasswords();

  it("are kept as argon2id of 19 MiB in two passes, each with its own salt", async () => {
    const [one, two] = await Promise.all([passwords.hash("the same"), passwords.hash("the same")]);
    expect(one).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/);
    expect(one).not.toBe(two);
    expect(await passwords.isRight("the same", two)).toBe(true);
    expect(await passwords.isRight("another", two)).toBe(false);
    expect(await passwords.isRight("the same", null)).toBe(false);
  });

  it("are compared beside the event loop", async () => {
    let turns = 0;
    const timer = setInterval(() => {
      turns += 1;
    }, 1);
    await passwords.isRight("any", null);
    clearInterval(timer);
    expect(turns).toBeGreaterThan(3);
  });
});
