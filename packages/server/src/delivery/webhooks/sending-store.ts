import type { WebhookAttempt, WebhookEndpoint } from "@stanchion/contract";
import type pg from "pg";

/** An endpoint that this worker alone sends to, as it is now. */
export interface LeasedEndpoint {
  readonly endpointId: string;
  readonly organizationId: string;
  readonly isLive: boolean;
  readonly url: string;
  readonly maxPerMinute: number;
  readonly maxPerBatch: number;
  readonly secret: Buffer;
  readonly previousSecret: Buffer | null;
  readonly failingSince: Date | null;
  /** Has the host bounded how much goes out in the organization's name? */
  readonly isCounted: boolean;
}

/** One delivery that is due. */
export interface DueDelivery {
  readonly ordinal: number;
  readonly eventId: string;
  readonly lane: string;
  readonly body: string;
  readonly tries: number;
  readonly attempts: WebhookAttempt[];
}

/**
 * Takes the endpoints that something is due for and nobody else sends to, and keeps those that are named. Endpoints with
 * something waiting are found by skipping through the index, however much waits for each.
 */
export async function leaseEndpoints(
  pool: pg.Pool,
  workerId: string,
  kept: readonly string[],
  { leaseSeconds, most }: { leaseSeconds: number; most: number },
): Promise<LeasedEndpoint[]> {
  const { rows } = await pool.query<LeasedEndpoint>({
    name: "lease_webhook_endpoints",
    text: `with recursive waiting as (
      (select endpoint_id from webhook_deliveries where status = 'PENDING' order by endpoint_id limit 1)
      union all
      select (select d.endpoint_id from webhook_deliveries d
        where d.status = 'PENDING' and d.endpoint_id > w.endpoint_id order by d.endpoint_id limit 1)
      from waiting w where w.endpoint_id is not null
    ), wanted as (
      select w.endpoint_id from waiting w where w.endpoint_id is not null and exists (
        select from webhook_deliveries d
        where d.endpoint_id = w.endpoint_id and d.status = 'PENDING' and d.due_at <= stanchion_now())
      union select unnest($2::uuid[])
    ), leased as (
      insert into webhook_leases as l (endpoint_id, organization_id, owner, lease_until)
      select e.id, e.organization_id, $1, stanchion_now() + make_interval(secs => $3)
      from wanted join webhook_endpoints e on e.id = wanted.endpoint_id
      where e.disabled_at is null and e.deleted_at is null order by e.id limit $4
      on conflict (endpoint_id) do update set owner = excluded.owner, lease_until = excluded.lease_until
      where l.owner = excluded.owner or l.lease_until < stanchion_now()
      returning l.endpoint_id
    )
    select e.id as "endpointId", e.organization_id as "organizationId", e.is_live as "isLive", e.url,
      e.max_per_minute as "maxPerMinute", e.max_per_batch as "maxPerBatch", e.secret, e.failing_since as "failingSince",
      case when e.previous_secret_ends_at > stanchion_now() then e.previous_secret end as "previousSecret",
      coalesce(q.deliveries is not null, false) as "isCounted"
    from leased join webhook_endpoints e on e.id = leased.endpoint_id
    left join organization_quotas q on q.organization_id = e.organization_id`,
    values: [workerId, kept, leaseSeconds, most],
  });
  return rows;
}

/** Gives the leases of these endpoints back, or of all that the worker has. */
export async function releaseEndpoints(
  pool: pg.Pool,
  workerId: string,
  endpointIds?: readonly string[],
): Promise<void> {
  await pool.query(
    `update webhook_leases set lease_until = '-infinity' where owner = $1 and ($2::uuid[] is null or endpoint_id = any ($2))`,
    [workerId, endpointIds ?? null],
  );
}

/** What is due for an endpoint, but for what is in hand: the earliest first, of one moment in their order. */
export async function readDue(
  pool: pg.Pool,
  endpointId: string,
  inHand: readonly number[],
  most: number,
): Promise<DueDelivery[]> {
  const { rows } = await pool.query<DueDelivery>({
    name: "read_due_webhooks",
    text: `select ordinal, event_id as "eventId", lane, body, tries, attempts from webhook_deliveries
      where endpoint_id = $1 and status = 'PENDING' and due_at <= stanchion_now() and ordinal <> all ($2::bigint[])
      order by due_at, ordinal limit $3`,
    values: [endpointId, inHand, most],
  });
  return rows;
}

/**
 * How many of so many the endpoint may be sent within its minute, which begins with the first; they are counted as sent. None
 * where the lease is another worker's by now.
 */
export async function grantSends(
  pool: pg.Pool,
  workerId: string,
  endpoint: Pick<LeasedEndpoint, "endpointId" | "maxPerMinute">,
  wanted: number,
): Promise<number> {
  const { rows } = await pool.query<{ granted: number }>({
    name: "grant_webhooks",
    text: `with held as (
      select endpoint_id, stanchion_now() as now, window_ends_at,
        case when window_ends_at > stanchion_now() then window_used else 0 end as used
      from webhook_leases where endpoint_id = $1 and owner = $2 and lease_until > stanchion_now() for update
    ), grants as (
      select *, greatest(0, least($3::integer, $4::integer - used)) as granted from held
    )
    update webhook_leases l set window_used = g.used + g.granted,
      window_ends_at = case when g.window_ends_at > g.now then g.window_ends_at else g.now + interval '1 minute' end
    from grants g where l.endpoint_id = g.endpoint_id and g.granted > 0 returning g.granted`,
    values: [endpoint.endpointId, workerId, wanted, endpoint.maxPerMinute],
  });
  return rows[0]?.granted ?? 0;
}

/** What becomes of a delivery by an attempt: it is over, or due again in so many seconds. */
export type Verdict =
  | { readonly status: "DELIVERED" | "FAILED" }
  | { readonly status: "PENDING"; readonly waitSeconds: number };

export async function noteAttempt(
  pool: pg.Pool,
  { ordinal, tries }: DueDelivery,
  attempts: readonly WebhookAttempt[],
  verdict: Verdict,
): Promise<void> {
  await pool.query({
    name: "note_webhook",
    text: `update webhook_deliveries set tries = tries + 1, attempts = $3, status = $4,
        due_at = stanchion_now() + make_interval(secs => $5)
      where ordinal = $1 and status = 'PENDING' and tries = $2`,
    values: [
      ordinal,
      tries,
      JSON.stringify(attempts),
      verdict.status,
      verdict.status === "PENDING" ? verdict.waitSeconds : 0,
    ],
  });
}

/** Puts a delivery off that was not tried. */
export async function postpone(pool: pg.Pool, ordinal: number, until: Date): Promise<void> {
  await pool.query(`update webhook_deliveries set due_at = $2 where ordinal = $1 and status = 'PENDING'`, [
    ordinal,
    until,
  ]);
}

/** Notes that something went through, or nothing does; answers since when nothing has. */
export async function noteHealth(pool: pg.Pool, endpointId: string, isWell: boolean): Promise<Date | null> {
  const { rows } = await pool.query<{ failingSince: Date | null }>(
    `update webhook_endpoints set failing_since = case when $2 then null else coalesce(failing_since, stanchion_now()) end
     where id = $1 returning failing_since as "failingSince"`,
    [endpointId, isWell],
  );
  return rows[0]?.failingSince ?? null;
}

export async function readNow(pool: pg.Pool): Promise<Date> {
  const { rows } = await pool.query<{ now: Date }>("select stanchion_now() as now");
  return rows[0]?.now ?? new Date();
}

export type DisabledReason = NonNullable<WebhookEndpoint["disabledReason"]>;
