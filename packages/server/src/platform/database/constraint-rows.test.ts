import { randomUUID } from "node:crypto";
import { type ErrorCode, encodeId } from "@stanchion/contract";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../testing/index.ts";
import { constraintRows, neededColumns } from "./constraint-rows.ts";
import { translateDatabaseError } from "./database-errors.ts";

type Values = Record<string, unknown>;

const now = new Date();
const ids = {
  organization: randomUUID(),
  apiKey: randomUUID(),
  experience: randomUUID(),
  sequence: randomUUID(),
  queue: randomUUID(),
  draw: randomUUID(),
  consumer: randomUUID(),
  product: randomUUID(),
  variant: randomUUID(),
  webhookEndpoint: randomUUID(),
  order: randomUUID(),
};
const owned = { organization_id: ids.organization, is_live: false };
const stamped = { ...owned, created_at: now, updated_at: now };

/** One good row of each table that a caller's values go into, in the order in which they can be inserted. */
const rows: Record<string, Values> = {
  organizations: { id: ids.organization, name: "Shop", created_at: now, updated_at: now },
  api_keys: { id: ids.apiKey, ...stamped, kind: "secret", name: "Key", scopes: [] },
  owners: { id: ids.experience, kind: "experience", ...owned },
  experiences: { id: ids.experience, ...stamped, name: "Summer", slug: "summer", time_zone: "UTC" },
  sequences: { id: ids.sequence, ...stamped, experience_id: ids.experience, name: "First" },
  queues: {
    id: ids.queue,
    ...stamped,
    experience_id: ids.experience,
    sequence_id: ids.sequence,
    name: "Drop",
    admit_rate: 60,
    time_zone: "UTC",
    admission_expiration_seconds: 600,
    completion_grace_seconds: 120,
    entry_level: "guest",
    require_fingerprint: false,
  },
  draws: {
    id: ids.draw,
    ...stamped,
    experience_id: ids.experience,
    sequence_id: ids.sequence,
    name: "Draw",
    close_at: now,
    draw_at: now,
    winner_count: 1,
    admission_expiration_seconds: 600,
    completion_grace_seconds: 120,
    backfill: false,
    entry_level: "guest",
    require_fingerprint: false,
    beacon: { kind: "none" },
    sealed_seed: Buffer.from("seed"),
    commitment: Buffer.from("commitment"),
    rules: "{}",
    rules_hash: Buffer.from("hash"),
  },
  draw_entries: {
    entry_id: randomUUID(),
    draw_id: ids.draw,
    consumer_id: ids.consumer,
    number: 1,
    level: 0,
    subject: Buffer.from("subject"),
    entered_at: now,
    status: "ENTERED",
    request_id: "req_1",
  },
  consumers: { id: ids.consumer, ...owned, email: "ada@example.com", created_at: now },
  entries: {
    entry_id: randomUUID(),
    queue_id: ids.queue,
    consumer_id: ids.consumer,
    ticket: 1,
    ahead_at_entry: 0,
    entered_at: now,
    status: "QUEUED",
    request_id: "req_1",
  },
  products: {
    id: ids.product,
    ...stamped,
    name: "Boot",
    sku: "B",
    price: "1.00",
    currency: "EUR",
    status: "ACTIVE",
  },
  variants: { id: ids.variant, ...owned, product_id: ids.product, ordinal: 0, name: "42", sku: "B-42" },
  skus: { ...owned, sku: "B", product_id: ids.product },
  webhook_endpoints: {
    id: ids.webhookEndpoint,
    ...stamped,
    url: "https://shop.example/hooks",
    events: ["queue.paused"],
    max_per_minute: 1_000,
    max_per_batch: 1,
    secret: Buffer.from("secret"),
  },
  orders: { id: ids.order, ...stamped, status: "PENDING", external_id: "1001" },
  hooks: { id: randomUUID(), ...stamped, source: "stripe", secret: Buffer.from("secret") },
  member_invitations: {
    id: randomUUID(),
    organization_id: ids.organization,
    email: "ada@example.com",
    role: "editor",
    token_hash: Buffer.from("hash"),
    created_at: now,
    expires_at: now,
  },
};

interface Expected {
  readonly code: ErrorCode;
  readonly type?: string;
  readonly path?: readonly unknown[];
  readonly details?: Values;
}

const invalid = (type: string, ...path: unknown[]): Expected => ({ code: "VALIDATION_ERROR", type, path });
const exists = (id: string): Expected => ({ code: "ALREADY_EXISTS", details: { id } });

/** For each constraint that a caller can reach: the change to a good row that violates it, and the contract's answer. */
const violations: Record<string, [table: string, change: Values, expected: Expected]> = {
  api_keys_name_key: ["api_keys", { id: randomUUID() }, invalid("unique", "name")],
  api_keys_pkey: ["api_keys", { name: "Other" }, exists(encodeId("apiKey", ids.apiKey))],
  consumers_email_check: ["consumers", { id: randomUUID(), email: "A@b.c" }, invalid("pattern", "email")],
  consumers_email_key: ["consumers", { id: randomUUID() }, invalid("unique", "email")],
  consumers_pkey: ["consumers", { email: null }, exists(encodeId("consumer", ids.consumer))],
  draw_entries_live_key: [
    "draw_entries",
    { entry_id: randomUUID(), number: 2 },
    { code: "ALREADY_REGISTERED" },
  ],
  draws_experience_id_fkey: [
    "draws",
    { id: randomUUID(), experience_id: randomUUID() },
    invalid("reference", "sequenceId"),
  ],
  draws_pkey: ["draws", {}, exists(encodeId("draw", ids.draw))],
  draws_sequence_id_fkey: [
    "draws",
    { id: randomUUID(), sequence_id: randomUUID() },
    invalid("reference", "sequenceId"),
  ],
  draws_winner_count_check: [
    "draws",
    { id: randomUUID(), winner_count: 0 },
    invalid("min_value", "winnerCount"),
  ],
  entries_live_key: ["entries", { entry_id: randomUUID(), ticket: 2 }, { code: "ALREADY_IN_QUEUE" }],
  experiences_name_key: ["experiences", { id: randomUUID(), slug: null }, invalid("unique", "name")],
  experiences_pkey: [
    "experiences",
    { name: "Other", slug: null },
    exists(encodeId("experience", ids.experience)),
  ],
  experiences_slug_key: ["experiences", { id: randomUUID(), name: "Other" }, invalid("unique", "slug")],
  member_invitations_email_key: [
    "member_invitations",
    { id: randomUUID(), token_hash: Buffer.from("2") },
    invalid("unique", "email"),
  ],
  owners_pkey: ["owners", {}, exists(encodeId("experience", ids.experience))],
  products_currency_check: [
    "products",
    { id: randomUUID(), currency: "euro" },
    invalid("format", "currency"),
  ],
  products_pkey: ["products", {}, exists(encodeId("product", ids.product))],
  products_price_check: ["products", { id: randomUUID(), price: "1,5" }, invalid("pattern", "price")],
  products_status_check: ["products", { id: randomUUID(), status: "SOLD" }, invalid("enum", "status")],
  queues_when_sold_out_check: [
    "queues",
    { id: randomUUID(), when_sold_out: "never" },
    invalid("enum", "whenSoldOut"),
  ],
  queues_admit_rate_check: [
    "queues",
    { id: randomUUID(), admit_rate: 1_000_001 },
    invalid("max_value", "admitRate"),
  ],
  queues_experience_id_fkey: [
    "queues",
    { id: randomUUID(), experience_id: randomUUID() },
    invalid("reference", "sequenceId"),
  ],
  queues_pkey: ["queues", {}, exists(encodeId("queue", ids.queue))],
  queues_sequence_id_fkey: [
    "queues",
    { id: randomUUID(), sequence_id: randomUUID() },
    invalid("reference", "sequenceId"),
  ],
  sequences_experience_id_fkey: [
    "sequences",
    { id: randomUUID(), experience_id: randomUUID() },
    invalid("reference", "experienceId"),
  ],
  sequences_name_key: ["sequences", { id: randomUUID() }, invalid("unique", "name")],
  sequences_pkey: ["sequences", { name: "Other" }, exists(encodeId("sequence", ids.sequence))],
  skus_pkey: ["skus", {}, invalid("unique", "sku")],
  hooks_source_check: ["hooks", { id: randomUUID(), source: "mail" }, invalid("enum", "source")],
  orders_external_id_key: ["orders", { id: randomUUID() }, invalid("unique", "externalId")],
  orders_pkey: ["orders", { external_id: null }, exists(encodeId("order", ids.order))],
  webhook_endpoints_pkey: ["webhook_endpoints", {}, exists(encodeId("webhookEndpoint", ids.webhookEndpoint))],
  variants_pkey: ["variants", {}, exists(encodeId("variant", ids.variant))],
  variants_price_check: ["variants", { id: randomUUID(), price: "free" }, invalid("pattern", "variants")],
};

/** Deletes that a foreign key forbids, by its constraint. */
const deletions: Record<string, string> = {
  sequences_experience_id_fkey: "delete from experiences",
  queues_sequence_id_fkey: "delete from sequences",
};

const needed = Object.entries(neededColumns).flatMap(([table, columns]) =>
  columns === "ours"
    ? []
    : Object.entries(columns).flatMap(([column, field]) =>
        field === null ? [] : [{ table, column, field }],
      ),
);

describe("a violated constraint", () => {
  let db: TestDatabase;
  beforeAll(async () => {
    db = await createTestDatabase();
    for (const [table, values] of Object.entries(rows)) await insert(table, values);
  });
  afterAll(() => db.drop());

  const insert = (table: string, values: Values): Promise<unknown> => {
    const columns = Object.keys(values);
    const places = columns.map((_, index) => `$${index + 1}`);
    return db.query(`insert into ${table} (${columns}) values (${places})`, Object.values(values));
  };
  const failureOf = async (query: Promise<unknown>): Promise<{ code?: string; constraint?: string }> => {
    try {
      await query;
    } catch (error) {
      return error as { code?: string; constraint?: string };
    }
    throw new Error("the database took it");
  };
  const expectAnswer = (failure: unknown, expected: Expected): void => {
    const error = translateDatabaseError(failure);
    expect(error?.code).toBe(expected.code);
    if (expected.details !== undefined) expect(error?.details).toEqual(expected.details);
    if (expected.type === undefined) return;
    expect(error?.issues.map(({ type, path }) => [type, ...path.map(({ key }) => key)])).toEqual([
      [expected.type, ...(expected.path ?? [])],
    ]);
  };

  it.each(Object.entries(violations))("%s is the row of the contract", async (name, violation) => {
    const [table, change, expected] = violation;
    const failure = await failureOf(insert(table, { ...rows[table], ...change }));
    expect(failure.constraint).toBe(name);
    expectAnswer(failure, expected);
  });

  it("that is unique has the contract's very words", async () => {
    const failure = await failureOf(insert("consumers", { ...rows.consumers, id: randomUUID() }));
    expect(translateDatabaseError(failure)?.issues).toEqual([
      {
        kind: "validation",
        type: "unique",
        expected: "unique_value",
        received: "duplicate_value",
        message: "validation.unique",
        path: [{ type: "object", key: "email" }],
      },
    ]);
  });

  it.each(needed)(
    "of $table.$column not to be null is required of $field",
    async ({ table, column, field }) => {
      const failure = await failureOf(insert(table, { ...rows[table], id: randomUUID(), [column]: null }));
      expect(failure.code).toBe("23502");
      expectAnswer(failure, invalid("required", field));
    },
  );

  it.each(Object.entries(deletions))(
    "%s is RESOURCE_IN_USE where something is deleted",
    async (name, text) => {
      const failure = await failureOf(db.query(text));
      expect(failure.constraint).toBe(name);
      expect(translateDatabaseError(failure, { isDeleting: true })).toMatchObject({
        code: "RESOURCE_IN_USE",
        details: { usedBy: name.split("_")[0], hint: `Delete its ${name.split("_")[0]} first.` },
      });
    },
  );

  it("that no request can reach is our own bug", async () => {
    const secret = { api_key_id: ids.apiKey, key_hash: Buffer.from("hash"), created_at: now, ends_at: now };
    await insert("api_key_secrets", { id: randomUUID(), ...secret });
    const failure = await failureOf(insert("api_key_secrets", { id: randomUUID(), ...secret }));
    expect(failure.constraint).toBe("api_key_secrets_key_hash_key");
    expect(translateDatabaseError(failure)).toBeNull();
    expect(
      translateDatabaseError(await failureOf(insert("owners", { ...rows.owners, kind: null }))),
    ).toBeNull();
  });

  it("is violated here for every row that a caller can reach", () => {
    const reachable = Object.entries(constraintRows).flatMap(([name, row]) =>
      row.kind === "ours" ? [] : [name],
    );
    expect(Object.keys(violations).sort()).toEqual(reachable.sort());
  });
});
