/** A hook for Fastify. */
import type { Order } from "@stanchion/contract";
import { AdmittedRequests } from "./checkout/admitted-requests.ts";
import { type NodeRequest, webRequestOf } from "./checkout/node-request.ts";
import {
  type CheckoutAdmission,
  type CheckoutOptions,
  type CheckoutOrder,
  type CheckoutOrderDetails,
  type CompletedCheckout,
  protectCheckout as protect,
} from "./checkout/protect-checkout.ts";
import type { WebhookEvent } from "./server/verify-webhook.ts";

export type {
  CheckoutAdmission,
  CheckoutOptions,
  CheckoutOrder,
  CheckoutOrderDetails,
  CompletedCheckout,
} from "./checkout/protect-checkout.ts";
export type { CheckoutCookie } from "./checkout/signed-state.ts";

/** The parts of Fastify's reply that are used. */
export interface FastifyReplyLike {
  code(status: number): unknown;
  header(name: string, value: string): unknown;
  send(body?: unknown): unknown;
}

export interface FastifyCheckout {
  /** `scope.addHook("onRequest", checkout.onRequest)`, in the scope that is to be protected. */
  onRequest(request: NodeRequest, reply: FastifyReplyLike): Promise<unknown>;
  /** Who has come in with this request; throws AUTHENTICATION_REQUIRED where it did not pass the hook. */
  admissionOf(request: NodeRequest): CheckoutAdmission;
  /** Makes an order before the money is taken: what could not be honoured is refused while nobody has paid. */
  order(request: NodeRequest, details?: CheckoutOrderDetails): Promise<Order>;
  /** Reports that the order is paid, and ends the fan's session with the reply; call it before the reply is sent. */
  complete(request: NodeRequest, order: CheckoutOrder): Promise<CompletedCheckout>;
  /** Takes a verified webhook: who was denied, has left or has bought is out at once, in this process. */
  note(event: WebhookEvent): void;
}

/**
 * Protects a scope of Fastify.
 *
 * @throws {TypeError} When an option cannot be right.
 * @example
 * const checkout = protectCheckout({ url, organizationId, queueId, secretKey, cookie: { secret } });
 * app.register(async (scope) => {
 *   scope.addHook("onRequest", checkout.onRequest);
 *   scope.get("/checkout", async () => "Your checkout");
 * });
 */
export function protectCheckout(options: CheckoutOptions): FastifyCheckout {
  const core = protect(options);
  const admitted = new AdmittedRequests<NodeRequest>(core);
  return {
    async onRequest(request, reply) {
      const verdict = await core.check(webRequestOf(request));
      if (!verdict.isAdmitted) return send(reply, verdict.response);
      admitted.add(request, verdict.admission, (cookie) => void reply.header("Set-Cookie", cookie));
      return undefined;
    },
    admissionOf: (request) => admitted.admissionOf(request),
    order: (request, details) => admitted.order(request, details),
    complete: (request, order) => admitted.complete(request, order),
    note: core.note,
  };
}

async function send(reply: FastifyReplyLike, answer: Response): Promise<FastifyReplyLike> {
  const body = await answer.text();
  reply.code(answer.status);
  // Fastify keeps each Set-Cookie beside the others.
  for (const [name, value] of answer.headers) reply.header(name, value);
  reply.send(body);
  return reply;
}
