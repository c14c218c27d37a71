-- API keys become resources: with scopes, and secrets that overlap while they rotate; organizations can be changed.

alter table organizations add column version integer not null default 1, add column updated_at timestamptz;
update organizations set updated_at = created_at;
alter table organizations alter column updated_at set not null;

create table api_key_secrets (
  id uuid primary key,
  api_key_id uuid not null references api_keys (id),
  key_hash bytea not null unique,
  -- Of keys from before this table the hash alone is known; the rest comes with their next use.
  hint text,
  created_at timestamptz not null,
  -- Null: the present one. Another goes on until then.
  ends_at timestamptz,
  last_used_at timestamptz
);
create unique index api_key_secrets_present_key on api_key_secrets (api_key_id) where ends_at is null;
create index api_key_secrets_of_key on api_key_secrets (api_key_id);
insert into api_key_secrets (id, api_key_id, key_hash, created_at)
  select id, id, key_hash, created_at from api_keys;

alter table api_keys
  drop column key_hash,
  add column scopes text[] not null default '{}',
  add column version integer not null default 1,
  add column updated_at timestamptz;
-- Keys that there are can do what they could: everything but making keys.
update api_keys set updated_at = created_at, scopes = case kind when 'secret' then array['*'] else '{}' end;
alter table api_keys alter column updated_at set not null, alter column scopes drop default;
create index api_keys_newest on api_keys (organization_id, is_live, created_at, id);

insert into owners (id, kind, organization_id, is_live) select id, 'apiKey', organization_id, is_live from api_keys;
