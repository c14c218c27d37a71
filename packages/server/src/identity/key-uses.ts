import { sql } from "kysely";
import type { Database } from "../platform/database/index.ts";
import type { Log } from "../platform/log.ts";

/** A secret of an API key, and when this process last saw it used; 0 once that is written. */
export interface KeyUse {
  readonly secretId: string;
  /** A key from before hints gets its own at its first use. */
  readonly hint: string;
  atMs: number;
}

export interface KeyUses {
  /** On every call, so it writes nothing. */
  note(use: KeyUse, nowMs: number): void;
  /** Writes what is new by one statement. */
  write(): Promise<void>;
  /** Writes the last of it, and stops. */
  close(): Promise<void>;
}

/** After a crash nobody knows the uses of the last half minute. */
const writeEveryMs = 30_000;

/** Remembers when keys were used, and writes it twice a minute for all of them together. */
export function createKeyUses({ database, log }: { database: Database; log: Log }): KeyUses {
  let unwritten: KeyUse[] = [];

  const note = (use: KeyUse, nowMs: number): void => {
    if (use.atMs === 0) unwritten.push(use);
    use.atMs = nowMs;
  };

  const write = async (): Promise<void> => {
    if (unwritten.length === 0) return;
    const writing = unwritten.map((use) => ({ use, ...use }));
    unwritten = [];
    for (const { use } of writing) use.atMs = 0;
    try {
      await writeUses(database, writing);
    } catch (error) {
      for (const { use, atMs } of writing) if (use.atMs === 0) note(use, atMs);
      throw error;
    }
  };
  const tryToWrite = (): Promise<void> =>
    write().catch((error: unknown) => log.warn({ err: error }, "the last uses of keys could not be written"));

  let isWriting = false;
  const timer = setInterval(() => {
    if (isWriting) return;
    isWriting = true;
    void tryToWrite().finally(() => {
      isWriting = false;
    });
  }, writeEveryMs);
  timer.unref();

  return {
    note,
    write,
    async close() {
      clearInterval(timer);
      await tryToWrite();
    },
  };
}

/** Locked in the order of their ids, so that processes that write at once wait for each other and do not clash. Never back in time. */
async function writeUses({ kysely }: Database, uses: readonly KeyUse[]): Promise<void> {
  const ids = uses.map(({ secretId }) => secretId);
  const times = uses.map(({ atMs }) => new Date(atMs).toISOString());
  const hints = uses.map(({ hint }) => hint);
  await sql`
    with used as (
      select id, max(at) as at, max(hint) as hint
      from unnest(${ids}::uuid[], ${times}::timestamptz[], ${hints}::text[]) as u (id, at, hint) group by id
    ), locked as (
      select s.id from api_key_secrets s join used on used.id = s.id order by s.id for no key update of s
    )
    update api_key_secrets s
    set last_used_at = greatest(s.last_used_at, used.at), hint = coalesce(s.hint, used.hint)
    from used join locked on locked.id = used.id
    where s.id = used.id`.execute(kysely);
}
