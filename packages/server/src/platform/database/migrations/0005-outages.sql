-- Planned maintenance: one row while it is on, which every process reads once a second.

create table maintenance (
  is_only boolean primary key default true check (is_only),
  since timestamptz not null,
  retry_after_seconds integer not null,
  message text
);
