-- An order that is never paid gives back what it holds.

-- Until when what it holds is held; null: it holds nothing by itself, any more or at all.
alter table orders add column held_until timestamptz;
create index orders_held on orders (held_until) where held_until is not null;
update orders o set held_until = stanchion_now() + interval '15 minutes'
where o.status = 'PENDING' and exists (select from stock_holds h where h.holder_id = o.id and h.state = 'RESERVED');

-- Gives back what the next order holds whose time is over; false: there is none. One at a time, so that levels are locked in the
-- order in which everybody locks them. It can be paid all the same, from what is free by then.
create function release_stale_order() returns boolean language plpgsql as $$
declare v_order uuid;
begin
  select o.id into v_order from orders o
  where o.held_until <= stanchion_now() and o.status = 'PENDING' order by o.held_until limit 1 for update skip locked;
  if not found then return false; end if;
  perform release_holds(v_order);
  update orders o set held_until = null, version = o.version + 1, updated_at = stanchion_now() where o.id = v_order;
  return true;
end $$;
