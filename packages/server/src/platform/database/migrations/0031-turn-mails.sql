-- Mails to fans who have asked to be told when it is their turn.

-- One for each place. The address is not kept here: it is the consumer's, as it is when the mail goes out.
create table turn_mails (
  entry_id uuid primary key,
  organization_id uuid not null,
  is_live boolean not null,
  queue_id uuid not null,
  consumer_id uuid not null,
  language text not null,
  -- DUE: the turn has come, and the mail is to go out.
  status text not null default 'REQUESTED' check (status in ('REQUESTED', 'DUE', 'SENT', 'FAILED')),
  requested_at timestamptz not null,
  -- Of what is DUE: when it may be taken next. Whoever takes it puts it off for as long as sending may last.
  due_at timestamptz,
  tries integer not null default 0,
  ended_at timestamptz
) with (fillfactor = 70);
create index turn_mails_requested on turn_mails (queue_id) where status = 'REQUESTED';
create index turn_mails_due on turn_mails (queue_id, due_at) where status = 'DUE';
create index turn_mails_consumer on turn_mails (organization_id, consumer_id);
create index turn_mails_age on turn_mails (requested_at);
select stanchion_guard('turn_mails', 'organization_id = stanchion_organization()');

-- Whose turn has come, for each statement that admits, whoever admits. In the same transaction, so that a crash loses no mail.
create function note_turns() returns trigger language plpgsql as $$
begin
  -- Of most lines nobody has asked: that is found out by one look into an index.
  if not exists (
    select from turn_mails t
    where t.status = 'REQUESTED' and t.queue_id = any (array(select distinct f.distribution_id from fresh f)))
  then
    return null;
  end if;
  update turn_mails t set status = 'DUE', due_at = stanchion_now()
  where t.entry_id = any (array(select f.entry_id from fresh f where f.seat is null)) and t.status = 'REQUESTED';
  return null;
end $$;
create trigger note_turns after insert on admissions referencing new table as fresh
  for each statement execute function note_turns();
