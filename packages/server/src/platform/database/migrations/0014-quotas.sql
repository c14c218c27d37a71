-- What the host grants to one organization: how many queues, people in line and deliveries. No row: as many as it likes.

create table organization_quotas (
  organization_id uuid primary key references organizations (id),
  -- Of each mode by itself.
  open_queues integer,
  people integer,
  -- Of both modes together, in 24 hours from the first that was counted.
  deliveries integer,
  deliveries_used integer not null default 0,
  deliveries_window_ends_at timestamptz
) with (fillfactor = 50);
select stanchion_guard('organization_quotas', 'organization_id = stanchion_organization()');
-- What acts for an organization counts its deliveries, and never sets what it may have.
revoke insert, update, delete on organization_quotas from stanchion_tenant;
grant update (deliveries_used, deliveries_window_ends_at) on organization_quotas to stanchion_tenant;

-- How many queues of an organization are not closed, but for one of them.
create function open_queues(p_organization uuid, p_is_live boolean, p_except uuid) returns bigint language sql volatile as $$
  select count(*) from queues q join experiences e on e.id = q.experience_id
  where q.organization_id = p_organization and q.is_live = p_is_live and q.deleted_at is null
    and q.id is distinct from p_except and (least(q.close_at, e.close_at) <= stanchion_now()) is not true
$$;

-- How many wait in the lines of an organization, but for one of them. Exact to whoever holds the lock of its quotas: without it
-- nobody joins, and whoever leaves or is admitted makes it less.
create function people_waiting(p_organization uuid, p_is_live boolean, p_except uuid) returns bigint
-- Not in SQL, whose functions are planned anew at every call.
language plpgsql set enable_seqscan = off as $$
begin
  return (
    select coalesce(sum(l.last_ticket - l.departed - c.admitted_in_order), 0)
    from queues q join lines l on l.queue_id = q.id join line_controls c on c.queue_id = q.id
    where q.organization_id = p_organization and q.is_live = p_is_live and q.deleted_at is null
      and q.id is distinct from p_except and l.ended_ticket is null);
end
$$;

drop function write_line_group(uuid, double precision, uuid[], uuid[], bytea[], bytea[], text[], uuid[], bytea[], bytea[], bytea[], text[]);

-- Outcomes of a join, a letter each: J joined, S sent again (its row stands already), P replays its idempotency key, A already in,
-- C completed before, B blocked, N not open yet, X closed, F full,
-- U over what the organization may have waiting, D no such queue.
-- Outcomes of a leave: L left the line, R gave the admission back, E the line was ended, T the admission's time is over,
-- O another device, P replays its idempotency key, Q the key was used for another request, N no live entry, D no such queue.
create function write_line_group(
  p_queue uuid,
  p_seconds_per_person double precision,
  p_entries uuid[], p_consumers uuid[], p_devices bytea[], p_keys bytea[], p_requests text[],
  p_leavers uuid[], p_leave_devices bytea[], p_leave_scopes bytea[], p_leave_hashes bytea[], p_leave_requests text[]
) returns table (
  at timestamptz, first_ticket bigint, first_ahead bigint, outcomes text, known uuid[], leave_outcomes text, left_entries uuid[], left_tickets bigint[],
  people_quota integer
)
language plpgsql
set enable_seqscan = off
set plan_cache_mode = force_generic_plan
as $$
declare
  v_line lines;
  v_rules queue_rules;
  v_now timestamptz;
  v_admitted bigint;
  v_waiting bigint;
  v_room bigint;
  v_people_room bigint;
  v_joined bigint := 0;
  v_left bigint := 0;
  v_is_open boolean;
  v_is_closed boolean;
begin
  -- First of all the lock: whoever waited here must number on from what the one before has committed.
  select * into v_line from lines l where l.queue_id = p_queue for update;
  v_now := date_trunc('milliseconds', stanchion_now());
  select * into v_rules from queue_rules r where r.id = p_queue;
  if v_rules.id is null or v_rules.deleted_at is not null then
    return query select v_now, 0::bigint, 0::bigint, repeat('D', cardinality(p_entries)), null::uuid[], repeat('D', cardinality(p_leavers)), null::uuid[], null::bigint[], null::integer;
    return;
  end if;
  at := v_now;

  if cardinality(p_leavers) > 0 then
    -- Locked by a statement of their own, in the order of tickets as the controller does: the next one sees what a tick that was waited for has written.
    perform from entries e
    where e.entry_id = any (array(
      select live.entry_id from unnest(p_leavers) x(consumer_id) cross join lateral (
        select i.entry_id from entries i
        where i.queue_id = p_queue and i.consumer_id = x.consumer_id and i.status in ('QUEUED', 'ADMITTED') limit 1
      ) live))
    order by e.ticket
    for update;
    with leaving as (
      select x.ord, x.consumer_id, x.scope, x.request_hash, x.request_id, x.device
      from unnest(p_leavers, p_leave_devices, p_leave_scopes, p_leave_hashes, p_leave_requests)
        with ordinality as x(consumer_id, device, scope, request_hash, request_id, ord)
    ), judged as (
      select x.ord, x.scope, x.request_hash, x.request_id, f.ticket, coalesce(k.entry_id, f.entry_id) as entry_id,
        case
          when k.scope is not null and k.request_hash <> x.request_hash then 'Q'
          when k.scope is not null then 'P'
          when f.entry_id is null then 'N'
          when v_rules.require_fingerprint and f.device is not null and f.device is distinct from x.device then 'O'
          when f.status = 'QUEUED' and f.ticket <= coalesce(v_line.ended_ticket, 0) then 'E'
          when f.status = 'QUEUED' then 'L'
          when a.expires_at > v_now then 'R'
          else 'T'
        end as outcome
      from leaving x
      left join idempotency_keys k on k.scope = x.scope and k.created_at > v_now - interval '24 hours'
      left join lateral (
        select e.entry_id, e.ticket, e.status, e.device from entries e
        where e.queue_id = p_queue and e.consumer_id = x.consumer_id and e.status in ('QUEUED', 'ADMITTED') limit 1
      ) f on true
      left join admissions a on a.entry_id = f.entry_id
    ), numbered as (
      select j.*, case when outcome = 'L' then row_number() over (partition by outcome order by ticket) end as n from judged j
    ), gone as (
      update entries e
      set status = 'LEFT', ended_at = v_now, departure = coalesce(v_line.departed + n.n, e.departure)
      from numbered n where e.entry_id = n.entry_id and n.outcome in ('L', 'R')
    ), released as (
      -- Tokens live 60 s, so that long someone may still come in with one; 5 s more for an answer under way.
      update admissions a set status = 'LEFT', release_at = least(a.expires_at, v_now + interval '65 seconds')
      from numbered n where a.entry_id = n.entry_id and n.outcome = 'R'
    ), keyed as (
      insert into idempotency_keys (scope, request_hash, request_id, status, headers, entry_id, created_at)
      select scope, request_hash, request_id, 200, '[]', entry_id, v_now from numbered
      where scope is not null and outcome in ('L', 'R')
      on conflict (scope) do update set request_hash = excluded.request_hash, request_id = excluded.request_id,
        status = excluded.status, headers = excluded.headers, body = null, entry_id = excluded.entry_id, created_at = excluded.created_at
    )
    select string_agg(n.outcome, '' order by n.ord), array_agg(n.entry_id order by n.ord), array_agg(n.ticket order by n.ord),
      count(*) filter (where n.outcome = 'L')
    into leave_outcomes, left_entries, left_tickets, v_left
    from numbered n;
  end if;

  if cardinality(p_entries) > 0 then
    select c.admitted_in_order, (select o.people from organization_quotas o where o.organization_id = v_rules.organization_id)
    into v_admitted, people_quota from line_controls c where c.queue_id = p_queue;
    v_waiting := v_line.last_ticket - v_line.departed - v_left - v_admitted;
    v_room := v_rules.capacity - v_waiting;
    -- Where the host has set how many may wait, joins to all lines of the organization wait here for each other. Nobody else pays.
    if people_quota is not null then
      select o.people into people_quota from organization_quotas o
      where o.organization_id = v_rules.organization_id for no key update;
      v_people_room := people_quota - v_waiting - people_waiting(v_rules.organization_id, v_rules.is_live, p_queue);
    end if;
    v_is_open := v_rules.open_at is null or v_rules.open_at <= v_now;
    v_is_closed := v_rules.close_at <= v_now;
    with incoming as (
      select i.ord, i.entry_id, i.consumer_id, i.request_id, i.device, i.key
      from unnest(p_entries, p_consumers, p_devices, p_keys, p_requests)
        with ordinality as i(entry_id, consumer_id, device, key, request_id, ord)
    ), judged as (
      select i.*, coalesce(live.entry_id, past.entry_id) as known_id,
        case
          when live.entry_id = i.entry_id or past.entry_id = i.entry_id then 'S'
          when live.idempotency_key = i.key and live.entered_at > v_now - interval '24 hours' then 'P'
          when past.idempotency_key = i.key and past.entered_at > v_now - interval '24 hours' then 'P'
          when past.is_blocked then 'B'
          when live.entry_id is not null and not (live.status = 'QUEUED' and live.ticket <= coalesce(v_line.ended_ticket, 0)) then 'A'
          when past.status = 'COMPLETED' then 'C'
          when v_is_closed then 'X'
          when not v_is_open then 'N'
        end as outcome
      from incoming i
      left join lateral (
        select e.entry_id, e.idempotency_key, e.entered_at, e.status, e.ticket from entries e
        where e.queue_id = p_queue and e.consumer_id = i.consumer_id and e.status in ('QUEUED', 'ADMITTED') limit 1
      ) live on true
      left join lateral (
        select e.entry_id, e.idempotency_key, e.entered_at, e.status, e.is_blocked from entries e
        where e.queue_id = p_queue and e.consumer_id = i.consumer_id and e.status not in ('QUEUED', 'ADMITTED')
          and (e.status = 'COMPLETED' or e.is_blocked or e.idempotency_key = i.key or e.entry_id = i.entry_id)
        order by e.ticket desc limit 1
      ) past on true
    ), numbered as (
      select j.*, row_number() over (partition by j.outcome is null order by j.ord) as n from judged j
    ), decided as (
      select n.*, case when n.outcome is not null then n.outcome when n.n > v_room then 'F' when n.n > v_people_room then 'U' else 'J' end as verdict from numbered n
    ), joined as (
      insert into entries (entry_id, queue_id, consumer_id, ticket, ahead_at_entry, wait_at_entry, entered_at, status, device, idempotency_key, request_id)
      select d.entry_id, p_queue, d.consumer_id, v_line.last_ticket + d.n, v_waiting + d.n - 1,
        case when p_seconds_per_person is not null then least(ceil((v_waiting + d.n) * p_seconds_per_person), 2000000000) end, v_now, 'QUEUED', d.device, d.key, d.request_id
      from decided d where d.verdict = 'J' order by d.n
    ), people as (
      insert into consumers (id, organization_id, is_live, created_at)
      select d.consumer_id, v_rules.organization_id, v_rules.is_live, v_now from decided d where d.verdict = 'J'
      on conflict do nothing
    )
    select string_agg(d.verdict, '' order by d.ord), count(*) filter (where d.verdict = 'J'),
      case when bool_or(d.verdict in ('S', 'P', 'A', 'C')) then array_agg(d.known_id order by d.ord) end
    into outcomes, v_joined, known
    from decided d;
    first_ticket := v_line.last_ticket + 1;
    first_ahead := v_waiting;
  end if;

  if v_joined > 0 or v_left > 0 then
    update lines l set last_ticket = l.last_ticket + v_joined, departed = l.departed + v_left where l.queue_id = p_queue;
  end if;
  return next;
end
$$;
