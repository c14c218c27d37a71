import {
  decodeId,
  encodeId,
  type OrganizationQuotas,
  type Quotas,
  type RateClass,
  type RateLimitInForce,
  type RateLimitOverrides,
  rateClassNames,
  rateLimitsInForce,
} from "@stanchion/contract";
import { hostAuthor, recordChangeBy } from "../platform/audit/index.ts";
import { type Database, withRetries } from "../platform/database/index.ts";
import { findQuotas, readQuotaUse, writeQuotas } from "../platform/quotas/index.ts";
import * as store from "./organization-store.ts";

/** What holds for one organization, as the host's command shows it. */
export interface HostLimits {
  readonly organizationId: string;
  readonly name: string;
  readonly rateLimits: Readonly<Record<RateClass, RateLimitInForce>>;
  /** Queues and people are counted in each mode by itself. */
  readonly quotas: Readonly<Record<"test" | "live", OrganizationQuotas>>;
}

/** What the host sets for one organization; null: what holds for all is to hold again. */
export interface LimitChange {
  readonly rateLimits?: Readonly<Partial<Record<RateClass, RateLimitOverrides[RateClass] | null>>>;
  readonly quotas?: Readonly<Partial<Quotas>>;
}

const namesakesMax = 10;

/** The organizations that are meant: the one with this id, or those with this name, at most ten. */
export async function findOrganizationsOnHost(database: Database, idOrName: string): Promise<string[]> {
  const id = decodeId("organization", idOrName);
  if (id === null) return store.findOrganizationsByName(database.kysely, idOrName, namesakesMax);
  return (await store.findOrganization(database.kysely, id)) === undefined ? [] : [id];
}

/** What holds for an organization now; `host` are the numbers of RATE_LIMITS. */
export async function readLimitsOnHost(
  database: Database,
  organizationId: string,
  host: RateLimitOverrides,
): Promise<HostLimits> {
  const row = await store.readOrganization(database.kysely, { organizationId });
  return {
    organizationId: encodeId("organization", row.id),
    name: row.name,
    rateLimits: rateLimitsInForce(host, store.overridesOf(row)),
    quotas: {
      test: await readQuotaUse(database.kysely, { organizationId, isLive: false }),
      live: await readQuotaUse(database.kysely, { organizationId, isLive: true }),
    },
  };
}

/**
 * Sets what the host grants to one organization. In effect in every process within two seconds, and on the record as the host's
 * doing. False: all of it held already.
 */
export async function changeLimitsOnHost(
  database: Database,
  organizationId: string,
  change: LimitChange,
): Promise<boolean> {
  return withRetries(() =>
    database.kysely.transaction().execute(async (transaction) => {
      const row = await store.lockOrganization(transaction, { organizationId });
      const before = {
        rateLimits: changedOverrides(store.overridesOf(row), {}),
        quotas: await findQuotas(transaction, organizationId),
      };
      const after = {
        rateLimits: changedOverrides(before.rateLimits, change.rateLimits ?? {}),
        quotas: { ...before.quotas, ...change.quotas },
      };
      if (JSON.stringify(before) === JSON.stringify(after)) return false;
      await store.updateOrganization(transaction, organizationId, {
        rateLimits: after.rateLimits === null ? null : JSON.stringify(after.rateLimits),
        updatedAt: new Date(),
      });
      await writeQuotas(transaction, organizationId, after.quotas);
      // Limits belong to no mode: like what happens to members they stand in the log of test.
      await recordChangeBy(transaction, hostAuthor({ organizationId, isLive: false }), {
        action: "organization.limited",
        target: encodeId("organization", organizationId),
        before,
        after,
      });
      return true;
    }),
  );
}

/** The overrides with the changes in them, the classes in the order of their table; null: none is left. */
function changedOverrides(
  present: RateLimitOverrides | null,
  change: NonNullable<LimitChange["rateLimits"]>,
): RateLimitOverrides | null {
  const changed: RateLimitOverrides = {};
  for (const name of rateClassNames) {
    const rule = change[name] === undefined ? present?.[name] : change[name];
    if (rule) changed[name] = { limit: rule.limit, windowSeconds: rule.windowSeconds };
  }
  return Object.keys(changed).length === 0 ? null : changed;
}
