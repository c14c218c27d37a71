import type { Database } from "../database/index.ts";
import type { Log } from "../log.ts";
import { type Maintenance, readMaintenance } from "./maintenance-store.ts";

/** Whether maintenance is on, as this process knows it: read once a second, and kept while the database is away. */
export interface MaintenanceWatch {
  /** Null: none is on. */
  readonly current: Maintenance | null;
  /** Calls back whenever maintenance begins. */
  onBegin(listener: (maintenance: Maintenance) => void): void;
  close(): void;
}

const pollMs = 1_000;

/** Reads it before it answers: a process that starts during maintenance serves nobody even for a second. */
export async function watchMaintenance(database: Database, log: Log): Promise<MaintenanceWatch> {
  let current = await readMaintenance(database.kysely);
  const listeners: ((maintenance: Maintenance) => void)[] = [];

  const take = (read: Maintenance | null): void => {
    const before = current;
    current = read;
    if ((before === null) === (read === null)) return;
    log.info({ maintenance: read }, read === null ? "maintenance has ended" : "maintenance has begun");
    if (read !== null) for (const listener of listeners) listener(read);
  };

  let isPolling = false;
  const timer = setInterval(() => {
    if (isPolling) return;
    isPolling = true;
    readMaintenance(database.kysely)
      .then(take)
      // What was announced last stands: the database is what is worked on most often.
      .catch((error: unknown) => log.debug({ err: error }, "maintenance could not be read"))
      .finally(() => {
        isPolling = false;
      });
  }, pollMs);
  timer.unref();

  return {
    get current() {
      return current;
    },
    onBegin: (listener) => void listeners.push(listener),
    close: () => clearInterval(timer),
  };
}
