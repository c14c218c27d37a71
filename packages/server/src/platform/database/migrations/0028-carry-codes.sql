-- Codes by which a fan goes on with another device.

-- One for each consumer: a new one ends the older.
create table carry_codes (
  organization_id uuid not null,
  is_live boolean not null,
  consumer_id uuid not null,
  -- SHA-256 of the code, which is nowhere else but with the fan.
  code_hash bytea not null,
  -- The session that made it, and that ends by it.
  family_id uuid not null,
  is_confirmed boolean not null,
  is_external boolean not null,
  -- The live entries at its making: those of the device that made it, which move, and those that another device holds.
  own_entries uuid[] not null,
  other_entries uuid[] not null,
  expires_at timestamptz not null,
  -- Once it is spent: when, by which session, and by whose key. The same key gets that session's first tokens again, since the
  -- answer may have been lost on its way.
  spent_at timestamptz,
  successor_id uuid,
  device_key bytea,
  primary key (organization_id, is_live, consumer_id)
);
create unique index carry_codes_hash_key on carry_codes (code_hash);
select stanchion_guard('carry_codes', 'organization_id = stanchion_organization()');

-- Does another device go on with it? Who asks with its tokens is told so.
alter table sessions add column is_carried boolean not null default false;
