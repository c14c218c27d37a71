-- The audit log: who changed what, chained by hashes for each organization and mode, so that a row that was removed,
-- changed or moved shows.

create table audit_chains (
  id bigint generated always as identity primary key,
  -- Null: the server's own chain. No foreign key: a log outlives what it tells of.
  organization_id uuid,
  is_live boolean,
  -- The head, kept apart from the rows: one that is removed at the end shows.
  last_number bigint not null default 0,
  last_hash bytea not null default decode(repeat('00', 32), 'hex'),
  -- Rows up to here were over their time and are forgotten; the chain begins behind this hash.
  forgotten_number bigint not null default 0,
  forgotten_hash bytea not null default decode(repeat('00', 32), 'hex'),
  constraint audit_chains_owner_key unique nulls not distinct (organization_id, is_live)
) with (fillfactor = 50);

create table audit_records (
  chain_id bigint not null,
  number bigint not null,
  record_id uuid not null,
  recorded_at timestamptz(3) not null,
  action text not null,
  actor_type text not null,
  actor_id text,
  actor_name text,
  target_id text,
  related text[] not null,
  changed text[] not null,
  before json,
  after json,
  request_id text,
  network_digest bytea,
  previous_hash bytea not null,
  hash bytea not null,
  -- Not hashed, so that they can be forgotten before the rest.
  network text,
  network_salt bytea,
  primary key (chain_id, number)
);
create index audit_records_action on audit_records (chain_id, action, number);
create index audit_records_actor on audit_records (chain_id, actor_id, number);
create index audit_records_time on audit_records (chain_id, recorded_at, number);
create index audit_records_about on audit_records using gin ((related || coalesce(target_id, '')));
create index audit_records_network on audit_records (recorded_at) where network is not null;
