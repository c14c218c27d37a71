import { PgBoss } from "pg-boss";
import type { Log } from "../log.ts";

/** Work by the calendar, done by one worker at a time whoever is alive. */
export interface Jobs {
  /** Runs `work` by a cron expression, in UTC. The name is the job's for ever. */
  schedule(name: string, cron: string, work: () => Promise<void>): Promise<void>;
  stop(): Promise<void>;
}

const connectionsMax = 2;
const stopTimeoutMs = 1_500;

export async function startJobs(databaseUrl: string, log: Log): Promise<Jobs> {
  const boss = new PgBoss({
    connectionString: databaseUrl,
    schema: "stanchion_jobs",
    max: connectionsMax,
    application_name: `stanchion ${process.pid} jobs`,
  });
  boss.on("error", (error) => log.warn({ err: error }, "the job queue met an error"));
  await boss.start();
  return {
    async schedule(name, cron, work) {
      await boss.createQueue(name);
      await boss.work(name, async () => {
        await work();
        log.debug({ job: name }, "job done");
      });
      await boss.schedule(name, cron);
    },
    stop: () => boss.stop({ graceful: true, timeout: stopTimeoutMs }),
  };
}
