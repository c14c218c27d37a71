import type { TestDatabase } from "./test-database.ts";

/** Everything that migrations make, read from the catalog in the same words by every version of PostgreSQL. */
export async function dumpSchema(db: TestDatabase): Promise<string> {
  const parts: string[] = [];
  for (const [title, text] of sections) {
    const rows = await db.query<{ line: string }>(text);
    parts.push(`== ${title}`, ...rows.map((row) => row.line.replace(/[ \t]+$/gm, "")), "");
  }
  return `${parts.join("\n").trimEnd()}\n`;
}

// "C" everywhere: the order must not depend on the collation of the server.
const sections: readonly [title: string, text: string][] = [
  [
    "types",
    `select format('%s: %s', t.typname, string_agg(e.enumlabel, ', ' order by e.enumsortorder)) as line
     from pg_type t join pg_enum e on e.enumtypid = t.oid
     where t.typnamespace = 'public'::regnamespace
     group by t.typname order by t.typname collate "C"`,
  ],
  [
    "tables",
    `select format('%s%s%s', c.relname,
       case when c.reloptions is null then '' else ' with ' || array_to_string(c.reloptions, ', ') end,
       (select string_agg(format(E'\\n  %s %s%s%s', a.attname, format_type(a.atttypid, a.atttypmod),
           case when a.attnotnull then ' not null' else '' end,
           coalesce(' default ' || pg_get_expr(d.adbin, d.adrelid), '')), '' order by a.attnum)
        from pg_attribute a left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
        where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped)) as line
     from pg_class c
     where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
     order by c.relname collate "C"`,
  ],
  [
    "constraints",
    // Later versions list "not null" here as well; it stands with the columns.
    `select format('%s.%s: %s', r.relname, k.conname, pg_get_constraintdef(k.oid)) as line
     from pg_constraint k join pg_class r on r.oid = k.conrelid
     where k.connamespace = 'public'::regnamespace and k.contype in ('p', 'u', 'f', 'c', 'x')
     order by r.relname collate "C", k.conname collate "C"`,
  ],
  [
    "indexes",
    `select indexdef as line from pg_indexes where schemaname = 'public'
     order by tablename collate "C", indexname collate "C"`,
  ],
  [
    "views",
    `select format(E'%s%s\\n%s', c.relname, case when c.reloptions is null then '' else ' with ' || array_to_string(c.reloptions, ', ') end, pg_get_viewdef(c.oid)) as line
     from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('v', 'm')
     order by c.relname collate "C"`,
  ],
  [
    "row-level security",
    `select format('%s%s%s', c.relname, case when c.relforcerowsecurity then ' forced' else ' not forced' end,
       (select string_agg(format(E'\\n  %s for %s to %s using (%s)%s', p.polname, p.polcmd,
           (select string_agg(case when r.rolname = current_user then 'its owner' else r.rolname end, ', ' order by r.rolname)
            from pg_roles r where r.oid = any (p.polroles)),
           pg_get_expr(p.polqual, p.polrelid), coalesce(' check ' || pg_get_expr(p.polwithcheck, p.polrelid), '')), '' order by p.polname)
        from pg_policy p where p.polrelid = c.oid)) as line
     from pg_class c where c.relnamespace = 'public'::regnamespace and c.relrowsecurity
     order by c.relname collate "C"`,
  ],
  [
    "functions",
    `select format(E'%s(%s) returns %s language %s %s%s\\n%s', p.proname, pg_get_function_arguments(p.oid),
       pg_get_function_result(p.oid), l.lanname,
       case p.provolatile when 'i' then 'immutable' when 's' then 'stable' else 'volatile' end,
       case when p.prosecdef then ' security definer' else '' end ||
         case when p.proconfig is null then '' else ' set ' || array_to_string(p.proconfig, ', ') end,
       trim(p.prosrc, E'\\n')) as line
     from pg_proc p join pg_language l on l.oid = p.prolang
     where p.pronamespace = 'public'::regnamespace
       and not exists (select from pg_depend d where d.objid = p.oid and d.deptype = 'e')
     order by p.proname collate "C", pg_get_function_identity_arguments(p.oid) collate "C"`,
  ],
  [
    "triggers",
    `select pg_get_triggerdef(t.oid) as line from pg_trigger t join pg_class c on c.oid = t.tgrelid
     where c.relnamespace = 'public'::regnamespace and not t.tgisinternal
     order by c.relname collate "C", t.tgname collate "C"`,
  ],
];
