-- Consumers get what a shop knows of them, and products and their variants come in: the plain resources.

alter table consumers
  add column email text,
  add column name text,
  add column metadata jsonb not null default '{}',
  add column version integer not null default 1,
  -- Null: never changed. Rows that the line makes say no more than they must.
  add column updated_at timestamptz,
  add column deleted_at timestamptz,
  add constraint consumers_email_check check (email = lower(email));
-- Guests have no address, so the line's inserts do not touch this one.
create unique index consumers_email_key on consumers (organization_id, is_live, email) where email is not null and deleted_at is null;
-- Without the id: one group of the line has one time, so its index entries are kept as one list.
create index consumers_newest on consumers (organization_id, is_live, created_at) where deleted_at is null;

create table products (
  id uuid primary key,
  organization_id uuid not null references organizations (id),
  is_live boolean not null,
  name text not null,
  sku text not null,
  -- As it was written: 120.00 comes back as 120.00.
  price text check (price ~ '^[0-9]{1,12}([.][0-9]{1,4})?$'),
  currency text check (currency ~ '^[A-Z]{3}$'),
  status text not null check (status in ('ACTIVE', 'ARCHIVED')),
  version integer not null default 1,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  deleted_at timestamptz
);
create index products_newest on products (organization_id, is_live, created_at, id) where deleted_at is null;

create table variants (
  id uuid primary key,
  organization_id uuid not null references organizations (id),
  is_live boolean not null,
  product_id uuid not null references products (id),
  -- Its place in the list of the product.
  ordinal integer not null,
  name text not null,
  sku text not null,
  price text check (price ~ '^[0-9]{1,12}([.][0-9]{1,4})?$'),
  deleted_at timestamptz
);
create index variants_product on variants (product_id) where deleted_at is null;

-- Every SKU in use, of products and variants alike: what makes them unique together.
create table skus (
  organization_id uuid not null references organizations (id),
  is_live boolean not null,
  sku text not null,
  product_id uuid not null references products (id),
  primary key (organization_id, is_live, sku)
);
create index skus_product on skus (product_id);
