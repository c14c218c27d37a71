-- The people of the dashboard: who they are, what they may do in which organization, and how they sign in. No password, session, invitation, code or token is here as it is: hashes, keyed hashes, and second factors that are sealed.

create table member_accounts (
  id uuid primary key,
  -- One person, whatever organizations they are in.
  email text not null constraint member_accounts_email_key unique constraint member_accounts_email_check check (email = lower(email)),
  name text not null,
  password_hash text not null,
  -- The secret of the authenticator, sealed; good for signing in once it was confirmed.
  sealed_totp_secret bytea,
  totp_confirmed_at timestamptz,
  -- The step of the last code that was taken: no code is good twice.
  totp_step bigint,
  created_at timestamptz not null
);

create table members (
  id uuid primary key,
  organization_id uuid not null references organizations (id),
  account_id uuid not null references member_accounts (id),
  role text not null check (role in ('viewer', 'editor', 'admin', 'owner')),
  version integer not null default 1,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  deleted_at timestamptz
);
create unique index members_account_key on members (organization_id, account_id) where deleted_at is null;
create index members_of_account on members (account_id) where deleted_at is null;
create index members_newest on members (organization_id, created_at, id) where deleted_at is null;

create table member_sessions (
  id uuid primary key,
  account_id uuid not null references member_accounts (id),
  token_hash bytea not null constraint member_sessions_token_key unique,
  -- What the browser called itself.
  device text not null,
  created_at timestamptz not null,
  last_seen_at timestamptz not null,
  expires_at timestamptz not null,
  ended_at timestamptz
);
create index member_sessions_of_account on member_sessions (account_id, created_at) where ended_at is null;

create table member_invitations (
  id uuid primary key,
  organization_id uuid not null references organizations (id),
  email text not null check (email = lower(email)),
  role text not null check (role in ('viewer', 'editor', 'admin', 'owner')),
  token_hash bytea not null constraint member_invitations_token_key unique,
  -- Null: a secret key, or the operator of the host.
  invited_by uuid references members (id),
  created_at timestamptz not null,
  expires_at timestamptz not null,
  accepted_at timestamptz,
  revoked_at timestamptz
);
create unique index member_invitations_email_key on member_invitations (organization_id, email) where accepted_at is null and revoked_at is null;
create index member_invitations_newest on member_invitations (organization_id, created_at, id);

create table member_password_resets (
  token_hash bytea primary key,
  account_id uuid not null references member_accounts (id),
  expires_at timestamptz not null,
  used_at timestamptz
);
create index member_password_resets_of_account on member_password_resets (account_id);

create table member_recovery_codes (
  account_id uuid not null references member_accounts (id),
  code_mac bytea not null,
  primary key (account_id, code_mac)
);

-- Wrong passwords and codes: of an account from unknown devices together, and of each known device by itself.
create table member_sign_in_tries (
  subject bytea primary key,
  tries integer not null,
  window_ends_at timestamptz not null
);
