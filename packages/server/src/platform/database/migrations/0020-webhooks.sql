-- Webhooks: where the shop's own systems are told what happened, what was sent to them, and what waits to be sent.

create table webhook_endpoints (
  id uuid primary key,
  organization_id uuid not null references organizations (id),
  is_live boolean not null,
  url text not null,
  events text[] not null,
  description text,
  max_per_minute integer not null,
  -- Sealed under the server's secret: they sign.
  secret bytea not null,
  previous_secret bytea,
  previous_secret_ends_at timestamptz,
  disabled_at timestamptz,
  disabled_reason text,
  -- Since when nothing has gone through.
  failing_since timestamptz,
  version integer not null default 1,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  deleted_at timestamptz
);
create index webhook_endpoints_organization on webhook_endpoints (organization_id, is_live, id) where deleted_at is null;

-- Which types somebody is told of: a row for each organization and mode that has endpoints. What nobody is told of is not noted.
create table event_subscriptions (
  organization_id uuid not null references organizations (id),
  is_live boolean not null,
  types text[] not null,
  primary key (organization_id, is_live)
);

-- What happened, noted in the transaction that made it happen, until the relay has handed it on.
create table events (
  position bigint generated always as identity primary key,
  id uuid not null,
  organization_id uuid not null,
  is_live boolean not null,
  -- Null: of what is no draw's or line's.
  distribution_id uuid,
  type text not null,
  data text not null,
  occurred_at timestamptz not null
);

-- How many events of a draw or line an endpoint has been sent: they are numbered without gaps.
create table webhook_sequences (
  organization_id uuid not null,
  endpoint_id uuid not null,
  distribution_id uuid not null,
  last_number bigint not null,
  primary key (endpoint_id, distribution_id)
) with (fillfactor = 50);

create table webhook_deliveries (
  ordinal bigint generated always as identity primary key,
  id uuid not null,
  organization_id uuid not null,
  endpoint_id uuid not null,
  event_id uuid not null,
  type text not null,
  -- First attempts of one lane go out one after the other: the draw or line, else the event alone.
  lane uuid not null,
  -- What is sent, byte for byte, on every attempt.
  body text not null,
  status text not null check (status in ('PENDING', 'DELIVERED', 'FAILED')),
  -- Since it was made, or was to be delivered again.
  tries integer not null default 0,
  attempts jsonb not null default '[]',
  due_at timestamptz not null,
  created_at timestamptz not null
) with (fillfactor = 70);
create unique index webhook_deliveries_id_key on webhook_deliveries (id);
create index webhook_deliveries_due on webhook_deliveries (endpoint_id, due_at, ordinal) where status = 'PENDING';
create index webhook_deliveries_newest on webhook_deliveries (endpoint_id, created_at desc, id desc);
create index webhook_deliveries_age on webhook_deliveries (created_at);

-- Which worker sends to an endpoint, and how much it has sent within the minute.
create table webhook_leases (
  endpoint_id uuid primary key,
  organization_id uuid not null,
  owner uuid not null,
  lease_until timestamptz not null,
  window_ends_at timestamptz,
  window_used integer not null default 0
) with (fillfactor = 50);

select stanchion_guard(name::regclass, 'organization_id = stanchion_organization()')
from unnest(array[
  'webhook_endpoints', 'event_subscriptions', 'events', 'webhook_sequences', 'webhook_deliveries', 'webhook_leases'
]) as name;
