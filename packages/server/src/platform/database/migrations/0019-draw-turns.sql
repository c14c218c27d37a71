-- Winners of a draw may come to the checkout one after the other.

-- How many a minute; null: all at once.
alter table draws add column admit_rate integer;
-- When the turn of the last begins who has a seat or had one: who gets one next comes after.
alter table draw_outcomes add column last_turn_at timestamptz;
