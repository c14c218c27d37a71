-- What became of requests, for whoever asks with a request id: rings of bounded size, so that one organization's noise
-- overwrites nothing but its own oldest.

create table request_rings (
  id bigint generated always as identity primary key,
  -- Null: requests whose credential was refused, or that had none. They belong to nobody.
  organization_id uuid,
  is_live boolean,
  -- Calls with a secret key are kept apart from those of fans, who are many.
  part text not null,
  written bigint not null,
  written_at timestamptz not null,
  constraint request_rings_owner_key unique nulls not distinct (organization_id, is_live, part)
) with (fillfactor = 50);

create table requests (
  ring_id bigint not null,
  slot integer not null,
  request_id text not null,
  answered_at timestamptz not null,
  -- The process that answered, and how many it had recorded before: a group that was sent twice shows once.
  process text not null,
  place bigint not null,
  facts jsonb not null,
  primary key (ring_id, slot)
) with (fillfactor = 80);
create index requests_of_id on requests (ring_id, request_id, answered_at);
