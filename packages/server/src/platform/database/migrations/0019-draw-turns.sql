-- Winners of a draw may come to the checkout one after the other; and draws count in the quota of open queues.

-- How many a minute; null: all at once.
alter table draws add column admit_rate integer;
-- When the turn of the last begins who has a seat or had one: who gets one next comes after.
alter table draw_outcomes add column last_turn_at timestamptz;

-- How many queues and draws of an organization are not closed, but for one of them: a quota bounds them together.
create or replace function open_queues(p_organization uuid, p_is_live boolean, p_except uuid) returns bigint language sql volatile as $$
  select (
    select count(*) from queues q join experiences e on e.id = q.experience_id
    where q.organization_id = p_organization and q.is_live = p_is_live and q.deleted_at is null
      and q.id is distinct from p_except and (least(q.close_at, e.close_at) <= stanchion_now()) is not true
  ) + (
    select count(*) from draws d join experiences e on e.id = d.experience_id
    where d.organization_id = p_organization and d.is_live = p_is_live and d.deleted_at is null
      and d.id is distinct from p_except and d.cancelled_at is null and least(d.close_at, e.close_at) > stanchion_now()
  )
$$;
