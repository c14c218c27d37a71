-- Whoever is taken out of a draw hears of it by the draw's stream: it tells the numbers, and each page knows its own.

alter table draw_lists add column latest_removals bigint[] not null default '{}';
