import { limits } from "@stanchion/contract";
import type { Mailer } from "./delivery/mail/index.ts";
import { startWebhookWorker, type WebhookSettings } from "./delivery/webhooks/index.ts";
import { startDrawWorker } from "./distributions/draws/index.ts";
import {
  forgetOldTurnMails,
  startLineController,
  startOpeningWorker,
  startScheduleWatch,
  startTurnMailWorker,
} from "./distributions/queues/index.ts";
import type { FairnessSettings } from "./fairness/index.ts";
import { startHoldWatch } from "./orders/index.ts";
import { forgetOldRecords } from "./platform/audit/index.ts";
import type { Database } from "./platform/database/index.ts";
import { startJobs } from "./platform/jobs/index.ts";
import type { Log } from "./platform/log.ts";
import type { MaintenanceWatch } from "./platform/maintenance/index.ts";
import type { Metrics } from "./platform/metrics/index.ts";
import type { Secrets } from "./platform/secrets.ts";
import { rotateWhenDue, type SigningKeys } from "./platform/signing-keys/index.ts";
import { forgetOldRequests } from "./requests/index.ts";

export interface Worker {
  stop(): Promise<void>;
}

/** Assembles what runs without being asked: the admission controller, and the work by the calendar. */
export async function startWorker(deps: {
  database: Database;
  /** Past a pooler, if there is one: jobs hold locks and listen. */
  directUrl: string;
  secrets: Secrets;
  keys: SigningKeys;
  fairness: FairnessSettings;
  webhooks: WebhookSettings;
  mailer: Mailer;
  mailDeadlineMs: number;
  /** Where the server's pages are. */
  baseUrl: () => Promise<string>;
  log: Log;
  metrics: Metrics;
  maintenance: MaintenanceWatch;
}): Promise<Worker> {
  const { database, secrets, log, maintenance } = deps;
  const controller = startLineController({ ...deps, isPaused: () => maintenance.current !== null });
  const draws = startDrawWorker({ ...deps, isPaused: () => maintenance.current !== null });
  const schedules = startScheduleWatch(deps);
  const webhooks = startWebhookWorker({
    ...deps,
    settings: deps.webhooks,
    isPaused: () => maintenance.current !== null,
  });
  const openings = startOpeningWorker({ ...deps, isPaused: () => maintenance.current !== null });
  const holds = startHoldWatch({ ...deps, isPaused: () => maintenance.current !== null });
  const turnMails = startTurnMailWorker({ ...deps, isPaused: () => maintenance.current !== null });
  const jobs = await startJobs(deps.directUrl, log);
  await jobs.schedule("rotate-signing-keys", "17 * * * *", () => rotateWhenDue(database, secrets));
  await jobs.schedule("forget-old-rows", "37 * * * *", () => forgetOldRows(database));
  return {
    async stop() {
      await Promise.all([
        controller.stop(),
        draws.stop(),
        holds.stop(),
        openings.stop(),
        schedules.stop(),
        turnMails.stop(),
        webhooks.stop(),
        jobs.stop(),
      ]);
    },
  };
}

/** What nobody can ask for any more: idempotency keys and one-time codes after a day, mails about turns a day after they were asked for, sessions after their refresh tokens, requests after a week, webhooks and what came to hooks after a month, the audit log after two years. */
export async function forgetOldRows(database: Database): Promise<void> {
  await database.pool.query(
    `delete from idempotency_keys where created_at < stanchion_now() - make_interval(secs => $1)`,
    [limits.idempotencyKeptSeconds],
  );
  await database.pool.query(
    `delete from one_time_codes where changed_at < stanchion_now() - interval '1 day'`,
  );
  await database.pool.query(`delete from exchange_codes where expires_at < stanchion_now()`);
  await database.pool.query(`delete from carry_codes where expires_at < stanchion_now()`);
  await database.pool.query(`delete from sessions where expires_at < stanchion_now() - interval '1 day'`);
  // For a week an old session is still told from none.
  await database.pool.query(
    `delete from member_sessions where coalesce(ended_at, expires_at) < stanchion_now() - interval '7 days'`,
  );
  await database.pool.query(
    `delete from member_password_resets where expires_at < stanchion_now() - interval '1 day'`,
  );
  await database.pool.query(`delete from member_sign_in_tries where window_ends_at < stanchion_now()`);
  await database.pool.query(
    `delete from webhook_deliveries where created_at < stanchion_now() - make_interval(secs => $1)`,
    [limits.webhookDeliveriesKeptSeconds],
  );
  await database.pool.query(
    `delete from hook_events where received_at < stanchion_now() - make_interval(secs => $1)`,
    [limits.hookEventsKeptSeconds],
  );
  await forgetOldTurnMails(database.pool);
  await forgetOldRequests(database);
  await forgetOldRecords(database);
}
