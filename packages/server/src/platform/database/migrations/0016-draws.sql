-- Draws: whoever enters until a draw closes has the same chance, and each step leaves what shows it.

create table draws (
  id uuid primary key,
  organization_id uuid not null references organizations (id),
  is_live boolean not null,
  experience_id uuid not null references experiences (id),
  sequence_id uuid not null references sequences (id),
  name text not null,
  open_at timestamptz,
  close_at timestamptz not null,
  draw_at timestamptz not null,
  winner_count integer not null check (winner_count >= 1),
  capacity integer,
  admission_expiration_seconds integer not null,
  completion_grace_seconds integer not null,
  backfill boolean not null,
  entry_level text not null,
  require_fingerprint boolean not null,
  -- As the shop chose it; what it comes to stands in the rules.
  beacon jsonb not null,
  sealed_seed bytea not null,
  commitment bytea not null,
  -- The canonical JSON that is hashed, so text. Frozen from the first entry on, under the lock of the list.
  rules text not null,
  rules_hash bytea not null,
  cancelled_at timestamptz,
  version integer not null default 1,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  deleted_at timestamptz
);
create index draws_sequence on draws (sequence_id) where deleted_at is null;
create index draws_organization on draws (organization_id, is_live, id) where deleted_at is null;

-- Locked by whoever enters, leaves, removes, changes the rules, cancels or freezes.
create table draw_lists (
  draw_id uuid primary key,
  last_number bigint not null default 0,
  -- How many of the numbers are out: left, removed or erased before the freeze.
  removed bigint not null default 0,
  frozen_at timestamptz
) with (fillfactor = 50);

create type draw_entry_status as enum ('ENTERED', 'LEFT', 'REMOVED', 'ERASED');

-- What became of an entry until the freeze; what the draw makes of it stands elsewhere. No foreign keys, as with `entries`.
create table draw_entries (
  -- Of random bits and not of time: entry ids become public.
  entry_id uuid primary key,
  draw_id uuid not null,
  consumer_id uuid not null,
  -- The consumer that the subject and the receipts name, where that id has been left since.
  consumer_at_entry uuid,
  number bigint not null,
  -- 0 guest, 1 confirmed, 2 external.
  level smallint not null,
  -- Null once the consumer was erased: without it nobody can tell whose the subject was.
  salt bytea,
  subject bytea not null,
  entered_at timestamptz not null,
  ended_at timestamptz,
  status draw_entry_status not null,
  -- Why it was removed: BOT, DUPLICATE or RULES.
  reason text,
  device bytea,
  idempotency_key bytea,
  request_id text not null
);
create unique index draw_entries_number_key on draw_entries (draw_id, number);
create unique index draw_entries_live_key on draw_entries (draw_id, consumer_id) where status = 'ENTERED';
create index draw_entries_past on draw_entries (draw_id, consumer_id, number) where status <> 'ENTERED';

-- Who was written, and so signed, together: `size` numbers from the first on, with the log's head as they saw it. A receipt is made
-- again from this, byte for byte.
create table draw_groups (
  draw_id uuid not null,
  first_number bigint not null,
  size integer not null,
  log_size bigint not null,
  log_root bytea not null,
  primary key (draw_id, first_number)
);

select stanchion_guard('draws', 'organization_id = stanchion_organization()');
select stanchion_guard('draw_lists', 'stanchion_owns(draw_id)');
select stanchion_guard('draw_entries', 'stanchion_owns(draw_id)');
select stanchion_guard('draw_groups', 'stanchion_owns(draw_id)');

-- What holds for who enters a draw at this moment. Its experience's closing ends entering; the list is frozen by the draw's own.
create view draw_entry_rules with (security_invoker = true) as
  select d.id, d.organization_id, d.is_live, d.open_at, least(d.close_at, e.close_at) as close_at, d.close_at as freeze_at,
    d.capacity, d.entry_level, d.require_fingerprint, d.rules_hash, d.cancelled_at, d.deleted_at
  from draws d join experiences e on e.id = d.experience_id;
grant select on draw_entry_rules to stanchion_tenant;

-- How many wait in the lines of an organization or are in its draws that have not closed, but for one of them. Exact to whoever
-- holds the lock of its quotas: without it nobody joins, and whoever leaves, is admitted or closes makes it less.
create or replace function people_waiting(p_organization uuid, p_is_live boolean, p_except uuid) returns bigint
-- Not in SQL, whose functions are planned anew at every call.
language plpgsql set enable_seqscan = off as $$
begin
  return (
    select coalesce(sum(l.last_ticket - l.departed - c.admitted_in_order), 0)
    from queues q join lines l on l.queue_id = q.id join line_controls c on c.queue_id = q.id
    where q.organization_id = p_organization and q.is_live = p_is_live and q.deleted_at is null
      and q.id is distinct from p_except and l.ended_ticket is null)
    + (
    select coalesce(sum(l.last_number - l.removed), 0)
    from draws d join experiences e on e.id = d.experience_id join draw_lists l on l.draw_id = d.id
    where d.organization_id = p_organization and d.is_live = p_is_live and d.deleted_at is null
      and d.id is distinct from p_except and d.cancelled_at is null and least(d.close_at, e.close_at) > stanchion_now());
end
$$;

-- Outcomes of an entry, a letter each: E entered, S sent again (its row stands already), P replays its idempotency key, A already
-- in, B removed before, K cancelled, X closed, N not open yet, F full, U over what the organization may have, D no such draw.
-- Outcomes of a leave: L left, P replays its idempotency key, Q the key was used for another request, O another device,
-- K cancelled, Z closed, so that the list stands, N no live entry, D no such draw.
create function write_draw_group(
  p_draw uuid,
  p_entries uuid[], p_consumers uuid[], p_levels smallint[], p_salts bytea[], p_subjects bytea[], p_devices bytea[], p_keys bytea[],
  p_requests text[],
  p_leavers uuid[], p_leave_devices bytea[], p_leave_scopes bytea[], p_leave_hashes bytea[], p_leave_requests text[]
) returns table (
  at timestamptz, first_number bigint, outcomes text, known uuid[], rules_hash bytea, log_size bigint, log_root bytea,
  leave_outcomes text, left_entries uuid[], people_quota integer
)
language plpgsql
set enable_seqscan = off
set plan_cache_mode = force_generic_plan
as $$
declare
  v_list draw_lists;
  v_rules draw_entry_rules;
  v_now timestamptz;
  v_entered bigint := 0;
  v_left bigint := 0;
  v_present bigint;
  v_room bigint;
  v_people_room bigint;
  v_is_open boolean;
  v_is_closed boolean;
begin
  -- First of all the lock: whoever waited here must number on from what the one before has committed.
  select * into v_list from draw_lists l where l.draw_id = p_draw for update;
  v_now := date_trunc('milliseconds', stanchion_now());
  select * into v_rules from draw_entry_rules r where r.id = p_draw;
  if v_rules.id is null or v_rules.deleted_at is not null then
    return query select v_now, 0::bigint, repeat('D', cardinality(p_entries)), null::uuid[], null::bytea, 0::bigint, null::bytea,
      repeat('D', cardinality(p_leavers)), null::uuid[], null::integer;
    return;
  end if;
  at := v_now;
  rules_hash := v_rules.rules_hash;

  if cardinality(p_leavers) > 0 then
    with leaving as (
      select x.ord, x.consumer_id, x.scope, x.request_hash, x.request_id, x.device
      from unnest(p_leavers, p_leave_devices, p_leave_scopes, p_leave_hashes, p_leave_requests)
        with ordinality as x(consumer_id, device, scope, request_hash, request_id, ord)
    ), judged as (
      select x.ord, x.scope, x.request_hash, x.request_id, coalesce(k.entry_id, f.entry_id) as entry_id,
        case
          when k.scope is not null and k.request_hash <> x.request_hash then 'Q'
          when k.scope is not null then 'P'
          when f.entry_id is null then 'N'
          when v_rules.require_fingerprint and f.device is not null and f.device is distinct from x.device then 'O'
          when v_rules.cancelled_at is not null then 'K'
          when v_list.frozen_at is not null or v_rules.freeze_at <= v_now then 'Z'
          else 'L'
        end as outcome
      from leaving x
      left join idempotency_keys k on k.scope = x.scope and k.created_at > v_now - interval '24 hours'
      left join lateral (
        select e.entry_id, e.device from draw_entries e
        where e.draw_id = p_draw and e.consumer_id = x.consumer_id and e.status = 'ENTERED' limit 1
      ) f on true
    ), gone as (
      update draw_entries e set status = 'LEFT', ended_at = v_now
      from judged j where e.entry_id = j.entry_id and j.outcome = 'L'
    ), keyed as (
      insert into idempotency_keys (scope, request_hash, request_id, status, headers, entry_id, created_at)
      select scope, request_hash, request_id, 200, '[]', entry_id, v_now from judged
      where scope is not null and outcome = 'L'
      on conflict (scope) do update set request_hash = excluded.request_hash, request_id = excluded.request_id,
        status = excluded.status, headers = excluded.headers, body = null, entry_id = excluded.entry_id, created_at = excluded.created_at
    )
    select string_agg(j.outcome, '' order by j.ord), array_agg(j.entry_id order by j.ord), count(*) filter (where j.outcome = 'L')
    into leave_outcomes, left_entries, v_left
    from judged j;
  end if;

  if cardinality(p_entries) > 0 then
    select o.people into people_quota from organization_quotas o where o.organization_id = v_rules.organization_id;
    -- Never empty: that the draw was made stands in it.
    select f.size, f.root into log_size, log_root from fairness_logs f
    where f.organization_id = v_rules.organization_id and f.is_live = v_rules.is_live;
    v_present := v_list.last_number - v_list.removed - v_left;
    v_room := v_rules.capacity - v_present;
    -- As with the line: where the host has set how many may wait, all of the organization's entries wait here for each other.
    if people_quota is not null then
      select o.people into people_quota from organization_quotas o
      where o.organization_id = v_rules.organization_id for no key update;
      v_people_room := people_quota - v_present - people_waiting(v_rules.organization_id, v_rules.is_live, p_draw);
    end if;
    v_is_open := v_rules.open_at is null or v_rules.open_at <= v_now;
    v_is_closed := v_rules.close_at <= v_now or v_list.frozen_at is not null;
    with incoming as (
      select i.* from unnest(p_entries, p_consumers, p_levels, p_salts, p_subjects, p_devices, p_keys, p_requests)
        with ordinality as i(entry_id, consumer_id, level, salt, subject, device, key, request_id, ord)
    ), judged as (
      select i.*, coalesce(live.entry_id, past.entry_id) as known_id,
        case
          when live.entry_id = i.entry_id or past.entry_id = i.entry_id then 'S'
          when live.idempotency_key = i.key and live.entered_at > v_now - interval '24 hours' then 'P'
          when past.idempotency_key = i.key and past.entered_at > v_now - interval '24 hours' then 'P'
          when past.status = 'REMOVED' then 'B'
          when live.entry_id is not null then 'A'
          when v_rules.cancelled_at is not null then 'K'
          when v_is_closed then 'X'
          when not v_is_open then 'N'
        end as outcome
      from incoming i
      left join lateral (
        select e.entry_id, e.idempotency_key, e.entered_at from draw_entries e
        where e.draw_id = p_draw and e.consumer_id = i.consumer_id and e.status = 'ENTERED' limit 1
      ) live on true
      left join lateral (
        select e.entry_id, e.idempotency_key, e.entered_at, e.status from draw_entries e
        where e.draw_id = p_draw and e.consumer_id = i.consumer_id and e.status <> 'ENTERED'
          and (e.status = 'REMOVED' or e.idempotency_key = i.key or e.entry_id = i.entry_id)
        order by e.number desc limit 1
      ) past on true
    ), numbered as (
      select j.*, row_number() over (partition by j.outcome is null order by j.ord) as n from judged j
    ), decided as (
      select n.*, case when n.outcome is not null then n.outcome when n.n > v_room then 'F' when n.n > v_people_room then 'U' else 'E' end as verdict
      from numbered n
    ), entered as (
      insert into draw_entries (entry_id, draw_id, consumer_id, number, level, salt, subject, entered_at, status, device, idempotency_key, request_id)
      select d.entry_id, p_draw, d.consumer_id, v_list.last_number + d.n, d.level, d.salt, d.subject, v_now, 'ENTERED', d.device, d.key, d.request_id
      from decided d where d.verdict = 'E' order by d.n
    ), people as (
      insert into consumers (id, organization_id, is_live, created_at)
      select d.consumer_id, v_rules.organization_id, v_rules.is_live, v_now from decided d where d.verdict = 'E'
      on conflict do nothing
    )
    select string_agg(d.verdict, '' order by d.ord), count(*) filter (where d.verdict = 'E'),
      case when bool_or(d.verdict in ('S', 'P', 'A')) then array_agg(d.known_id order by d.ord) end
    into outcomes, v_entered, known
    from decided d;
    first_number := v_list.last_number + 1;
    if v_entered > 0 then
      insert into draw_groups (draw_id, first_number, size, log_size, log_root)
      values (p_draw, v_list.last_number + 1, v_entered, log_size, log_root);
    end if;
  end if;

  if v_entered > 0 or v_left > 0 then
    update draw_lists l set last_number = l.last_number + v_entered, removed = l.removed + v_left where l.draw_id = p_draw;
  end if;
  return next;
end
$$;
