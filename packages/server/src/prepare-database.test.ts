import { mkdtemp, readdir } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { findPooler, type Pooler, startPooler } from "../../../tests/pooler.ts";
import { readConfig } from "./config.ts";
import { createLog } from "./platform/log.ts";
import { createSecrets } from "./platform/secrets.ts";
import { openSigningKeys } from "./platform/signing-keys/index.ts";
import { prepareDatabase } from "./prepare-database.ts";
import { createTestDatabase, type TestDatabase } from "./testing/index.ts";

const log = createLog("silent");
const secret = "the secret that this database was made under";
const program = await findPooler();
// As if a migration were due.
const takeNewest =
  "delete from stanchion_migrations where name = (select max(name) from stanchion_migrations) returning *";
const putBack = "insert into stanchion_migrations (name, timestamp) values ($1, $2) returning name";

describe("a start with an environment that does not fit the database", () => {
  let db: TestDatabase;
  let folder: string;
  beforeAll(async () => {
    db = await createTestDatabase({ owner: "plain" });
    folder = await mkdtemp(path.join(tmpdir(), "stanchion-test-"));
    (await openSigningKeys(db.database, createSecrets(secret), log)).close();
  });
  afterAll(() => db.drop());

  const prepare = async (env: Record<string, string>, options?: { mayMake: boolean }) => {
    const config = readConfig({ STANCHION_SECRET: secret, STANCHION_DATA: folder, ...env });
    await (await prepareDatabase(config, log, () => {}, options)).database.close();
  };
  const refusalOf = (env: Record<string, string>, options?: { mayMake: boolean }) =>
    prepare(env, options).then(
      () => "",
      (error: Error) => error.message,
    );
  const urlWith = (change: Partial<URL>) => Object.assign(new URL(db.url), change).href;

  it("names the secret that is another one, and where the right one may lie, and migrates nothing", async () => {
    await prepare({ DATABASE_URL: db.url });
    const [due] = await db.query(takeNewest);
    const other = "another secret, and long enough to be one";
    const refusal = await refusalOf({ DATABASE_URL: db.url, STANCHION_SECRET: other });
    expect(refusal).toMatch(/^STANCHION_SECRET is not the secret that this database was made under\./);
    expect(refusal).toContain(path.join(folder, "secret"));
    expect(refusal).not.toContain(other);
    expect(await db.query(putBack, [due?.name, due?.timestamp])).toEqual([{ name: due?.name }]);
  });

  it.skipIf(program === null)("says that a pooler is in the way, of either variable", async () => {
    const pooler: Pooler = await startPooler(program ?? "", db.url, 1);
    try {
      expect(await refusalOf({ DATABASE_URL: pooler.url })).toMatch(
        /^DATABASE_URL seems to lead to a connection pooler .* Set DATABASE_DIRECT_URL too: .* past the pooler\.$/,
      );
      expect(await refusalOf({ DATABASE_URL: pooler.url, DATABASE_DIRECT_URL: pooler.url })).toMatch(
        /^DATABASE_DIRECT_URL seems to lead to a connection pooler .* It must lead past it/,
      );
    } finally {
      await pooler.stop();
    }
  });

  it("refuses two urls with two logins or two databases, before anything is set or migrated", async () => {
    const other = await createTestDatabase({ owner: "plain" });
    const nameOf = ({ url }: TestDatabase) => new URL(url).username;
    try {
      // Each login may connect to every database: only their names tell them apart.
      const foreign = new URL(other.url);
      foreign.pathname = `/${nameOf(db)}`;
      const [due] = await db.query(takeNewest);
      const logins = await refusalOf({ DATABASE_URL: foreign.href, DATABASE_DIRECT_URL: db.url });
      expect(logins).toContain(`same login: the one has "${nameOf(other)}", the other "${nameOf(db)}"`);
      const elsewhere = urlWith({ pathname: `/${nameOf(other)}` });
      const databases = await refusalOf({ DATABASE_URL: elsewhere, DATABASE_DIRECT_URL: db.url });
      expect(databases).toContain(`leads to "${nameOf(other)}", the other to "${nameOf(db)}"`);
      const settings = await db.query(
        "select from pg_db_role_setting where setdatabase = (select oid from pg_database where datname = $1)",
        [nameOf(db)],
      );
      expect(settings).toEqual([]);
      expect(await db.query(putBack, [due?.name, due?.timestamp])).toEqual([{ name: due?.name }]);
    } finally {
      await other.drop();
    }
  });

  it("names the variable that leads to no database, no login or no server", async () => {
    const closed = await closedPort();
    const cases = [
      [urlWith({ pathname: "/nope" }), 'database "nope" does not exist'],
      [urlWith({ username: "nobody_there" }), "nobody_there"],
      [urlWith({ host: `127.0.0.1:${closed}` }), "ECONNREFUSED"],
      [urlWith({ host: `localhost:${closed}` }), "ECONNREFUSED"],
    ] as const;
    for (const [url, words] of cases) {
      const refusal = await refusalOf({ DATABASE_URL: url });
      expect(refusal).toMatch(/^DATABASE_URL leads to no database that can be used: .*\. See that /);
      expect(refusal).toContain(words);
      expect(await refusalOf({ DATABASE_URL: db.url, DATABASE_DIRECT_URL: url })).toMatch(
        /^DATABASE_DIRECT_URL /,
      );
    }
  });

  it("makes no database where only one that is there was meant", async () => {
    const refusal = await refusalOf({}, { mayMake: false });
    expect(refusal).toContain(`There is no database in ${folder}: `);
    expect(await readdir(folder)).toEqual([]);
  });
});

function closedPort(): Promise<number> {
  return new Promise((done) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = Object(server.address());
      server.close(() => done(port));
    });
  });
}
