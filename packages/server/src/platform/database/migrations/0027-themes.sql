-- How the pages of an experience look: its logo, its colours and its own words. Null: as those of everybody.
alter table experiences add column theme jsonb;
