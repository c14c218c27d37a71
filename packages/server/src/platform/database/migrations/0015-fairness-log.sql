-- What an organization does with draws and lines, in a log that anyone can read and nobody can rewrite unseen: a tree of RFC 6962.
-- Its statements are signed with keys of their own.

alter table signing_keys add column purpose text not null default 'admission';
alter table signing_keys alter column purpose drop default;
alter table signing_keys add constraint signing_keys_purpose_check check (purpose in ('admission', 'fairness'));

-- Locked by whoever appends, behind draws and lines and before the audit chain. A tree of no leaves has the hash of nothing as its root.
create table fairness_logs (
  organization_id uuid not null,
  is_live boolean not null,
  size bigint not null default 0,
  root bytea not null default '\xe3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  -- The roots of the complete subtrees that the leaves so far make up, the largest first, 32 bytes each.
  frontier bytea not null default '',
  primary key (organization_id, is_live)
);

create table fairness_log_entries (
  organization_id uuid not null,
  is_live boolean not null,
  index bigint not null,
  distribution_id uuid not null,
  -- Text and not jsonb: these bytes are what is hashed.
  body text not null,
  primary key (organization_id, is_live, index)
);
create index fairness_log_entries_of_distributions on fairness_log_entries (organization_id, is_live, distribution_id, index);

-- The roots of complete subtrees, which never change: of 2^level leaves from index · 2^level on.
create table fairness_log_nodes (
  organization_id uuid not null,
  is_live boolean not null,
  level smallint not null,
  index bigint not null,
  hash bytea not null,
  primary key (organization_id, is_live, level, index)
);

select stanchion_guard(name::regclass, 'organization_id = stanchion_organization()')
from unnest(array['fairness_logs', 'fairness_log_entries', 'fairness_log_nodes']) as name;
