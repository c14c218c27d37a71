-- Isolation twice: what acts for an organization does so as stanchion_tenant, which sees that organization's rows only, whatever
-- a statement forgets to say. The role is made before the migrations run (tenant-role.ts).

-- The organization that the transaction acts for. Without one the cast fails, and so does the statement.
create function stanchion_organization() returns uuid language sql stable as
  $$ select current_setting('stanchion.organization')::uuid $$;

-- Every table that holds something of an organization's is guarded; later migrations call this for theirs. The login that made
-- the table does what belongs to no single organization: the line, the worker, finding out who asks.
create function stanchion_guard(p_table regclass, p_condition text) returns void language plpgsql as $$
begin
  execute format('alter table %s enable row level security, force row level security', p_table);
  execute format('create policy host on %s to current_user using (true)', p_table);
  execute format('create policy tenant on %s to stanchion_tenant using (%s)', p_table, p_condition);
  execute format('grant select, insert, update, delete on %s to stanchion_tenant', p_table);
end $$;

-- Codes live for ten minutes: those that were asked for before have to be asked for again.
delete from one_time_codes;
alter table one_time_codes add column organization_id uuid not null;
alter table one_time_codes alter column organization_id set default stanchion_organization();

-- Null: written by the line, or by an earlier version. Those are told apart by their scope alone, a hash that holds the organization.
alter table idempotency_keys add column organization_id uuid;
alter table idempotency_keys alter column organization_id set default nullif(current_setting('stanchion.organization', true), '')::uuid;
create index idempotency_keys_of_consumers on idempotency_keys (organization_id) where consumer_ids is not null;
drop index idempotency_keys_consumers;

drop index sequences_name_key;
create unique index sequences_name_key on sequences (organization_id, experience_id, name) where deleted_at is null;

select stanchion_guard('organizations', 'id = stanchion_organization()');
select stanchion_guard(name::regclass, 'organization_id = stanchion_organization()')
from unnest(array[
  'api_keys', 'audit_chains', 'consumers', 'exchange_codes', 'experiences', 'external_accounts', 'member_invitations',
  'members', 'one_time_codes', 'owners', 'products', 'queues', 'request_rings', 'sequences', 'sessions', 'skus', 'variants'
]) as name;
select stanchion_guard('idempotency_keys', 'coalesce(organization_id, stanchion_organization()) = stanchion_organization()');

select stanchion_guard('api_key_secrets', 'exists (select from api_keys k where k.id = api_key_id)');
-- As lists, which are made once for a statement: it may read thousands of rows of one chain or ring.
select stanchion_guard('audit_records', 'chain_id in (select c.id from audit_chains c)');
select stanchion_guard('requests', 'ring_id in (select r.id from request_rings r)');
-- A person may be a member of several organizations: each of them sees that person.
select stanchion_guard('member_accounts', 'exists (select from members m where m.account_id = member_accounts.id)');
select stanchion_guard('member_sessions', 'exists (select from members m where m.account_id = member_sessions.account_id)');
select stanchion_guard('member_recovery_codes', 'exists (select from members m where m.account_id = member_recovery_codes.account_id)');

-- Whose an id is can be seen by everyone: another organization's thing is answered in other words than one that there is not.
create policy everyone on owners for select to stanchion_tenant using (true);
create function stanchion_owns(p_id uuid) returns boolean language sql stable as
  $$ select exists (select from owners o where o.id = p_id and o.organization_id = stanchion_organization()) $$;
select stanchion_guard('lines', 'stanchion_owns(queue_id)');
select stanchion_guard('line_controls', 'stanchion_owns(queue_id)');
select stanchion_guard('entries', 'stanchion_owns(queue_id)');
select stanchion_guard('admissions', 'stanchion_owns(distribution_id)');

-- The same of what has no row among the owners.
create function stanchion_owners_of(p_kind text, p_ids uuid[])
returns table (id uuid, organization_id uuid, is_live boolean, deleted_at timestamptz)
language sql stable security definer set search_path from current as $$
  select c.id, c.organization_id, c.is_live, c.deleted_at from consumers c where p_kind = 'consumer' and c.id = any (p_ids)
  union all
  select m.id, m.organization_id, null, m.deleted_at from members m where p_kind = 'member' and m.id = any (p_ids)
  union all
  select i.id, i.organization_id, null, null from member_invitations i where p_kind = 'invitation' and i.id = any (p_ids)
$$;

-- A view asks as its owner by itself, who sees everything.
alter view queue_rules set (security_invoker = true);
grant select on queue_rules to stanchion_tenant;
