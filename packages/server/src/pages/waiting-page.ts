import { decodeId } from "@stanchion/contract";
import { messagePageHtml, waitingPageAssets, waitingPageHtml } from "@stanchion/dashboard";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { LineViews } from "../distributions/queues/index.ts";
import { pageKeyOf } from "../identity/index.ts";
import { translateDatabaseError } from "../platform/database/index.ts";
import { ApiError, apiError } from "../platform/errors/index.ts";
import { noteRoute, writeAnswer } from "../platform/http/index.ts";
import type { Secrets } from "../platform/secrets.ts";

const pageHeaders = [
  "Content-Security-Policy",
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'self'",
  "Referrer-Policy",
  "no-referrer",
  "X-Content-Type-Options",
  "nosniff",
];

const outageRetrySeconds = 5;

/** The fan's waiting page at /q/{queueId} with what it loads. */
export async function registerWaitingPage(
  app: FastifyInstance,
  deps: { views: LineViews; secrets: Secrets },
): Promise<void> {
  const assets = await waitingPageAssets();
  for (const asset of [assets.script, assets.style]) {
    noteRoute("GET", asset.path);
    app.get(asset.path, (request, reply) => {
      const accepted = String(request.headers["accept-encoding"] ?? "");
      const isGzip = accepted.includes("gzip");
      writeAnswer(request, reply, {
        status: 200,
        body: isGzip ? asset.gzip : asset.body,
        contentType: asset.contentType,
        headers: [
          "Cache-Control",
          "public, max-age=31536000, immutable",
          "X-Content-Type-Options",
          "nosniff",
          ...(isGzip ? ["Content-Encoding", "gzip"] : []),
        ],
      });
      app.noteSuccess(request, 200);
    });
  }

  noteRoute("GET", "/q/{queueId}");
  const errorHandler = (thrown: Error, request: FastifyRequest, reply: FastifyReply): void => {
    const error = thrown instanceof ApiError ? thrown : translateDatabaseError(thrown);
    if (error?.status !== 503 || !wantsPage(request)) return void reply.send(thrown);
    tellOutage(request, reply, assets.style.path, error.retryAfterSeconds ?? outageRetrySeconds);
  };
  app.get("/q/:queueId", { errorHandler }, async (request, reply) => {
    const queueId = decodeId("queue", (request.params as { queueId?: string }).queueId ?? "");
    const view = queueId === null ? null : await deps.views.get(queueId);
    if (view === null) return refuse(request, reply, assets.style.path);
    const { row } = view;
    const body = waitingPageHtml({
      queueId: view.wireId,
      queueName: row.name,
      publishableKey: pageKeyOf(deps.secrets, row.organizationId, row.isLive),
      checkoutUrl: row.checkoutUrl,
      scriptPath: assets.script.path,
      stylePath: assets.style.path,
    });
    writeAnswer(request, reply, {
      status: 200,
      body,
      contentType: "text/html; charset=utf-8",
      headers: pageHeaders,
    });
    app.noteSuccess(request, 200);
  });
}

/** A person gets a page, a program the contract's error. */
function refuse(request: FastifyRequest, reply: FastifyReply, stylePath: string): void {
  if (!wantsPage(request)) throw apiError("QUEUE_NOT_FOUND");
  const body = messagePageHtml({
    title: "There is no such line",
    text: "The address may be incomplete, or the line was taken away. Open the link from the shop again.",
    requestId: request.call.requestId,
    stylePath,
  });
  writeAnswer(request, reply, {
    status: 404,
    body,
    contentType: "text/html; charset=utf-8",
    headers: pageHeaders,
  });
}

/** Nothing is known of the line now; the browser itself asks again. */
function tellOutage(
  request: FastifyRequest,
  reply: FastifyReply,
  stylePath: string,
  retryAfterSeconds: number,
): void {
  const body = messagePageHtml({
    title: "The line is being looked after",
    text: "It is back in a moment. If you have a place in it, it is kept, and this page comes back by itself.",
    requestId: request.call.requestId,
    stylePath,
  });
  const retryAfter = String(Math.max(1, Math.ceil(retryAfterSeconds)));
  writeAnswer(request, reply, {
    status: 503,
    body,
    contentType: "text/html; charset=utf-8",
    headers: [...pageHeaders, "Retry-After", retryAfter, "Refresh", retryAfter],
  });
}

function wantsPage(request: FastifyRequest): boolean {
  return request.headers.accept?.includes("text/html") ?? false;
}
