-- How long fans wait: by how long others stay in the checkout, and not by the rate alone.

alter table line_controls
  -- How many seconds the admissions of late have lasted, all together, and how many of them have ended: what lasts still is in
  -- the seconds, up to the unix time of the count, and not in the ends. The ends are counted from the totals, which others move.
  add column lasted_seconds double precision not null default 0,
  add column lasted_ends double precision not null default 0,
  add column lasted_ends_total bigint not null default 0,
  add column lasted_counted_at double precision not null default 0;
update line_controls set lasted_ends_total = completed_total + returned_total, lasted_counted_at = extract(epoch from stanchion_now());

-- One tick: settles what has ended, then admits the next in order as far as rate, caps and stock allow. Null: the lease is another's.
-- `p_tickets`: those of the ranks from `p_first_rank` on, as long as the ranks that were drawn are being served.
create or replace function tick_line(
  p_queue uuid, p_owner uuid, p_epoch bigint, p_most integer, p_first_rank bigint default null, p_tickets bigint[] default null)
returns table (admitted integer, settled integer, now_serving bigint)
language plpgsql
-- A line that filled up within seconds has no statistics: only the index that has its ranks in order is to be thought of.
set enable_seqscan = off
set enable_bitmapscan = off
set enable_sort = off
as $$
declare
  v_control line_controls;
  v_rules queue_rules;
  v_line lines;
  v_now timestamptz;
  v_second bigint;
  v_interval double precision;
  v_next double precision;
  v_sum bigint;
  v_budget bigint;
  v_completed bigint;
  v_returned bigint;
  v_admitted integer := 0;
  v_entries uuid[];
  v_consumers uuid[];
  v_serving bigint;
  v_clock double precision;
  v_is_set_back boolean;
  v_in_cohort boolean;
  -- In which order they are served who came before the opening is not drawn yet, or was not told.
  v_is_blind boolean;
  v_chosen uuid[];
  v_ended bigint;
  v_lasted double precision;
  v_ends double precision;
  v_remembered double precision;
begin
  select * into v_control from line_controls c where c.queue_id = p_queue for update;
  v_now := stanchion_now();
  if not found or v_control.lease_owner is distinct from p_owner or v_control.lease_epoch <> p_epoch then
    return;
  end if;
  select * into v_rules from queue_rules r where r.id = p_queue;
  select * into v_line from lines l where l.queue_id = p_queue;
  select s.completed, s.returned into v_completed, v_returned from settle_admissions(p_queue, v_now) s;
  v_clock := extract(epoch from v_now);
  -- Whoever was in the checkout until now has been there since the last count; longer than its time to buy nobody is.
  v_lasted := v_control.lasted_seconds
    + (v_control.admitted_total - v_control.completed_total - v_control.returned_total)
      * least(greatest(v_clock - v_control.lasted_counted_at, 0), v_rules.admission_expiration_seconds + v_rules.completion_grace_seconds);
  v_control.completed_total := v_control.completed_total + v_completed;
  v_control.returned_total := v_control.returned_total + v_returned;
  v_ended := v_control.completed_total + v_control.returned_total;
  v_ends := v_control.lasted_ends + v_ended - v_control.lasted_ends_total;
  -- The last two checkouts full, and twenty at the least: what was before fades.
  v_remembered := greatest(20, 2 * coalesce(v_rules.max_concurrent_admissions, 0));
  if v_ends > v_remembered then
    v_lasted := v_lasted * v_remembered / v_ends;
    v_ends := v_remembered;
  end if;

  v_second := floor(v_clock);
  v_is_set_back := v_second < v_control.counted_second;
  -- The seconds that have passed since the last count are empty. After a clock set back, all that was counted counts as now.
  if v_is_set_back then
    v_sum := (select sum(s) from unnest(v_control.seconds) s);
    v_control.seconds := array_fill(0, array[61]);
    v_control.seconds[v_second % 61 + 1] := v_sum;
  elsif v_second - v_control.counted_second >= 61 then
    v_control.seconds := array_fill(0, array[61]);
  else
    for v_passed in v_control.counted_second + 1 .. v_second loop
      v_control.seconds[v_passed % 61 + 1] := 0;
    end loop;
  end if;
  v_control.counted_second := v_second;

  -- 61 seconds of counters cover every window of 60, so the pace is set by them: otherwise they would stop it once a second.
  v_interval := 61.0 / v_rules.admit_rate;
  v_next := v_control.next_admission_at;
  if v_next > v_clock + v_interval + 1 then v_next := v_clock; end if;
  v_next := greatest(v_next, v_clock - 2);
  v_budget := case when v_next <= v_clock then floor((v_clock - v_next) / v_interval) + 1 else 0 end;
  v_sum := (select sum(s) from unnest(v_control.seconds) s);
  v_budget := least(v_budget, v_rules.admit_rate - v_sum, p_most,
    v_rules.max_concurrent_admissions - (v_control.admitted_total - v_control.returned_total - v_control.completed_total),
    v_rules.max_admissions - (v_control.admitted_total - v_control.returned_total));
  if v_rules.deleted_at is not null or v_rules.is_paused or v_rules.open_at > v_now or v_line.ended_ticket is not null then
    v_budget := 0;
  end if;
  v_in_cohort := v_rules.shuffle_before_open and (v_line.shuffle_seed is null or v_control.now_serving < v_line.cohort_size);
  v_is_blind := v_in_cohort
    and (v_line.shuffle_seed is null or p_tickets is null or p_first_rank > v_control.now_serving + 1);
  if v_is_blind then
    v_budget := 0;
  end if;
  -- Behind what was settled, and before entries that wait: nobody who holds the lock of one of those asks for stock.
  if v_budget > 0 then
    v_budget := least(v_budget, stock_room(p_queue));
  end if;

  if v_budget > 0 then
    if v_in_cohort then
      -- Chosen in the order that was drawn, locked in that of tickets, as everybody locks: who has left meanwhile is passed over.
      v_chosen := array(
        select e.entry_id from unnest(p_tickets) with ordinality as t(ticket, n)
        join entries e on e.queue_id = p_queue and e.ticket = t.ticket
        where p_first_rank + t.n - 1 > v_control.now_serving and e.status = 'QUEUED'
        order by t.n limit v_budget);
      select array_agg(n.entry_id), array_agg(n.consumer_id), count(*) into v_entries, v_consumers, v_admitted
      from (
        select e.entry_id, e.consumer_id from entries e
        where e.entry_id = any (v_chosen) and e.status = 'QUEUED' order by e.ticket for update
      ) n;
    else
      select array_agg(n.entry_id), array_agg(n.consumer_id), count(*) into v_entries, v_consumers, v_admitted
      from (
        select e.entry_id, e.consumer_id from entries e
        where e.queue_id = p_queue and e.ticket > v_control.now_serving and e.status = 'QUEUED'
        order by e.ticket limit v_budget for update
      ) n;
    end if;
    update entries e set status = 'ADMITTED' where e.entry_id = any (v_entries);
    insert into admissions (admission_id, distribution_id, entry_id, consumer_id, status, admitted_at, expires_at, release_at)
    select new_uuid(v_now), p_queue, n.entry_id, n.consumer_id, 'ADMITTED', v_now,
      v_now + make_interval(secs => v_rules.admission_expiration_seconds),
      v_now + make_interval(secs => v_rules.admission_expiration_seconds + v_rules.completion_grace_seconds)
    from unnest(v_entries, v_consumers) n (entry_id, consumer_id);
  end if;
  v_serving := greatest(v_control.now_serving, case
    when not v_in_cohort then serving_rank(p_queue, v_control.now_serving)
    when v_is_blind then v_control.now_serving
    else drawn_serving_rank(p_queue, v_control.now_serving, v_line.cohort_size, p_first_rank, p_tickets) end);

  if v_admitted > 0 or v_completed + v_returned > 0 or v_serving <> v_control.now_serving or v_is_set_back then
    v_control.seconds[v_second % 61 + 1] := v_control.seconds[v_second % 61 + 1] + v_admitted;
    update line_controls c set
      now_serving = v_serving,
      admitted_in_order = c.admitted_in_order + v_admitted,
      admitted_total = c.admitted_total + v_admitted,
      completed_total = v_control.completed_total,
      returned_total = v_control.returned_total,
      next_admission_at = case when v_admitted > 0 then v_next + v_admitted * v_interval else c.next_admission_at end,
      seconds = v_control.seconds,
      counted_second = v_second,
      lasted_seconds = v_lasted,
      lasted_ends = v_ends,
      lasted_ends_total = v_ended,
      lasted_counted_at = v_clock,
      version = c.version + 1
    where c.queue_id = p_queue;
  end if;
  return query select v_admitted, (v_completed + v_returned)::integer, v_serving;
end
$$;

drop function write_line_group(uuid, double precision, uuid[], uuid[], smallint[], bytea[], bytea[], bytea[], bytea[], text[], uuid[], bytea[], bytea[], bytea[], text[]);

-- Outcomes of a join, a letter each: J joined, S sent again (its row stands already), P replays its idempotency key, A already in,
-- C completed before, B blocked, N not open yet, X closed, F full,
-- U over what the organization may have waiting, D no such queue.
-- Outcomes of a leave: L left the line, R gave the admission back, E the line was ended, T the admission's time is over,
-- O another device, P replays its idempotency key, Q the key was used for another request, N no live entry, D no such queue.
-- What the wait of a position follows from (line-pace.ts): the seconds of one by the rate (null: nobody is admitted), those of one
-- by the checkout's places, how many of these are free, and up to which position anything is known (null: of each).
create function write_line_group(
  p_queue uuid,
  p_rate_seconds double precision, p_place_seconds double precision, p_places_free bigint, p_position_max bigint,
  p_entries uuid[], p_consumers uuid[], p_levels smallint[], p_salts bytea[], p_subjects bytea[], p_devices bytea[], p_keys bytea[],
  p_requests text[],
  p_leavers uuid[], p_leave_devices bytea[], p_leave_scopes bytea[], p_leave_hashes bytea[], p_leave_requests text[]
) returns table (
  at timestamptz, first_ticket bigint, first_ahead bigint, outcomes text, known uuid[], leave_outcomes text, left_entries uuid[], left_tickets bigint[],
  people_quota integer, rules_hash bytea, log_size bigint, log_root bytea, is_ranked boolean
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
  v_cohort bigint;
begin
  -- First of all the lock: whoever waited here must number on from what the one before has committed.
  select * into v_line from lines l where l.queue_id = p_queue for update;
  v_now := date_trunc('milliseconds', stanchion_now());
  select * into v_rules from queue_rules r where r.id = p_queue;
  if v_rules.id is null or v_rules.deleted_at is not null then
    return query select v_now, 0::bigint, 0::bigint, repeat('D', cardinality(p_entries)), null::uuid[], repeat('D', cardinality(p_leavers)), null::uuid[], null::bigint[], null::integer,
      null::bytea, 0::bigint, null::bytea, false;
    return;
  end if;
  at := v_now;
  rules_hash := v_rules.rules_hash;
  -- Whoever comes first after the opening fixes how many came before it.
  v_cohort := coalesce(v_line.cohort_size, case when v_rules.shuffle_before_open and v_rules.open_at <= v_now then v_line.last_ticket end);
  is_ranked := not v_rules.shuffle_before_open or v_line.shuffle_seed is not null;

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
    select f.size, f.root into log_size, log_root from fairness_logs f
    where f.organization_id = v_rules.organization_id and f.is_live = v_rules.is_live;
    v_is_open := v_rules.open_at is null or v_rules.open_at <= v_now
      or v_rules.shuffle_before_open and (v_rules.join_from is null or v_rules.join_from <= v_now);
    v_is_closed := v_rules.close_at <= v_now;
    with incoming as (
      select i.* from unnest(p_entries, p_consumers, p_levels, p_salts, p_subjects, p_devices, p_keys, p_requests)
        with ordinality as i(entry_id, consumer_id, level, salt, subject, device, key, request_id, ord)
    ), judged as (
      select i.*, case
          when past.entry_id = i.entry_id or past.idempotency_key = i.key and past.entered_at > v_now - interval '24 hours'
            and live.idempotency_key is distinct from i.key and live.entry_id is distinct from i.entry_id then past.entry_id
          else coalesce(live.entry_id, past.entry_id)
        end as known_id,
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
      insert into entries (entry_id, queue_id, consumer_id, ticket, level, salt, subject, ahead_at_entry, wait_at_entry, entered_at, status, device, idempotency_key, request_id)
      select d.entry_id, p_queue, d.consumer_id, v_line.last_ticket + d.n, d.level, d.salt, d.subject,
        case when is_ranked then v_waiting + d.n - 1 end,
        case when is_ranked and p_rate_seconds is not null and (p_position_max is null or v_waiting + d.n <= p_position_max) then
          least(ceil(greatest((v_waiting + d.n) * p_rate_seconds, (v_waiting + d.n - p_places_free) * p_place_seconds)), 2000000000)
        end, v_now, 'QUEUED', d.device, d.key, d.request_id
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
    -- An answer that is to be given once more, byte for byte, needs the whole group that was signed with it.
    if v_joined > 0 and log_size is not null and array_length(array_remove(p_keys, null), 1) > 0 then
      insert into line_groups (queue_id, first_ticket, size, log_size, log_root)
      values (p_queue, first_ticket, v_joined, log_size, log_root);
    end if;
  end if;

  if v_joined > 0 or v_left > 0 or v_cohort is distinct from v_line.cohort_size then
    update lines l set last_ticket = l.last_ticket + v_joined, departed = l.departed + v_left, cohort_size = v_cohort
    where l.queue_id = p_queue;
  end if;
  return next;
end
$$;
