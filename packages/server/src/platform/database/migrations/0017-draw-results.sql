-- What comes of a draw: the list as it was fixed, the result, who may buy, and what became of each seat.

create table draw_outcomes (
  draw_id uuid primary key,
  -- When there is something to do next; null: nothing any more.
  due_at timestamptz,
  -- Saves work alone: every step looks under the row's lock whether it was done.
  lease_owner uuid,
  lease_until timestamptz,

  -- The freeze: all null until the statement is signed.
  frozen_at timestamptz,
  statement text,
  last_number bigint,
  count bigint,
  -- How many there are of each level, guests first.
  level_counts bigint[],
  root bytea,
  -- The roots of each 256 leaves, 32 bytes each, and the numbers that are no leaves, 4 bytes each, ascending.
  chunk_roots bytea,
  removed_numbers bytea,
  witness jsonb,

  -- The draw: all null until it is published. What it was made of is kept before, so that it is not asked for twice.
  beacon_round bigint,
  beacon bytea,
  seed bytea,
  -- The numbers of the entries in the order of the draw, 4 bytes each.
  ranked_numbers bytea,
  uniformity jsonb,
  published_at timestamptz,
  voided_at timestamptz,

  -- How many alternates had their turn, and how many awards there were after the first.
  alternates_taken bigint not null default 0,
  awards bigint not null default 0
);
-- Cut without reading the rest.
alter table draw_outcomes alter column chunk_roots set storage external, alter column removed_numbers set storage external,
  alter column ranked_numbers set storage external;
create index draw_outcomes_due on draw_outcomes (due_at) where due_at is not null;

-- The large parts of a proof, written once: blocks of deflate that end on a byte, so that parts one after another are one stream.
create table draw_proof_parts (
  draw_id uuid not null,
  kind text not null check (kind in ('leaves', 'removals', 'ranking', 'winners', 'awards')),
  part integer not null,
  raw_bytes integer not null,
  crc bigint not null,
  deflated bytea not null,
  primary key (draw_id, kind, part)
);
alter table draw_proof_parts alter column deflated set storage external;

-- What became of a seat after it was first given; the first awards follow from the ranking.
create table draw_awards (
  draw_id uuid not null,
  -- 1, 2, 3 … in the order of the draw's log.
  number bigint not null,
  awarded_at timestamptz not null,
  entry_id uuid not null,
  outcome text not null check (outcome in ('ADMITTED', 'COMPLETED', 'EXPIRED', 'DENIED', 'LEFT')),
  reason text,
  seat bigint not null,
  primary key (draw_id, number)
);

-- The seat of a draw that it is for.
alter table admissions add column seat bigint;

select stanchion_guard(name::regclass, 'stanchion_owns(draw_id)')
from unnest(array['draw_outcomes', 'draw_proof_parts', 'draw_awards']) as name;

insert into draw_outcomes (draw_id, due_at) select id, close_at from draws;
