/** Creates and changes of the same instant, through two server processes on one database, where only one can be done. */
import { randomUUID } from "node:crypto";
import { decodeId, encodeId } from "@stanchion/contract";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createOrganization } from "../packages/server/src/identity/index.ts";
import { createTestDatabase, holdLock, type TestDatabase } from "../packages/server/src/testing/index.ts";
import { type ServerProcess, startServerProcess, until } from "./server-process.ts";

const callers = 10;
/** Two processes at once start slowly on a busy machine. */
const startTimeoutMs = 120_000;

interface Answered {
  readonly status: number;
  readonly body: Record<string, unknown>;
}
interface Call {
  readonly method: "POST" | "PATCH";
  readonly path: string;
  readonly body: Record<string, unknown>;
}
/** Calls that clash, and the statement of a rival that has written the same value and not committed it yet. */
interface Race {
  readonly rival: string;
  readonly calls: readonly Call[];
  /** The statement that each call waits in: it has passed its own check by then. */
  readonly waitsIn: RegExp;
  /** What call `index` is refused with. */
  readonly refusal: (index: number) => Record<string, unknown>;
}

const taken = (...keys: (string | number)[]) => ({
  error: "validation_error",
  code: "VALIDATION_ERROR",
  retryable: false,
  issues: [
    {
      kind: "validation",
      type: "unique",
      expected: "unique_value",
      received: "duplicate_value",
      message: "validation.unique",
      path: keys.map((key) => ({ type: typeof key === "number" ? "array" : "object", key })),
    },
  ],
});
const takenId = (id: string) => ({
  error: "already_exists",
  code: "ALREADY_EXISTS",
  details: { id },
  retryable: false,
});
const times = <T>(make: (index: number) => T): T[] =>
  Array.from({ length: callers }, (_, index) => make(index));

let db: TestDatabase;
let processes: readonly ServerProcess[] = [];
let secretKey: string;
/** The organization's id and mode as the tables hold them, as SQL. */
let owner: string;

beforeAll(async () => {
  db = await createTestDatabase();
  processes = await Promise.all([1, 2].map(() => startServerProcess("api", { databaseUrl: db.url })));
}, startTimeoutMs);
afterAll(async () => {
  for (const one of processes) await one.kill("SIGKILL");
  await db.drop();
});
beforeEach(async () => {
  const organization = await createOrganization(db.database, { name: "Shop" });
  ({ secretKey } = organization);
  owner = `'${decodeId("organization", organization.organizationId)}', false`;
});

/** Calls go to the two processes in turn. */
async function send(
  { method, path, body }: Call,
  index = 0,
  headers: Record<string, string> = {},
): Promise<Answered> {
  const answer = await fetch(`${processes[index % 2]?.url}/api/v1${path}`, {
    method,
    headers: { Authorization: `Bearer ${secretKey}`, "Content-Type": "application/json", ...headers },
    body: JSON.stringify(body),
  });
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
}
const create = (path: string, body: Record<string, unknown>): Call => ({ method: "POST", path, body });
const made = async (path: string, body: Record<string, unknown>): Promise<string> =>
  String((await send(create(path, body))).body.id);

const waitingStatements = async (): Promise<string[]> => {
  const rows = await db.query<{ query: string }>(
    `select query from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
  );
  return rows.map(({ query }) => query);
};

function expectOneDone(answers: readonly Answered[], { calls, refusal }: Race): void {
  const done = calls[0]?.method === "POST" ? 201 : 200;
  expect(answers.filter(({ status }) => status === done)).toHaveLength(1);
  for (const [index, { status, body }] of answers.entries()) {
    if (status === done) continue;
    const expected = refusal(index);
    expect(status).toBe(expected.error === "already_exists" ? 409 : 422);
    expect(body).toMatchObject(expected);
    expect(body.issues).toEqual(expected.issues);
  }
}

const stamps = "now(), now()";
const races: Record<string, () => Race | Promise<Race>> = {
  "consumers created with one address": () => ({
    rival: `insert into consumers (id, organization_id, is_live, created_at, email)
            values ('${randomUUID()}', ${owner}, now(), 'ada@example.com')`,
    calls: times((index) =>
      create("/consumers", { email: index % 2 ? "ada@example.com" : "Ada@Example.com" }),
    ),
    waitsIn: /^insert into "consumers"/,
    refusal: () => taken("email"),
  }),
  "consumers changed to one address": async () => {
    const ids = await Promise.all(times((index) => made("/consumers", { name: `N${index}` })));
    return {
      rival: `insert into consumers (id, organization_id, is_live, created_at, email)
              values ('${randomUUID()}', ${owner}, now(), 'ada@example.com')`,
      calls: ids.map((id) => ({
        method: "PATCH",
        path: `/consumers/${id}`,
        body: { email: "ada@example.com" },
      })),
      waitsIn: /^update "consumers"/,
      refusal: () => taken("email"),
    };
  },
  "consumers created with one id": () => {
    const uuid = randomUUID();
    const id = encodeId("consumer", uuid);
    return {
      rival: `insert into consumers (id, organization_id, is_live, created_at) values ('${uuid}', ${owner}, now())`,
      calls: times((index) => create("/consumers", { id, name: `N${index}` })),
      waitsIn: /^insert into "consumers"/,
      refusal: () => takenId(id),
    };
  },
  "API keys created with one name": () => ({
    rival: `insert into api_keys (id, organization_id, is_live, kind, name, scopes, created_at, updated_at)
            values ('${randomUUID()}', ${owner}, 'secret', 'Same', '{}', ${stamps})`,
    calls: times(() => create("/api-keys", { name: "Same", kind: "secret" })),
    waitsIn: /^insert into "api_keys"/,
    refusal: () => taken("name"),
  }),
  "experiences created with one name": () => ({
    rival: `insert into experiences (id, organization_id, is_live, name, time_zone, created_at, updated_at)
            values ('${randomUUID()}', ${owner}, 'Same', 'UTC', ${stamps})`,
    calls: times(() => create("/experiences", { name: "Same" })),
    waitsIn: /^insert into "experiences"/,
    refusal: () => taken("name"),
  }),
  "experiences created with one slug": () => ({
    rival: `insert into experiences (id, organization_id, is_live, name, slug, time_zone, created_at, updated_at)
            values ('${randomUUID()}', ${owner}, 'Rival', 'same', 'UTC', ${stamps})`,
    calls: times((index) => create("/experiences", { name: `N${index}`, slug: "same" })),
    waitsIn: /^insert into "experiences"/,
    refusal: () => taken("slug"),
  }),
  "experiences created with one id": () => {
    const uuid = randomUUID();
    const id = encodeId("experience", uuid);
    return {
      rival: `insert into owners (id, kind, organization_id, is_live) values ('${uuid}', 'experience', ${owner})`,
      calls: times((index) => create("/experiences", { id, name: `N${index}` })),
      waitsIn: /^insert into "owners"/,
      refusal: () => takenId(id),
    };
  },
  "sequences changed to one name": async () => {
    const experienceId = await made("/experiences", { name: "Home" });
    const names = ["Rival", ...times((index) => `N${index}`)];
    const [rivalId = "", ...ids] = await Promise.all(
      names.map((name) => made("/sequences", { experienceId, name })),
    );
    return {
      rival: `update sequences set name = 'Same' where id = '${decodeId("sequence", rivalId)}'`,
      calls: ids.map((id) => ({ method: "PATCH", path: `/sequences/${id}`, body: { name: "Same" } })),
      waitsIn: /^update "sequences"/,
      refusal: () => taken("name"),
    };
  },
  "products and variants created with one SKU": async () => {
    const rivalId = decodeId("product", await made("/products", { name: "Rival", sku: "R" }));
    return {
      rival: `insert into skus (organization_id, is_live, sku, product_id) values (${owner}, 'SAME', '${rivalId}')`,
      calls: times((index) =>
        create(
          "/products",
          index % 2 === 0
            ? { name: "Boot", sku: "SAME" }
            : { name: "Boot", sku: `P${index}`, variants: [{ name: "V", sku: "SAME" }] },
        ),
      ),
      waitsIn: /^insert into "skus"/,
      refusal: (index) => (index % 2 === 0 ? taken("sku") : taken("variants", 0, "sku")),
    };
  },
  "queues created with one id": () => {
    const uuid = randomUUID();
    const id = encodeId("queue", uuid);
    return {
      rival: `insert into owners (id, kind, organization_id, is_live) values ('${uuid}', 'queue', ${owner})`,
      calls: times((index) => create("/queues", { id, name: `N${index}`, admitRate: 60 })),
      waitsIn: /^insert into "owners"/,
      refusal: () => takenId(id),
    };
  },
  "products created with one id": () => {
    const uuid = randomUUID();
    const id = encodeId("product", uuid);
    return {
      rival: `insert into owners (id, kind, organization_id, is_live) values ('${uuid}', 'product', ${owner})`,
      calls: times((index) => create("/products", { id, name: "Boot", sku: `P${index}` })),
      waitsIn: /^insert into "owners"/,
      refusal: () => takenId(id),
    };
  },
};

describe.each(Object.entries(races))("ten %s", (_, makeRace) => {
  it("are one and nine refusals, though each has passed its own check", async () => {
    const race = await makeRace();
    const rival = await holdLock(db, race.rival);
    const answering = Promise.all(race.calls.map((call, index) => send(call, index)));
    const waiting = await until(waitingStatements, (statements) => statements.length === callers);
    expect(waiting.filter((statement) => !race.waitsIn.test(statement))).toEqual([]);
    await rival.client.query("rollback");
    rival.client.release();
    expectOneDone(await answering, race);
  });

  it("are ten refusals where the rival is done", async () => {
    const race = await makeRace();
    const rival = await holdLock(db, race.rival);
    const answering = Promise.all(race.calls.map((call, index) => send(call, index)));
    await until(waitingStatements, (statements) => statements.length === callers);
    await rival.release();
    for (const [index, { body }] of (await answering).entries())
      expect(body).toMatchObject(race.refusal(index));
  });

  it("without a rival are one and nine refusals", async () => {
    const race = await makeRace();
    expectOneDone(await Promise.all(race.calls.map((call, index) => send(call, index))), race);
  });
});

it("ten sequences created with one name are one and nine refusals: they take turns at their experience", async () => {
  const experienceId = await made("/experiences", { name: "Home" });
  const calls = times(() => create("/sequences", { experienceId, name: "Same" }));
  const race: Race = { rival: "", calls, waitsIn: /^/, refusal: () => taken("name") };
  expectOneDone(await Promise.all(calls.map((call, index) => send(call, index))), race);
});

it("a create that loses at the index keeps its refusal under its Idempotency-Key, and nothing else of it", async () => {
  const call = create("/experiences", { name: "Same" });
  const rival = await holdLock(
    db,
    `insert into experiences (id, organization_id, is_live, name, time_zone, created_at, updated_at)
     values ('${randomUUID()}', ${owner}, 'Same', 'UTC', ${stamps})`,
  );
  const key = { "Idempotency-Key": randomUUID() };
  const answering = send(call, 0, key);
  await until(waitingStatements, ({ length }) => length === 1);
  await rival.release();
  const first = await answering;
  expect(first.body).toMatchObject(taken("name"));
  await db.query("update experiences set deleted_at = now() where name = 'Same'");
  expect(await send(call, 1, key)).toEqual(first);
  expect((await send(call, 1)).status).toBe(201);
});
