-- A repeat under a key that belongs to a past entry of a draw is answered with that entry, and not with the one that came after it.

do $$
declare
  v_before text := pg_get_functiondef('write_draw_group'::regproc);
  v_after text;
begin
  v_after := replace(v_before, 'coalesce(live.entry_id, past.entry_id) as known_id', $known$case
          when past.entry_id = i.entry_id or past.idempotency_key = i.key and past.entered_at > v_now - interval '24 hours'
            and live.idempotency_key is distinct from i.key and live.entry_id is distinct from i.entry_id then past.entry_id
          else coalesce(live.entry_id, past.entry_id)
        end as known_id$known$);
  if v_after = v_before then
    raise exception 'the function that writes entries of draws is not the one that was to be mended';
  end if;
  execute v_after;
end
$$;
