-- The first tables: organizations and their keys, experiences, sequences and queues, the line, admissions and sessions.

-- The one clock of every rule about time. Tests put another body in its place.
create function stanchion_now() returns timestamptz language sql volatile as 'select clock_timestamp()';

-- A UUIDv7: 48 bits of milliseconds, then random bits.
create function new_uuid(p_now timestamptz) returns uuid language sql volatile as $$
  select encode(
    set_bit(set_bit(
      overlay(uuid_send(gen_random_uuid())
        placing substring(int8send((extract(epoch from p_now) * 1000)::bigint) from 3) from 1 for 6),
      52, 1), 53, 1), 'hex')::uuid
$$;

create table organizations (
  id uuid primary key,
  name text not null,
  rate_limits jsonb,
  allowed_origins jsonb,
  created_at timestamptz not null
);

create table api_keys (
  id uuid primary key,
  organization_id uuid not null references organizations (id),
  is_live boolean not null,
  kind text not null check (kind in ('publishable', 'secret')),
  name text not null,
  key_hash bytea not null unique,
  expires_at timestamptz,
  revoked_at timestamptz,
  created_at timestamptz not null
);
create unique index api_keys_name_key on api_keys (organization_id, name) where revoked_at is null;

-- Whose an id is, for telling another organization's thing (403) from one that does not exist (404).
create table owners (
  id uuid not null,
  kind text not null,
  organization_id uuid not null references organizations (id),
  is_live boolean not null,
  deleted_at timestamptz,
  primary key (id, kind)
);

create table experiences (
  id uuid primary key,
  organization_id uuid not null references organizations (id),
  is_live boolean not null,
  name text not null,
  slug text,
  open_at timestamptz,
  close_at timestamptz,
  time_zone text not null,
  -- Made by a queue that came without a sequence; goes with it.
  is_implied boolean not null default false,
  version integer not null default 1,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  deleted_at timestamptz
);
create unique index experiences_name_key on experiences (organization_id, is_live, name) where deleted_at is null;
create unique index experiences_slug_key on experiences (organization_id, is_live, slug) where deleted_at is null;

create table sequences (
  id uuid primary key,
  organization_id uuid not null references organizations (id),
  is_live boolean not null,
  experience_id uuid not null references experiences (id),
  name text not null,
  priority integer not null default 0,
  is_implied boolean not null default false,
  version integer not null default 1,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  deleted_at timestamptz
);
create unique index sequences_name_key on sequences (experience_id, name) where deleted_at is null;

create table queues (
  id uuid primary key,
  organization_id uuid not null references organizations (id),
  is_live boolean not null,
  experience_id uuid not null references experiences (id),
  sequence_id uuid not null references sequences (id),
  name text not null,
  admit_rate integer not null check (admit_rate between 1 and 1000000),
  open_at timestamptz,
  close_at timestamptz,
  time_zone text not null,
  is_paused boolean not null default false,
  capacity integer,
  max_concurrent_admissions integer,
  max_admissions integer,
  admission_expiration_seconds integer not null,
  completion_grace_seconds integer not null,
  shuffle_before_open boolean not null default false,
  join_from timestamptz,
  entry_level text not null,
  require_fingerprint boolean not null,
  beacon jsonb,
  checkout_url text,
  version integer not null default 1,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  deleted_at timestamptz
);
create index queues_sequence on queues (sequence_id) where deleted_at is null;
create index queues_organization on queues (organization_id, is_live, id) where deleted_at is null;

-- The line, locked by whoever joins or leaves it. `departed` numbers those who left their rank without being called in order.
create table lines (
  queue_id uuid primary key,
  last_ticket bigint not null default 0,
  departed bigint not null default 0,
  -- Ended by the operator: everyone who still waited, up to this ticket, counts as denied.
  ended_ticket bigint,
  ended_at timestamptz,
  -- For openings in a drawn order: how many stood in the line at the opening, and the seed of their order.
  cohort_size bigint,
  shuffle_seed bytea
) with (fillfactor = 50);

-- What admits: locked by everything that raises the number of admitted.
create table line_controls (
  queue_id uuid primary key,
  now_serving bigint not null default 0,
  admitted_in_order bigint not null default 0,
  admitted_total bigint not null default 0,
  completed_total bigint not null default 0,
  returned_total bigint not null default 0,
  version bigint not null default 1,
  -- GCRA: the unix time in seconds from which the next admission is in time.
  next_admission_at double precision not null default 0,
  -- Admissions in each of the last 61 seconds; slot = unix second mod 61.
  seconds integer[] not null default array_fill(0, array[61]),
  counted_second bigint not null default 0,
  lease_owner uuid,
  lease_epoch bigint not null default 0,
  lease_until timestamptz
) with (fillfactor = 50);

create type entry_status as enum ('QUEUED', 'ADMITTED', 'COMPLETED', 'LEFT', 'EXPIRED', 'DENIED');

-- One row for each stay. No foreign keys: they cost the join more than the join itself.
create table entries (
  entry_id uuid primary key,
  queue_id uuid not null,
  consumer_id uuid not null,
  ticket bigint not null,
  ahead_at_entry bigint not null,
  departure bigint,
  entered_at timestamptz not null,
  ended_at timestamptz,
  status entry_status not null,
  wait_at_entry integer,
  level smallint not null default 0,
  is_blocked boolean not null default false,
  device bytea,
  idempotency_key bytea,
  request_id text not null,
  reason text
);
create unique index entries_queue_ticket_key on entries (queue_id, ticket);
create unique index entries_live_key on entries (queue_id, consumer_id) where status in ('QUEUED', 'ADMITTED');
create index entries_past on entries (queue_id, consumer_id, ticket) where status not in ('QUEUED', 'ADMITTED');
create index entries_departure on entries (queue_id, departure) where departure is not null;

create table admissions (
  admission_id uuid primary key,
  distribution_id uuid not null,
  entry_id uuid not null unique,
  consumer_id uuid not null,
  status entry_status not null,
  is_by_operator boolean not null default false,
  is_settled boolean not null default false,
  admitted_at timestamptz not null,
  expires_at timestamptz not null,
  -- From when on its place is free again.
  release_at timestamptz not null,
  completed_at timestamptz,
  order_id text
);
create index admissions_unsettled on admissions (distribution_id, release_at) where not is_settled;

create table consumers (
  id uuid primary key,
  organization_id uuid not null,
  is_live boolean not null,
  created_at timestamptz not null
);

-- A session family, from its first refresh on: before that it is inside its tokens only.
create table sessions (
  family_id uuid primary key,
  organization_id uuid not null,
  is_live boolean not null,
  consumer_id uuid not null,
  generation integer not null,
  rotated_at timestamptz not null,
  expires_at timestamptz not null,
  revoked_at timestamptz
);
create index sessions_revoked on sessions (revoked_at) where revoked_at is not null;

create table signing_keys (
  key_id text primary key,
  public_key jsonb not null,
  sealed_private_key bytea not null,
  created_at timestamptz not null,
  active_from timestamptz not null,
  retired_at timestamptz
);

create table idempotency_keys (
  scope bytea primary key,
  request_hash bytea not null,
  request_id text not null,
  status integer not null,
  headers jsonb not null,
  body text,
  -- Where the answer is made again from an entry that cannot change any more.
  entry_id uuid,
  created_at timestamptz not null
);
create index idempotency_keys_created on idempotency_keys (created_at);
