import type { Catalogue } from "@stanchion/contract";
import type { FastifyInstance } from "fastify";
import { type Api, createApi } from "./api.ts";
import type { Config } from "./config.ts";
import { createDevMailbox, createMailer, mailLimits } from "./delivery/mail/index.ts";
import { type Clock, systemClock } from "./platform/clock.ts";
import { collectSeldom } from "./platform/collect-seldom.ts";
import type { Database } from "./platform/database/index.ts";
import { createLog, type Log } from "./platform/log.ts";
import { watchMaintenance } from "./platform/maintenance/index.ts";
import { createMetrics } from "./platform/metrics/index.ts";
import type { Secrets } from "./platform/secrets.ts";
import { openSigningKeys } from "./platform/signing-keys/index.ts";
import { closeDatabase, prepareDatabase } from "./prepare-database.ts";
import { findServerUrl, forgetAddress, noteAddress } from "./server-address.ts";
import { startWorker, type Worker } from "./worker.ts";

export interface ServerOptions {
  readonly config: Config;
  readonly parts: { readonly api: boolean; readonly worker: boolean };
  readonly clock?: Clock;
  readonly log?: Log;
  /** The languages of refusals; those of the contract unless a test brings its own. */
  readonly catalogues?: readonly Catalogue[];
  /** Told about steps that a person who waits wants to know. */
  readonly say?: (line: string) => void;
  /** Adds routes to those of the API, before the server listens. */
  readonly extend?: (app: FastifyInstance) => void;
  /** Runs when everything serves and before the server calls itself ready. */
  readonly beforeReady?: (server: RunningServer) => Promise<void>;
}

export interface RunningServer {
  readonly config: Config;
  /** Where it listens, such as http://127.0.0.1:4800. */
  readonly ownUrl: string;
  readonly databaseUrl: string;
  readonly database: Database;
  readonly secrets: Secrets;
  readonly api: Api | null;
  readonly log: Log;
  /** Not ready, new work refused, what is under way finished, streams told to come back. At most 8 s. */
  stop(): Promise<void>;
}

const refusalMs = 250;
const drainMs = 3_500;

/** Starts the API, the worker or both, and answers once it serves. */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const { config, parts, clock = systemClock, say = () => {} } = options;
  const log = options.log ?? createLog(config.logLevel);
  if (parts.api) collectSeldom();
  const { embedded, databaseUrl, directUrl, database, secrets } = await prepareDatabase(config, log, say);
  const metrics = createMetrics();
  const keys = await openSigningKeys(database, secrets, log);
  const maintenance = await watchMaintenance(database, log);
  const mailbox = createDevMailbox(clock);
  const mailer = createMailer({ settings: config.mail, mailbox, clock, metrics });
  let ownUrl = "";
  let isReady = false;
  let isDraining = false;

  let api: Api | null = null;
  let worker: Worker | null = null;
  const stop = async (): Promise<void> => {
    if (isDraining) return;
    isReady = false;
    isDraining = true;
    if (ownUrl !== "") await forgetAddress(config.dataFolder, ownUrl);
    if (api !== null) await drain(api);
    await worker?.stop();
    await api?.close();
    await mailer.close();
    keys.close();
    maintenance.close();
    await metrics.close();
    await closeDatabase({ database, embedded });
  };

  try {
    if (parts.api) {
      api = await createApi({
        config,
        database,
        secrets,
        keys,
        clock,
        log,
        metrics,
        maintenance,
        mailer,
        mailbox,
        ownUrl: () => ownUrl,
        isReady: () => isReady,
        isDraining: () => isDraining,
        catalogues: options.catalogues,
      });
      options.extend?.(api.app);
      ownUrl = await api.app.listen({ port: config.port, host: config.host });
      await noteAddress(config.dataFolder, ownUrl);
    }
    if (api !== null && config.mail === null)
      log.info({ page: `${ownUrl}/dev/mailbox` }, "SMTP_URL is not set: mails of test keys lie on this page");
    if (parts.worker)
      worker = await startWorker({
        database,
        directUrl,
        secrets,
        keys,
        fairness: config.fairness,
        webhooks: config.webhooks,
        mailer,
        mailDeadlineMs: config.mail?.deadlineMs ?? mailLimits.deadlineMsDefault,
        // A worker that stands alone asks where the server beside it is.
        baseUrl: async () => config.publicUrl ?? (ownUrl === "" ? await findServerUrl(config) : ownUrl),
        log,
        metrics,
        maintenance,
      });
    const server: RunningServer = { config, ownUrl, databaseUrl, database, secrets, api, log, stop };
    await options.beforeReady?.(server);
    isReady = true;
    return server;
  } catch (error) {
    await stop();
    throw error;
  }
}

/** For a moment new requests are told to come back; then nothing is taken any more and what is under way is waited for. */
async function drain(api: Api): Promise<void> {
  api.streams.close();
  if (api.app.server.listening) await new Promise((resolve) => setTimeout(resolve, refusalMs));
  const closed = api.app.close();
  const patience = setTimeout(() => api.app.server.closeAllConnections(), drainMs);
  await closed;
  clearTimeout(patience);
}
