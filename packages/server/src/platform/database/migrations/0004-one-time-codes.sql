-- One-time codes by mail. Addresses and codes are here as keyed hashes only: whoever reads the table can use neither.

create table one_time_codes (
  -- Organization, mode and address.
  address_key bytea primary key,
  -- Null: none was asked for, or it was used or taken back.
  code_mac bytea,
  expires_at timestamptz not null,
  -- Since the last code was asked for, right or wrong.
  tries integer not null default 0,
  codes_sent integer not null,
  window_ends_at timestamptz not null,
  changed_at timestamptz not null
);
