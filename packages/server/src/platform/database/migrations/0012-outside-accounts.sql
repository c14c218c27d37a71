-- Consumers signed in by the shop's own accounts, found again by what people search for, and erased for good.

-- May an outside account be linked by this address? Only where nobody holds a session who has not shown that the address is theirs.
alter table consumers add column is_email_linkable boolean not null default false;
-- Made for an outside account, and nobody has signed in as it yet: a guest may still become it.
alter table consumers add column awaits_person boolean not null default false;
alter table consumers add column erased_at timestamptz;

create table external_accounts (
  organization_id uuid not null,
  is_live boolean not null,
  provider text not null,
  issuer text not null,
  subject text not null,
  consumer_id uuid not null,
  created_at timestamptz not null,
  primary key (organization_id, is_live, provider, issuer, subject)
);
create index external_accounts_consumer on external_accounts (consumer_id);
create index external_accounts_subject on external_accounts (organization_id, is_live, subject text_pattern_ops);

create table exchange_codes (
  -- SHA-256 of the code, which is nowhere else but with whom the shop gives it to.
  code_hash bytea primary key,
  organization_id uuid not null,
  is_live boolean not null,
  consumer_id uuid not null,
  expires_at timestamptz not null
);
create index exchange_codes_consumer on exchange_codes (consumer_id);

-- Whose personal data a kept answer holds, so that it goes with them.
alter table idempotency_keys add column consumer_ids uuid[];
create index idempotency_keys_consumers on idempotency_keys using gin (consumer_ids) where consumer_ids is not null;

-- All sessions of one person, for whoever asks what is kept of them.
create index sessions_consumer on sessions (consumer_id);

-- Where the extension cannot be made, a search walks through all consumers of the organization instead.
do $$
begin
  create extension if not exists pg_trgm;
  create index consumers_search on consumers using gin (email gin_trgm_ops, name gin_trgm_ops)
    where deleted_at is null and (email is not null or name is not null);
exception when insufficient_privilege or undefined_file or feature_not_supported or undefined_object then
  raise notice 'pg_trgm is not to be had: consumers are searched without an index';
end $$;
