import { describe, expect, it, vi } from "vitest";
import { newApiKey } from "../identity/api-key-format.ts";
import { createTestDatabase } from "../testing/index.ts";
import { openDatabase } from "./database/index.ts";
import { createLog, maskSecrets } from "./log.ts";

function linesOf(write: (log: ReturnType<typeof createLog>) => void): string {
  const lines: string[] = [];
  write(createLog("debug", (line) => lines.push(line)));
  return lines.join("");
}

describe("the log", () => {
  it("is one JSON object a line, with level and time", () => {
    const entry = JSON.parse(linesOf((log) => log.info({ requestId: "req_1" }, "done")));
    expect(entry).toEqual({
      level: "info",
      time: expect.stringMatching(/^\d{4}-.*Z$/),
      requestId: "req_1",
      msg: "done",
    });
  });

  it("tells of a lost connection without what hangs on it", async () => {
    const db = await createTestDatabase();
    const lines: string[] = [];
    const database = openDatabase(
      db.url,
      createLog("debug", (line) => lines.push(line)),
    );
    const { rows } = await database.pool.query<{ id: number }>("select pg_backend_pid() as id");
    await db.query("select pg_terminate_backend($1)", [rows[0]?.id]);
    await vi.waitFor(() => expect(lines).toHaveLength(1), 5_000);
    await database.close();
    await db.drop();
    const { level, err, msg } = JSON.parse(lines[0] ?? "");
    expect({ level, msg }).toEqual({ level: "warn", msg: "an idle database connection was lost" });
    expect(err).toMatchObject({
      code: "57P01",
      message: expect.stringContaining("terminating"),
      stack: expect.any(String),
    });
    expect(lines[0]).not.toMatch(/secretKey|parsedStatements|connectionParameters/);
  });

  it("says what was thrown that is no error", () => {
    expect(linesOf((log) => log.warn({ err: "a text" }, "odd"))).toContain('"err":"a text"');
  });

  it.each([
    "authorization",
    "accessToken",
    "refreshToken",
    "secret",
    "password",
    "token",
    "lineToken",
    "fingerprint",
    "otp",
  ])("masks a member named %s, at the top and inside another", (name) => {
    const text = linesOf((log) => {
      log.info({ [name]: "s3cret" }, "top");
      log.info({ headers: { [name]: "s3cret" } }, "inside");
    });
    expect(text).not.toContain("s3cret");
    expect(text.match(/\*\*\*/g)).toHaveLength(2);
  });

  it("masks API keys wherever they stand: in messages, in errors and their causes", () => {
    const key = newApiKey("secret", true);
    const text = linesOf((log) => {
      log.info(`called with ${key}`);
      log.error({ err: new Error(`no ${key}`, { cause: new Error(`because of ${key}`) }) }, "failed");
    });
    expect(text).not.toContain(key.slice(8));
    expect(text).toContain("sk_live_***");
  });

  it("masks the keys of the server's own pages whole", () => {
    const page = `pk_test_page_${"0".repeat(26)}_${"a".repeat(32)}`;
    expect(maskSecrets(`of ${page}.`)).toBe("of pk_test_***.");
  });

  it("masks the password in the address of a database or another service, and leaves the rest to be read", () => {
    expect(maskSecrets("postgres://me:s3cret@db.internal:5432/x")).toBe(
      "postgres://me:***@db.internal:5432/x",
    );
    expect(maskSecrets("postgresql://me:a%40b@db/x")).toBe("postgresql://me:***@db/x");
    expect(maskSecrets("smtps://me:s3cret@mail:465")).toBe("smtps://me:***@mail:465");
    expect(maskSecrets("rediss://:s3cret@cache")).toBe("rediss://:***@cache");
    expect(maskSecrets("postgres://db/x")).toBe("postgres://db/x");
  });

  it("shows the codes of errors: they are what one searches for", () => {
    const error = Object.assign(new Error("refused"), { code: "ECONNREFUSED" });
    const entry = JSON.parse(linesOf((log) => log.error({ code: "INTERNAL_ERROR", err: error }, "refused")));
    expect(entry).toMatchObject({ code: "INTERNAL_ERROR", err: { code: "ECONNREFUSED" } });
  });
});
