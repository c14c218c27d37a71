import { randomUUID } from "node:crypto";
import type { ErrorBody } from "@stanchion/contract";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { createRemoteJWKSet, errors, jwtVerify } from "jose";
import { ApiError, apiError, renderError } from "../platform/errors/index.ts";
import { noteRoute, writeAnswer } from "../platform/http/index.ts";
import { boughtPage, checkoutPage, pageHeaders, refusalPage } from "./demo-shop-pages.ts";
import type { Demo } from "./make-demo.ts";

/** The demo's shop: it knows of Stanchion what any shop knows, the public keys and a secret key. */
export interface DemoShop {
  /** Adds the checkout's routes; to be called before the server listens. */
  readonly register: (app: FastifyInstance) => void;
  /** Starts to sell what the demo's line admits to; `ownUrl` is where the API is reached from here. */
  open(demo: Demo, ownUrl: string): void;
}

/** The path of the checkout, to which the waiting page sends whoever is admitted. */
export const checkoutPath = "/dev/checkout";

const apiCallMsMax = 5_000;

/** What the shop has once it sells. */
interface Counter {
  readonly demo: Demo;
  readonly ownUrl: string;
  readonly keys: ReturnType<typeof createRemoteJWKSet>;
}

/** @example startServer({ …, extend: shop.register, beforeReady: async (server) => shop.open(await makeDemo(server), server.ownUrl) }) */
export function createDemoShop(): DemoShop {
  let counter: Counter | null = null;

  const show = (request: FastifyRequest, reply: FastifyReply, sell: (open: Counter) => Promise<string>) =>
    requireOpen(counter)
      .then(sell)
      .then(
        (body) => {
          const contentType = "text/html; charset=utf-8";
          writeAnswer(request, reply, { status: 200, body, contentType, headers: pageHeaders });
          request.server.noteSuccess(request, 200);
        },
        (error: unknown) => refuse(request, reply, error, counter),
      );

  return {
    register(app) {
      noteRoute("GET", checkoutPath);
      noteRoute("POST", checkoutPath);
      app.register(async (scope) => {
        scope.removeAllContentTypeParsers();
        scope.addContentTypeParser(
          "application/x-www-form-urlencoded",
          { parseAs: "string" },
          (_request, body, done) => done(null, Object.fromEntries(new URLSearchParams(String(body)))),
        );
        scope.get(checkoutPath, (request, reply) =>
          show(request, reply, (open) => showCheckout(open, tokenIn(request.query))),
        );
        scope.post(checkoutPath, (request, reply) =>
          show(request, reply, (open) => buy(open, tokenIn(request.body))),
        );
      });
    },
    open(demo, ownUrl) {
      // A public address need not be reachable from inside, so the keys are read where the API is called.
      counter = { demo, ownUrl, keys: createRemoteJWKSet(new URL("/.well-known/jwks.json", ownUrl)) };
    },
  };
}

async function requireOpen(counter: Counter | null): Promise<Counter> {
  if (counter === null) throw apiError("DEPLOYING", { retryAfterSeconds: 1 });
  return counter;
}

function tokenIn(parameters: unknown): string {
  const token: unknown = Object(parameters).admission_token;
  if (typeof token !== "string" || token === "")
    throw apiError("MISSING_PARAMETER", { details: { parameter: "admission_token" } });
  return token;
}

interface Validated {
  readonly admission: { readonly id: string; readonly consumerId: string; readonly expiresAt: string };
}

async function showCheckout(open: Counter, token: string): Promise<string> {
  await verifyOffline(open, token);
  const { admission } = (await callApi(open, "validate", { token })) as Validated;
  return checkoutPage({
    action: checkoutPath,
    token,
    expiresAtMs: Date.parse(admission.expiresAt),
    nowMs: Date.now(),
  });
}

/** Signature, issuer, audience, type and time by the public keys alone; that the token is for this line is the shop's own rule. */
async function verifyOffline({ demo, keys }: Counter, token: string): Promise<void> {
  const rules = { issuer: demo.url, audience: demo.organizationId, typ: "admission+jwt" };
  const { payload } = await jwtVerify(token, keys, rules).catch((cause: unknown) => {
    if (cause instanceof errors.JWTExpired) throw apiError("TOKEN_EXPIRED", { cause });
    const isKeysFault = !(cause instanceof errors.JOSEError) || cause instanceof errors.JWKSTimeout;
    throw isKeysFault
      ? apiError("DEPLOYING", { cause, retryAfterSeconds: 3 })
      : apiError("INVALID_TOKEN", { cause });
  });
  if (payload.dist !== demo.queueId) throw apiError("INVALID_TOKEN");
}

async function buy(open: Counter, token: string): Promise<string> {
  const { admission } = (await callApi(open, "validate", { token })) as Validated;
  const orderId = `demo-${randomUUID()}`;
  await callApi(open, "complete", { consumerId: admission.consumerId, orderId });
  return boughtPage({ orderId, queueId: open.demo.queueId });
}

/** A call as a shop's server makes it; what the API refuses is thrown on as it is. */
async function callApi(
  { demo, ownUrl }: Counter,
  verb: "validate" | "complete",
  body: unknown,
): Promise<unknown> {
  const answer = await fetch(`${ownUrl}/api/v1/queues/${demo.queueId}/${verb}`, {
    method: "POST",
    headers: { Authorization: `Bearer ${demo.secretKey}`, "Content-Type": "application/json" },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(apiCallMsMax),
  }).catch((cause: unknown) => {
    throw apiError("DEPLOYING", { cause, retryAfterSeconds: 3 });
  });
  if (answer.ok) return answer.json();
  const { code, details } = (await answer.json()) as ErrorBody;
  const retryAfter = answer.headers.get("retry-after");
  throw apiError(code, {
    details,
    ...(retryAfter === null ? {} : { retryAfterSeconds: Number(retryAfter) }),
  });
}

/** A person gets a page with a way back to the line, a program the contract's error. */
function refuse(request: FastifyRequest, reply: FastifyReply, error: unknown, counter: Counter | null): void {
  const isPerson = request.headers.accept?.includes("text/html") ?? false;
  if (!isPerson || !(error instanceof ApiError)) throw error;
  const { requestId } = request.call;
  const { status, headers, body } = renderError(error, { requestId, publicUrl: null });
  writeAnswer(request, reply, {
    status,
    body: refusalPage({ error: JSON.parse(body) as ErrorBody, queueId: counter?.demo.queueId ?? null }),
    contentType: "text/html; charset=utf-8",
    headers: [...headers, ...pageHeaders],
  });
}
