-- Webhooks that tell of many people at once, those who have lost a draw, and developers who listen for a while.

alter table webhook_endpoints add column max_per_batch integer not null default 1;
alter table webhook_endpoints alter column max_per_batch drop default;

-- Up to which number those who lost a published draw were told of.
alter table event_watches add column last_lost bigint not null default 0;

-- Whoever reads events by a stream at present. Gone soon after they are.
create table event_listeners (
  id uuid primary key,
  organization_id uuid not null,
  is_live boolean not null,
  events text[] not null,
  max_per_batch integer not null,
  created_at timestamptz not null,
  -- Put off while the stream is open, and for a moment in which it may come back.
  expires_at timestamptz not null
) with (fillfactor = 50);
create index event_listeners_organization on event_listeners (organization_id, is_live);
select stanchion_guard('event_listeners', 'organization_id = stanchion_organization()');

-- Who is told what at this moment.
create view event_receivers with (security_invoker = true) as
  select id, organization_id, is_live, events, max_per_batch
  from webhook_endpoints where disabled_at is null and deleted_at is null
  union all
  select id, organization_id, is_live, events, max_per_batch from event_listeners where expires_at > stanchion_now();
grant select on event_receivers to stanchion_tenant;

-- Draws and lines into which more have come than somebody who wishes to be told was told of.
create view untold_arrivals with (security_invoker = true) as
  select q.id, q.organization_id, q.is_live, coalesce(w.last_number, 0) as told, l.last_ticket as last, true as is_queue,
    'queue.consumer.entered' as type
  from event_subscriptions s join queues q on q.organization_id = s.organization_id and q.is_live = s.is_live
  join lines l on l.queue_id = q.id left join event_watches w on w.distribution_id = q.id
  where 'queue.consumer.entered' = any (s.types) and q.deleted_at is null and l.last_ticket > coalesce(w.last_number, 0)
  union all
  select d.id, d.organization_id, d.is_live, coalesce(w.last_number, 0), l.last_number, false, 'draw.consumer.entered'
  from event_subscriptions s join draws d on d.organization_id = s.organization_id and d.is_live = s.is_live
  join draw_lists l on l.draw_id = d.id left join event_watches w on w.distribution_id = d.id
  where 'draw.consumer.entered' = any (s.types) and d.deleted_at is null and l.last_number > coalesce(w.last_number, 0);
