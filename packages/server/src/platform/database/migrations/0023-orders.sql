-- Orders: what the shop's checkout reports of who bought what; and the hooks by which shop systems report by themselves.

create table orders (
  id uuid primary key,
  organization_id uuid not null references organizations (id),
  is_live boolean not null,
  status text not null check (status in ('PENDING', 'PAID', 'CANCELLED', 'REFUND_NEEDED')),
  -- Who bought; no foreign keys, since consumers and entries have none.
  admission_id uuid,
  distribution_id uuid,
  distribution_kind text check (distribution_kind in ('queue', 'draw')),
  consumer_id uuid,
  external_id text,
  items jsonb not null default '[]',
  total text,
  currency text,
  reason text,
  refund_reason text,
  metadata jsonb not null default '{}',
  paid_at timestamptz,
  cancelled_at timestamptz,
  version integer not null default 1,
  created_at timestamptz not null,
  updated_at timestamptz not null
);
create unique index orders_external_id_key on orders (organization_id, is_live, external_id) where external_id is not null;
create index orders_newest on orders (organization_id, is_live, created_at desc, id desc);
create index orders_consumer on orders (organization_id, is_live, consumer_id) where consumer_id is not null;
create index orders_admission on orders (admission_id) where admission_id is not null;

create table hooks (
  -- 128 random bits: whoever does not know it has nothing to call.
  id uuid primary key,
  organization_id uuid not null references organizations (id),
  is_live boolean not null,
  source text not null check (source in ('hmac', 'shopify', 'stripe')),
  description text,
  -- Sealed under the server's secret: signatures are checked with them.
  secret bytea not null,
  previous_secret bytea,
  previous_secret_ends_at timestamptz,
  version integer not null default 1,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  deleted_at timestamptz
);
create index hooks_organization on hooks (organization_id, is_live, id) where deleted_at is null;

-- What was received, by the sender's own id of it: what is sent again is answered as it was and does nothing.
create table hook_events (
  hook_id uuid not null,
  event_id text not null,
  organization_id uuid not null,
  topic text not null,
  result text not null,
  order_id uuid,
  received_at timestamptz not null,
  primary key (hook_id, event_id)
);
create index hook_events_age on hook_events (received_at);

select stanchion_guard(name::regclass, 'organization_id = stanchion_organization()')
from unnest(array['orders', 'hooks', 'hook_events']) as name;
