-- Webhooks: where the shop's own systems are told what happened, what was sent to them, and what waits to be sent.

create table webhook_endpoints (
  id uuid primary key,
  organization_id uuid not null references organizations (id),
  is_live boolean not null,
  url text not null,
  events text[] not null,
  description text,
  max_per_minute integer not null,
  -- Sealed under the server's secret: they sign.
  secret bytea not null,
  previous_secret bytea,
  previous_secret_ends_at timestamptz,
  disabled_at timestamptz,
  disabled_reason text,
  -- Since when nothing has gone through.
  failing_since timestamptz,
  version integer not null default 1,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  deleted_at timestamptz
);
create index webhook_endpoints_organization on webhook_endpoints (organization_id, is_live, id) where deleted_at is null;

-- Which types somebody is told of: a row for each organization and mode that has endpoints. What nobody is told of is not noted.
create table event_subscriptions (
  organization_id uuid not null references organizations (id),
  is_live boolean not null,
  types text[] not null,
  primary key (organization_id, is_live)
);

-- What happened, noted in the transaction that made it happen, until the relay has handed it on.
create table events (
  position bigint generated always as identity primary key,
  id uuid not null,
  organization_id uuid not null,
  is_live boolean not null,
  -- Null: of what is no draw's or line's.
  distribution_id uuid,
  type text not null,
  data text not null,
  -- Noted by the database itself, with ids that the relay writes as the wire has them.
  is_raw boolean not null default false,
  occurred_at timestamptz not null
);

-- How many events of a draw or line an endpoint has been sent: they are numbered without gaps.
create table webhook_sequences (
  organization_id uuid not null,
  endpoint_id uuid not null,
  distribution_id uuid not null,
  last_number bigint not null,
  primary key (endpoint_id, distribution_id)
) with (fillfactor = 50);

create table webhook_deliveries (
  ordinal bigint generated always as identity primary key,
  id uuid not null,
  organization_id uuid not null,
  endpoint_id uuid not null,
  event_id uuid not null,
  type text not null,
  -- First attempts of one lane go out one after the other: the draw or line, else the event alone.
  lane uuid not null,
  -- What is sent, byte for byte, on every attempt.
  body text not null,
  status text not null check (status in ('PENDING', 'DELIVERED', 'FAILED')),
  -- Since it was made, or was to be delivered again.
  tries integer not null default 0,
  attempts jsonb not null default '[]',
  due_at timestamptz not null,
  created_at timestamptz not null
) with (fillfactor = 70);
create unique index webhook_deliveries_id_key on webhook_deliveries (id);
create index webhook_deliveries_due on webhook_deliveries (endpoint_id, due_at, ordinal) where status = 'PENDING';
create index webhook_deliveries_newest on webhook_deliveries (endpoint_id, created_at desc, id desc);
create index webhook_deliveries_age on webhook_deliveries (created_at);

-- Which worker sends to an endpoint, and how much it has sent within the minute.
create table webhook_leases (
  endpoint_id uuid primary key,
  organization_id uuid not null,
  owner uuid not null,
  lease_until timestamptz not null,
  window_ends_at timestamptz,
  window_used integer not null default 0
) with (fillfactor = 50);

select stanchion_guard(name::regclass, 'organization_id = stanchion_organization()')
from unnest(array[
  'webhook_endpoints', 'event_subscriptions', 'events', 'webhook_sequences', 'webhook_deliveries', 'webhook_leases'
]) as name;

-- Up to where somebody was told of what has no moment of its own: who came, by tickets and numbers, and a line that opens or
-- closes by the clock. A row for each draw and line of who was there when the first endpoint wished to know.
create table event_watches (
  distribution_id uuid primary key,
  organization_id uuid not null,
  is_live boolean not null,
  last_number bigint not null default 0,
  is_opened boolean not null default false,
  is_closed boolean not null default false
) with (fillfactor = 50);
create index event_watches_organization on event_watches (organization_id, is_live);
select stanchion_guard('event_watches', 'organization_id = stanchion_organization()');

-- Stable, as what it stands for: so it is written into the statements that call it.
create function wire_time(p_time timestamptz) returns text language sql stable as
  $$ select to_char(p_time at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') $$;

-- Events of those that get an admission, in a line or a draw, for each statement that gives some. The ids in what triggers note
-- are written as the wire has them by the relay.
create function note_admissions() returns trigger language plpgsql as $$
begin
  insert into events (id, organization_id, is_live, distribution_id, type, data, is_raw, occurred_at)
  select new_uuid(a.admitted_at), s.organization_id, s.is_live, a.distribution_id, t.type,
    json_strip_nulls(json_build_object('entryId', a.entry_id,
      case when a.seat is null then 'queueId' else 'drawId' end, a.distribution_id,
      'consumerId', a.consumer_id, 'status', case when a.seat is null then 'ADMITTED' else 'WON' end,
      'ticket', e.ticket, 'enteredAt', wire_time(e.entered_at),
      'admission', json_build_object('id', a.admission_id, 'expiresAt', wire_time(a.expires_at))))::text,
    true, a.admitted_at
  from (select distinct f.distribution_id, f.seat is null as is_queue from fresh f) d
  join owners o on o.id = d.distribution_id and o.kind = case when d.is_queue then 'queue' else 'draw' end
  join event_subscriptions s on s.organization_id = o.organization_id and s.is_live = o.is_live
  join lateral (select case when d.is_queue then 'queue.consumer.admitted' else 'draw.consumer.won' end as type) t
    on t.type = any (s.types)
  join fresh a on a.distribution_id = d.distribution_id
  left join entries e on e.entry_id = a.entry_id
  order by coalesce(a.seat, e.ticket);
  return null;
end $$;
create trigger note_admissions after insert on admissions referencing new table as fresh
  for each statement execute function note_admissions();

-- Whose a draw or line is, where somebody is told of events of this type. Not in SQL here and below, whose functions are planned
-- anew at every call.
create function told_of(p_type text, p_distribution uuid, p_kind text)
returns table (organization_id uuid, is_live boolean, now timestamptz) language plpgsql rows 1 as $$
begin
  return query select s.organization_id, s.is_live, stanchion_now()
  from owners o join event_subscriptions s on s.organization_id = o.organization_id and s.is_live = o.is_live
  where o.id = p_distribution and o.kind = p_kind and p_type = any (s.types);
end $$;

create function note_queue_stay() returns trigger language plpgsql as $$
begin
  -- Most who leave leave a line of which nobody is told: that is found out as cheaply as can be.
  if not exists (
    select from owners o join event_subscriptions s on s.organization_id = o.organization_id and s.is_live = o.is_live
    where o.id = new.queue_id and o.kind = 'queue' and 'queue.consumer.' || lower(new.status::text) = any (s.types))
  then
    return null;
  end if;
  insert into events (id, organization_id, is_live, distribution_id, type, data, is_raw, occurred_at)
  select new_uuid(t.now), t.organization_id, t.is_live, new.queue_id, 'queue.consumer.' || lower(new.status::text),
    json_build_object('entryId', new.entry_id, 'queueId', new.queue_id, 'consumerId', new.consumer_id,
      'status', new.status, 'ticket', new.ticket, 'enteredAt', wire_time(new.entered_at))::text, true, t.now
  from told_of('queue.consumer.' || lower(new.status::text), new.queue_id, 'queue') t;
  return null;
end $$;
create trigger note_queue_stay after update of status on entries for each row
  when (old.status is distinct from new.status and new.status in ('LEFT', 'DENIED', 'EXPIRED', 'COMPLETED'))
  execute function note_queue_stay();

create function note_seat() returns trigger language plpgsql as $$
declare
  v_type text := 'draw.consumer.' || lower(new.status::text);
begin
  insert into events (id, organization_id, is_live, distribution_id, type, data, is_raw, occurred_at)
  select new_uuid(t.now), t.organization_id, t.is_live, new.distribution_id, v_type,
    json_build_object('entryId', new.entry_id, 'drawId', new.distribution_id, 'consumerId', new.consumer_id,
      'status', new.status)::text, true, t.now
  from told_of(v_type, new.distribution_id, 'draw') t;
  return null;
end $$;
create trigger note_seat after update of status on admissions for each row
  when (new.seat is not null and old.status is distinct from new.status) execute function note_seat();

create function note_draw_stay() returns trigger language plpgsql as $$
begin
  insert into events (id, organization_id, is_live, distribution_id, type, data, is_raw, occurred_at)
  select new_uuid(t.now), t.organization_id, t.is_live, new.draw_id, 'draw.consumer.left',
    json_build_object('entryId', new.entry_id, 'drawId', new.draw_id, 'consumerId', new.consumer_id,
      'status', new.status, 'number', new.number, 'enteredAt', wire_time(new.entered_at))::text, true, t.now
  from told_of('draw.consumer.left', new.draw_id, 'draw') t;
  return null;
end $$;
create trigger note_draw_stay after update of status on draw_entries for each row
  when (old.status = 'ENTERED' and new.status = 'LEFT') execute function note_draw_stay();

-- What becomes of a draw as a whole.
create function note_draw(p_type text, p_draw uuid, p_status text) returns void language plpgsql as $$
begin
  insert into events (id, organization_id, is_live, distribution_id, type, data, is_raw, occurred_at)
  select new_uuid(t.now), t.organization_id, t.is_live, d.id, p_type,
    json_build_object('id', d.id, 'name', d.name, 'status', p_status, 'closeAt', wire_time(d.close_at),
      'drawAt', wire_time(d.draw_at), 'winnerCount', d.winner_count)::text, true, t.now
  from told_of(p_type, p_draw, 'draw') t join draws d on d.id = p_draw;
end $$;
create function note_draw_closed() returns trigger language plpgsql as
  $$ begin perform note_draw('draw.closed', new.draw_id, 'CLOSED'); return null; end $$;
create trigger note_draw_closed after update of frozen_at on draw_lists for each row
  when (old.frozen_at is null and new.frozen_at is not null) execute function note_draw_closed();
create function note_draw_completed() returns trigger language plpgsql as
  $$ begin perform note_draw('draw.completed', new.draw_id, 'COMPLETED'); return null; end $$;
create trigger note_draw_completed after update of published_at on draw_outcomes for each row
  when (old.published_at is null and new.published_at is not null) execute function note_draw_completed();
create function note_draw_cancelled() returns trigger language plpgsql as
  $$ begin perform note_draw('draw.cancelled', new.id, 'CANCELLED'); return null; end $$;
create trigger note_draw_cancelled after update of cancelled_at on draws for each row
  when (old.cancelled_at is null and new.cancelled_at is not null) execute function note_draw_cancelled();
