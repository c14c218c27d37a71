import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../testing/index.ts";
import type { ApiError } from "../errors/index.ts";
import { newUuid } from "../randomness.ts";
import { createSecrets } from "../secrets.ts";
import { runIdempotently } from "./run-idempotently.ts";

const serverSecret = "a secret of the tests, long enough to be one";
const given = "sk_test_shown_once";

describe("an answer that holds a secret", () => {
  let db: TestDatabase;
  beforeAll(async () => {
    db = await createTestDatabase();
  });
  afterAll(() => db.drop());

  let runs = 0;
  const ask = (key: string, tenant: { organizationId: string; isLive: boolean }, secret = serverSecret) =>
    db.database.kysely.transaction().execute((transaction) =>
      runIdempotently(
        transaction,
        {
          key,
          host: { publicUrl: null, secrets: createSecrets(secret) },
          call: { operation: "createSecret", tenant, callerId: "key", requestId: "req_first", request: "{}" },
        },
        async () => {
          runs += 1;
          return {
            status: 201,
            body: `{"secret":"${given}"}`,
            headers: ["Location", "/x"],
            holdsSecret: true,
          };
        },
        (_error): _error is ApiError => false,
      ),
    );
  const newTenant = () => ({ organizationId: newUuid(Date.now()), isLive: false });

  it("is replayed byte for byte, and made once", async () => {
    const tenant = newTenant();
    runs = 0;
    const [first, again] = [await ask("the key", tenant), await ask("the key", tenant)];
    expect(runs).toBe(1);
    expect(again).toMatchObject({ status: 201, body: first.body, replayedRequestId: "req_first" });
    expect(again.headers).toEqual(["Location", "/x", "Idempotent-Replayed", "true"]);
  });

  it("stands nowhere in the database, and neither does its key", async () => {
    await ask("a key of the caller", newTenant());
    const rows = await db.query<{ row: string; sealed: Buffer | null }>(
      "select k::text as row, sealed_body as sealed from idempotency_keys k",
    );
    expect(rows.length).toBeGreaterThan(0);
    for (const { row, sealed } of rows)
      for (const text of [row, sealed?.toString("latin1") ?? ""]) {
        expect(text).not.toContain(given);
        expect(text).not.toContain("a key of the caller");
      }
    expect(
      await db.query("select from idempotency_keys where body is not null or sealed_body is null"),
    ).toEqual([]);
  });

  it("cannot be opened by who has the table and another server's secret", async () => {
    const tenant = newTenant();
    await ask("the key", tenant);
    await expect(ask("the key", tenant, "the secret of another server, long enough")).rejects.toThrow();
  });
});
