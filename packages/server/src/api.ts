import { randomBytes } from "node:crypto";
import { type Catalogue, openapiDocument } from "@stanchion/contract";
import type { FastifyInstance } from "fastify";
import { registerCarryRoutes } from "./carry/index.ts";
import { registerProductRoutes } from "./catalog/index.ts";
import type { Config } from "./config.ts";
import type { DevMailbox, Mailer } from "./delivery/mail/index.ts";
import {
  createAddressGuard,
  registerEventStream,
  registerTriggerEvent,
  registerWebhookDeliveryRoutes,
  registerWebhookEndpointRoutes,
} from "./delivery/webhooks/index.ts";
import {
  createDrawServices,
  createDrawWatch,
  registerDrawAdmissionRoutes,
  registerDrawEntryRoutes,
  registerDrawProofRoutes,
  registerDrawRoutes,
  registerDrawStream,
  registerRemoveDrawEntry,
  registerUpdateDraw,
} from "./distributions/draws/index.ts";
import {
  createQueueServices,
  registerAdmissionRoutes,
  registerBoardRoutes,
  registerBoardStream,
  registerLineProofRoutes,
  registerLineRoutes,
  registerQueueRoutes,
  registerQueueStateRoutes,
  registerTurnMailRoutes,
  registerUpdateQueue,
} from "./distributions/queues/index.ts";
import { createThemes, registerExperienceRoutes, registerSequenceRoutes } from "./experiences/index.ts";
import { registerBeaconRoutes, registerFairnessLogRoutes } from "./fairness/index.ts";
import {
  createAuthenticate,
  createDeviceProofs,
  createKeyDirectory,
  createSessionIssuer,
  registerApiKeyRoutes,
  registerConsumerRoutes,
  registerExternalAccountRoutes,
  registerOneTimeCodeRoutes,
  registerOrganizationRoutes,
  registerPersonalDataRoutes,
  registerSessionRoutes,
  watchRevocations,
} from "./identity/index.ts";
import {
  createPasswords,
  registerInvitationRoutes,
  registerMemberRoutes,
  registerOwnMemberRoutes,
  registerPasswordResetRoutes,
  registerSecondFactorRoutes,
  watchMemberSessions,
} from "./members/index.ts";
import { registerHookDelivery, registerHookRoutes, registerOrderRoutes } from "./orders/index.ts";
import { registerDocs } from "./pages/docs/index.ts";
import { registerDrawPage } from "./pages/draw-page.ts";
import { registerMailboxPage } from "./pages/mailbox-page.ts";
import { registerStartPage, type StartPage } from "./pages/start-page.ts";
import { registerVerifyPage } from "./pages/verify-page.ts";
import { registerWaitingPage } from "./pages/waiting-page.ts";
import { registerAuditRoutes } from "./platform/audit/index.ts";
import type { Clock } from "./platform/clock.ts";
import type { Database } from "./platform/database/index.ts";
import { apiError } from "./platform/errors/index.ts";
import {
  createEventStreams,
  createHttpServer,
  createOverloadGuard,
  type EventStreams,
  isFromThisMachine,
  jsonAnswer,
  type OperationHost,
  registerOperation,
} from "./platform/http/index.ts";
import type { Log } from "./platform/log.ts";
import type { MaintenanceWatch } from "./platform/maintenance/index.ts";
import type { Metrics } from "./platform/metrics/index.ts";
import { createRateLimiter, openSharedLimits, watchProcesses } from "./platform/rate-limits/index.ts";
import type { Secrets } from "./platform/secrets.ts";
import { registerJwksRoute, type SigningKeys } from "./platform/signing-keys/index.ts";
import { createRequestRecorder, registerRequestRoutes } from "./requests/index.ts";

export interface ApiDeps {
  readonly config: Config;
  readonly database: Database;
  readonly secrets: Secrets;
  readonly keys: SigningKeys;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly maintenance: MaintenanceWatch;
  readonly mailer: Mailer;
  readonly mailbox: DevMailbox;
  /** The server's own address as it can be reached, known after listening. */
  readonly ownUrl: () => string;
  readonly isReady: () => boolean;
  readonly isDraining: () => boolean;
  /** The languages of refusals; those of the contract unless a test brings its own. */
  readonly catalogues?: readonly Catalogue[] | undefined;
}

export interface Api {
  readonly app: FastifyInstance;
  readonly streams: EventStreams;
  readonly startPage: StartPage;
  /** Waits for the groups under way, then stops what runs in the background. */
  close(): Promise<void>;
}

const databaseCheckMs = 2_000;
const overloadedStreamMs = 5_000;

/** Assembles every route. */
export async function createApi(deps: ApiDeps): Promise<Api> {
  const { config, database, secrets, clock, log, metrics, maintenance, mailer, mailbox } = deps;
  const publicUrl = (): string | null => config.publicUrl;
  const processName = `${process.pid}-${randomBytes(2).toString("hex")}`;
  log.debug({ process: processName }, "this process records requests under its name");
  const recorder = createRequestRecorder({ database, processName, log, metrics });
  const overload = createOverloadGuard({
    limits: config.overload,
    waiting: {
      get joins() {
        return queues.writer.waiting + draws.writer.waiting;
      },
      get database() {
        return database.pool.waitingCount;
      },
    },
    log,
  });
  const app = createHttpServer({
    clock,
    log,
    metrics,
    recorder,
    trustProxy: config.trustProxy,
    publicUrl,
    ...(deps.catalogues === undefined ? {} : { catalogues: deps.catalogues }),
    isDraining: deps.isDraining,
    maintenance: () => maintenance.current,
    overload,
  });
  const keys = createKeyDirectory({ database, secrets, clock, log });
  const revocations = await watchRevocations(database, log);
  const sessions = watchMemberSessions({ database, clock, log, publicUrl });
  const shared =
    config.valkeyUrl === null ? null : await openSharedLimits({ url: config.valkeyUrl, secrets, clock, log });
  const rateLimiter = createRateLimiter(clock, config.rateLimits, shared);
  const processes = watchProcesses({ database, sharesLimits: shared !== null, log });
  const proofs = createDeviceProofs({ secrets, clock, publicUrl });
  const host: OperationHost = {
    app,
    database,
    rateLimiter,
    publicUrl,
    secrets,
    catalogues: deps.catalogues,
    authenticate: createAuthenticate({
      keys,
      revocations,
      proofs,
      secrets,
      clock,
      findMember: sessions.find,
    }),
  };
  const queues = createQueueServices({
    database,
    clock,
    log,
    secrets,
    keys: deps.keys,
    issuer: () => config.publicUrl ?? deps.ownUrl(),
    chains: config.fairness.drandChains,
  });

  const draws = createDrawServices({
    database,
    clock,
    log,
    secrets,
    keys: deps.keys,
    issuer: () => config.publicUrl ?? deps.ownUrl(),
    chains: config.fairness.drandChains,
  });

  registerServiceRoutes(host, deps);
  const issuer = createSessionIssuer({ secrets, clock });
  registerSessionRoutes(host, { secrets, clock, revocations, proofs, issuer });
  registerOneTimeCodeRoutes(host, { database, secrets, clock, mailer, revocations, proofs, issuer });
  registerExternalAccountRoutes(host, { revocations, proofs, clock, issuer });
  registerCarryRoutes(host, { revocations, proofs, clock, issuer });
  registerPersonalDataRoutes(host, { clock, revocations, flushRequests: () => recorder.flush() });
  registerConsumerRoutes(host, { clock, revocations });
  registerApiKeyRoutes(host, { clock, keys });
  registerOrganizationRoutes(host, { clock, keys, rateLimits: config.rateLimits });
  const baseUrl = (): string => config.publicUrl ?? deps.ownUrl();
  const memberDeps = { secrets, clock, passwords: createPasswords(), sessions, mailer, baseUrl, log };
  registerOwnMemberRoutes(host, memberDeps);
  registerSecondFactorRoutes(host, memberDeps);
  registerMemberRoutes(host, memberDeps);
  registerInvitationRoutes(host, memberDeps);
  const resets = registerPasswordResetRoutes(host, memberDeps);
  const guard = createAddressGuard(config.webhooks);
  registerWebhookEndpointRoutes(host, { clock, guard });
  registerWebhookDeliveryRoutes(host, { clock });
  registerTriggerEvent(host, { clock });
  registerProductRoutes(host, { clock, log });
  registerExperienceRoutes(host, { clock });
  registerSequenceRoutes(host, { clock });
  registerQueueRoutes(host, queues);
  registerUpdateQueue(host, queues);
  registerQueueStateRoutes(host, queues);
  registerLineRoutes(host, queues);
  registerTurnMailRoutes(host, queues, mailer);
  registerBoardRoutes(host, queues);
  registerLineProofRoutes(host, queues);
  registerAdmissionRoutes(host, queues);
  registerFairnessLogRoutes(host, deps.keys);
  registerBeaconRoutes(host, { fairness: config.fairness, clock });
  registerDrawRoutes(host, draws);
  registerUpdateDraw(host, draws);
  registerDrawEntryRoutes(host, draws);
  registerRemoveDrawEntry(host);
  registerDrawProofRoutes(host, draws);
  registerDrawAdmissionRoutes(host, draws);
  const refreshLine = (queueId: string): Promise<unknown> => queues.views.refresh(queueId);
  registerOrderRoutes(host, { clock, refreshLine });
  registerHookRoutes(host, { clock, baseUrl });
  registerHookDelivery(host, { clock, refreshLine });
  registerJwksRoute(host, deps.keys);
  registerAuditRoutes(host, { log });
  registerRequestRoutes(host, recorder);
  const mustWaitMs = (): number | null => {
    if (maintenance.current !== null) return maintenance.current.retryAfterSeconds * 1_000;
    return overload.isBehind() ? overloadedStreamMs : null;
  };
  const streams = createEventStreams(host, mustWaitMs);
  registerBoardStream(streams, queues);
  registerEventStream(streams, { host, database, log });
  const drawWatch = createDrawWatch({ database, log });
  registerDrawStream(streams, drawWatch);
  maintenance.onBegin(({ retryAfterSeconds }) => streams.sendAway(retryAfterSeconds * 1_000));
  const startPage = registerStartPage(app);
  registerVerifyPage(app);
  registerDocs(app);
  if (config.mail === null) registerMailboxPage(app, mailbox);
  const themes = createThemes(database);
  await registerWaitingPage(app, { views: queues.views, themes, secrets, clock, publicUrl, mailer });
  await registerDrawPage(app, { views: draws.views, themes, secrets });

  metrics.gauge("stanchion_open_streams", "Open streams of boards, draws and events", () => streams.open);
  metrics.gauge("stanchion_rate_limited_keys", "Keys that the limiter holds", () => rateLimiter.keysHeld);

  return {
    app,
    streams,
    startPage,
    async close() {
      await resets.drained();
      await Promise.all([queues.writer.drained(), draws.writer.drained()]);
      await recorder.close();
      queues.views.close();
      drawWatch.close();
      await keys.close();
      revocations.close();
      sessions.close();
      guard.close();
      shared?.counts.close();
      await processes.close();
    },
  };
}

function registerServiceRoutes(host: OperationHost, deps: ApiDeps): void {
  registerOperation(host, "readLiveness", () => jsonAnswer(200, { status: "live" }));

  let checked: { atMs: number; result: Promise<unknown> } | null = null;
  registerOperation(host, "readReadiness", async () => {
    if (!deps.isReady()) throw apiError("DEPLOYING", { retryAfterSeconds: 1 });
    const nowMs = Date.now();
    const probe = { text: "select 1", query_timeout: databaseCheckMs };
    if (checked === null || nowMs - checked.atMs > databaseCheckMs)
      checked = { atMs: nowMs, result: deps.database.pool.query(probe) };
    await checked.result.catch((cause: unknown) => {
      throw apiError("DATABASE_UNAVAILABLE", { cause, retryAfterSeconds: 5 });
    });
    return jsonAnswer(200, { status: "ready" });
  });

  registerOperation(host, "readMetrics", async (call) => {
    if (!isFromThisMachine(call.request)) throw apiError("RESOURCE_RESTRICTED");
    return {
      status: 200,
      body: await deps.metrics.render(),
      contentType: "text/plain; version=0.0.4; charset=utf-8",
    };
  });

  let openapi: Buffer | null = null;
  registerOperation(host, "readOpenapi", () => {
    openapi ??= Buffer.from(JSON.stringify(openapiDocument(deps.config.publicUrl ?? "/")));
    return { status: 200, body: openapi, headers: ["Cache-Control", "public, max-age=300"] };
  });
}
