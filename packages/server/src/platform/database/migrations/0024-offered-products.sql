-- What an experience offers: products, in an order of its own.

create table experience_products (
  organization_id uuid not null,
  is_live boolean not null,
  experience_id uuid not null,
  product_id uuid not null,
  -- Its place among those of the experience.
  ordinal integer not null,
  primary key (experience_id, product_id)
);
-- Whoever deletes a product asks who offers it.
create index experience_products_product on experience_products (product_id);
-- No foreign keys: both rows are only ever marked as deleted, and are locked while this one is written.
select stanchion_guard('experience_products', 'organization_id = stanchion_organization()');
