import { uuidFromBytes } from "@stanchion/contract";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createLog } from "../platform/log.ts";
import { newUuidBytes } from "../platform/randomness.ts";
import { createTestDatabase, type TestDatabase } from "../testing/index.ts";
import { type Revocations, watchRevocations } from "./revocations.ts";

let db: TestDatabase;
let revocations: Revocations;
beforeAll(async () => {
  db = await createTestDatabase();
  revocations = await watchRevocations(db.database, createLog("silent"));
});
afterAll(async () => {
  revocations.close();
  await db.drop();
});

const newId = (): Uint8Array => newUuidBytes(Date.now());
const tenantOf = (organization: Uint8Array, isLive = false) =>
  ({ organizationId: uuidFromBytes(organization), isLive }) as Parameters<Revocations["has"]>[0];
const claimsOf = (family: Uint8Array, consumer: Uint8Array) => ({
  familyBytes: Buffer.from(family),
  consumerBytes: Buffer.from(consumer),
});

it("know a session that was ended, and a consumer that was deleted where it was", () => {
  const [organization, other, family, consumer] = [newId(), newId(), newId(), newId()];
  const tenant = tenantOf(organization);
  expect(revocations.has(tenant, claimsOf(family, consumer))).toBe(false);
  revocations.addFamily(uuidFromBytes(family));
  expect(revocations.has(tenant, claimsOf(family, newId()))).toBe(true);
  revocations.addConsumer({
    id: uuidFromBytes(consumer),
    organizationId: uuidFromBytes(organization),
    isLive: false,
  });
  expect(revocations.has(tenant, claimsOf(newId(), consumer))).toBe(true);
  expect(revocations.has(tenantOf(other), claimsOf(newId(), consumer))).toBe(false);
  expect(revocations.has(tenantOf(organization, true), claimsOf(newId(), consumer))).toBe(false);
  expect(revocations.has(tenant, claimsOf(newId(), newId()))).toBe(false);
});

it("tell ids apart whose last bytes are the same", () => {
  const family = newId();
  const alike = Uint8Array.from(family);
  alike[8] = (alike[8] ?? 0) ^ 1;
  revocations.addFamily(uuidFromBytes(family));
  expect(revocations.has(tenantOf(newId()), claimsOf(alike, newId()))).toBe(false);
});
