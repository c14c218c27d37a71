-- What there is of each thing that is sold, what is held of it and for whom, and what was sold.

-- Of a product without variants, or of a variant: the unit in which everything is counted. A row of its own, since admissions
-- change it by the second while its product is being edited.
create table stock_levels (
  item_id uuid primary key,
  organization_id uuid not null references organizations (id),
  is_live boolean not null,
  -- Null: as many as anybody wants.
  stock bigint,
  -- Held by admissions and by orders that are not paid yet.
  reserved bigint not null default 0,
  sold bigint not null default 0,
  -- Counts up with every change.
  version bigint not null default 0,
  constraint stock_levels_reserved_check check (reserved >= 0),
  constraint stock_levels_sold_check check (sold >= 0),
  constraint stock_levels_taken_check check (reserved + sold <= stock)
) with (fillfactor = 50);
select stanchion_guard('stock_levels', 'organization_id = stanchion_organization()');

insert into stock_levels (item_id, organization_id, is_live) select id, organization_id, is_live from products where deleted_at is null;
insert into stock_levels (item_id, organization_id, is_live) select id, organization_id, is_live from variants where deleted_at is null;

-- What each admission of a line or a draw holds.
create table distribution_holds (
  distribution_id uuid not null,
  item_id uuid not null,
  -- Its place in the list as the caller wrote it.
  ordinal integer not null,
  quantity integer not null,
  primary key (distribution_id, item_id),
  constraint distribution_holds_quantity_check check (quantity > 0)
);
create index distribution_holds_item on distribution_holds (item_id);
select stanchion_guard('distribution_holds', 'stanchion_owns(distribution_id)');

-- What is held for one admission or one order, or for a draw until its result is there.
create table stock_holds (
  holder_id uuid not null,
  item_id uuid not null,
  quantity bigint not null,
  state text not null check (state in ('RESERVED', 'SOLD', 'RELEASED')),
  primary key (holder_id, item_id),
  constraint stock_holds_quantity_check check (quantity > 0)
);
create index stock_holds_item on stock_holds (item_id) where state = 'RESERVED';
select stanchion_guard('stock_holds', 'stanchion_owns(item_id)');

alter table queues
  -- What becomes of those who wait once everything is sold.
  add column when_sold_out text not null default 'end' check (when_sold_out in ('end', 'wait'));
alter table lines
  -- Null: an operator ended it.
  add column ended_reason text check (ended_reason in ('SOLD_OUT'));

-- Adds to what is reserved and sold of items, which may be named several times. Whatever changes a level locks all its levels first,
-- in the order of their ids, and behind entries, admissions, holds and orders.
create function change_stock(p_items uuid[], p_reserved bigint[], p_sold bigint[]) returns void language plpgsql as $$
begin
  perform from stock_levels s where s.item_id = any (p_items) order by s.item_id for update;
  update stock_levels s set reserved = s.reserved + c.reserved, sold = s.sold + c.sold, version = s.version + 1
  from (
    select t.item, sum(t.reserved) as reserved, sum(t.sold) as sold
    from unnest(p_items, p_reserved, p_sold) t (item, reserved, sold) group by t.item
  ) c
  where s.item_id = c.item;
end $$;

-- How many more admissions there is stock for; null: no stock bounds them. Locks the levels, so that it stays so.
create function stock_room(p_distribution uuid) returns bigint language plpgsql as $$
begin
  perform from stock_levels s
  where s.item_id in (select h.item_id from distribution_holds h where h.distribution_id = p_distribution)
  order by s.item_id for update;
  return (
    select min((s.stock - s.reserved - s.sold) / h.quantity)
    from distribution_holds h join stock_levels s on s.item_id = h.item_id
    where h.distribution_id = p_distribution);
end $$;

-- Whether so much is sold that nobody can be admitted any more, unless something is given back. What there never was enough of
-- for one, such as a stock that is yet to be entered, is not sold out.
create function is_sold_out(p_distribution uuid) returns boolean language sql stable as $$
  select exists (
    select from distribution_holds h join stock_levels s on s.item_id = h.item_id
    where h.distribution_id = p_distribution and s.stock >= h.quantity and s.stock - s.sold < h.quantity)
$$;

-- Holds units for someone in addition to what they hold. Answers the items of which there is not enough, and how many there are;
-- then nothing is held.
create function reserve_stock(p_holder uuid, p_items uuid[], p_quantities bigint[])
returns table (item_id uuid, available bigint) language plpgsql as $$
begin
  perform from stock_levels s where s.item_id = any (p_items) order by s.item_id for update;
  return query
    select s.item_id, s.stock - s.reserved - s.sold
    from stock_levels s
    join (select t.item, sum(t.quantity) as quantity from unnest(p_items, p_quantities) t (item, quantity) group by t.item) w
      on w.item = s.item_id
    where s.stock - s.reserved - s.sold < w.quantity
    order by s.item_id;
  if found then return; end if;
  insert into stock_holds as h (holder_id, item_id, quantity, state)
  select p_holder, t.item, sum(t.quantity), 'RESERVED' from unnest(p_items, p_quantities) t (item, quantity) group by t.item
  on conflict on constraint stock_holds_pkey do update set
    quantity = case when h.state = 'RESERVED' then h.quantity else 0 end + excluded.quantity, state = 'RESERVED';
  perform change_stock(p_items, p_quantities, array_fill(0::bigint, array[cardinality(p_items)]));
end $$;

-- What a holder has reserved is sold, or free again; what it has bought is given back. Answers how many units there were.
create function sell_holds(p_holder uuid) returns bigint language plpgsql as $$
declare v_items uuid[]; v_quantities bigint[];
begin
  with moved as (
    update stock_holds h set state = 'SOLD' where h.holder_id = p_holder and h.state = 'RESERVED' returning h.item_id, h.quantity
  ) select array_agg(m.item_id), array_agg(m.quantity) into v_items, v_quantities from moved m;
  if v_items is null then return 0; end if;
  perform change_stock(v_items, array(select -q from unnest(v_quantities) q), v_quantities);
  return (select sum(q) from unnest(v_quantities) q);
end $$;

create function release_holds(p_holder uuid) returns bigint language plpgsql as $$
declare v_items uuid[]; v_reserved bigint[]; v_sold bigint[];
begin
  with former as (
    select h.item_id, h.state from stock_holds h where h.holder_id = p_holder and h.state <> 'RELEASED' for update
  ), moved as (
    update stock_holds h set state = 'RELEASED' from former f where h.holder_id = p_holder and h.item_id = f.item_id
    returning h.item_id, h.quantity, f.state as former
  ) select array_agg(m.item_id), array_agg(case when m.former = 'RESERVED' then -m.quantity else 0 end),
      array_agg(case when m.former = 'SOLD' then -m.quantity else 0 end)
    into v_items, v_reserved, v_sold from moved m;
  if v_items is null then return 0; end if;
  perform change_stock(v_items, v_reserved, v_sold);
  return -(select sum(r) from unnest(v_reserved) r) - (select sum(s) from unnest(v_sold) s);
end $$;

-- Hands reserved units from one holder to another, as many of each item as the first has; the level stays as it is. Answers how
-- many of each were handed over.
create function move_holds(p_from uuid, p_to uuid, p_items uuid[], p_quantities bigint[])
returns table (item_id uuid, quantity bigint) language plpgsql as $$
declare v_item uuid; v_wanted bigint; v_had bigint; v_given bigint;
begin
  for v_item, v_wanted in
    select t.item, sum(t.wanted)::bigint from unnest(p_items, p_quantities) t (item, wanted) group by t.item order by t.item
  loop
    select h.quantity into v_had from stock_holds h
    where h.holder_id = p_from and h.item_id = v_item and h.state = 'RESERVED' for update;
    if not found then continue; end if;
    v_given := least(v_had, v_wanted);
    if v_given = v_had then
      delete from stock_holds h where h.holder_id = p_from and h.item_id = v_item;
    else
      update stock_holds h set quantity = h.quantity - v_given where h.holder_id = p_from and h.item_id = v_item;
    end if;
    insert into stock_holds as h (holder_id, item_id, quantity, state) values (p_to, v_item, v_given, 'RESERVED')
    on conflict on constraint stock_holds_pkey do update set
      quantity = case when h.state = 'RESERVED' then h.quantity else 0 end + excluded.quantity, state = 'RESERVED';
    item_id := v_item;
    quantity := v_given;
    return next;
  end loop;
end $$;

-- Whoever makes admissions, in a line or a draw, holds with them what each is to hold. That there is enough was looked at before
-- under the same locks; the check of the level is the last to see it.
create function hold_for_admissions() returns trigger language plpgsql as $$
declare v_items uuid[]; v_quantities bigint[];
begin
  with held as (
    insert into stock_holds (holder_id, item_id, quantity, state)
    select a.admission_id, h.item_id, h.quantity, 'RESERVED'
    from distribution_holds h join fresh a on a.distribution_id = h.distribution_id
    returning item_id, quantity
  ), counted as (
    select h.item_id, sum(h.quantity)::bigint as quantity from held h group by h.item_id
  ) select array_agg(c.item_id), array_agg(c.quantity) into v_items, v_quantities from counted c;
  if v_items is not null then
    perform change_stock(v_items, v_quantities, array_fill(0::bigint, array[cardinality(v_items)]));
  end if;
  return null;
end $$;
create trigger hold_for_admissions after insert on admissions referencing new table as fresh
  for each statement execute function hold_for_admissions();

-- Who completes has bought what the admission holds; of any other it is free when its end is settled, after expiry and grace.
create function end_admission_holds() returns trigger language plpgsql as $$
declare v_items uuid[]; v_reserved bigint[]; v_sold bigint[];
begin
  with ended as (
    select n.admission_id, n.status from fresh n join former o on o.admission_id = n.admission_id
    where n.status = 'COMPLETED' and o.status <> 'COMPLETED'
      or n.status <> 'COMPLETED' and n.is_settled and not o.is_settled
  ), moved as (
    update stock_holds h set state = case when e.status = 'COMPLETED' then 'SOLD' else 'RELEASED' end
    from ended e where h.holder_id = e.admission_id and h.state = 'RESERVED'
    returning h.item_id, h.quantity, h.state
  ), counted as (
    select m.item_id, sum(m.quantity)::bigint as reserved, (sum(m.quantity) filter (where m.state = 'SOLD'))::bigint as sold
    from moved m group by m.item_id
  ) select array_agg(c.item_id), array_agg(-c.reserved), array_agg(coalesce(c.sold, 0)) into v_items, v_reserved, v_sold from counted c;
  if v_items is not null then
    perform change_stock(v_items, v_reserved, v_sold);
  end if;
  return null;
end $$;
create trigger end_admission_holds after update on admissions referencing old table as former new table as fresh
  for each statement execute function end_admission_holds();

drop function tick_line(uuid, uuid, bigint, integer, bigint, bigint[]);

-- One tick: settles what has ended, then admits the next in order as far as rate, caps and stock allow. Null: the lease is another's.
-- `p_tickets`: those of the ranks from `p_first_rank` on, as long as the ranks that were drawn are being served.
create function tick_line(
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
begin
  select * into v_control from line_controls c where c.queue_id = p_queue for update;
  v_now := stanchion_now();
  if not found or v_control.lease_owner is distinct from p_owner or v_control.lease_epoch <> p_epoch then
    return;
  end if;
  select * into v_rules from queue_rules r where r.id = p_queue;
  select * into v_line from lines l where l.queue_id = p_queue;
  select s.completed, s.returned into v_completed, v_returned from settle_admissions(p_queue, v_now) s;
  v_control.completed_total := v_control.completed_total + v_completed;
  v_control.returned_total := v_control.returned_total + v_returned;

  v_clock := extract(epoch from v_now);
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
      version = c.version + 1
    where c.queue_id = p_queue;
  end if;
  return query select v_admitted, (v_completed + v_returned)::integer, v_serving;
end
$$;
