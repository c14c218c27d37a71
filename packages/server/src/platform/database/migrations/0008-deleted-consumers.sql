-- Every process asks each second whom a shop has deleted, since their sessions end with them.

create index consumers_deleted on consumers (deleted_at) where deleted_at is not null;
