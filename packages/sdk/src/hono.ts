/** Middleware for Hono, on every runtime that it runs on. */
import type { Order } from "@stanchion/contract";
import { AdmittedRequests } from "./checkout/admitted-requests.ts";
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

/** The parts of Hono's context that are used. */
export interface HonoContextLike {
  readonly req: { readonly raw: Request };
  header(name: string, value: string, options?: { append?: boolean }): void;
}

export interface HonoCheckout {
  /** `app.use("/checkout/*", checkout.middleware)` */
  middleware(context: HonoContextLike, next: () => Promise<void>): Promise<Response | undefined>;
  /** Who has come in; throws AUTHENTICATION_REQUIRED where the request did not pass the middleware. */
  admissionOf(context: HonoContextLike): CheckoutAdmission;
  /** Makes an order before the money is taken: what could not be honoured is refused while nobody has paid. */
  order(context: HonoContextLike, details?: CheckoutOrderDetails): Promise<Order>;
  /** Reports that the order is paid, and ends the fan's session with the response; call it before the response is made. */
  complete(context: HonoContextLike, order: CheckoutOrder): Promise<CompletedCheckout>;
  /** Takes a verified webhook: who was denied, has left or has bought is out at once, in this process. */
  note(event: WebhookEvent): void;
}

/**
 * Protects routes of Hono.
 *
 * @throws {TypeError} When an option cannot be right.
 * @example
 * const checkout = protectCheckout({ url, organizationId, queueId, secretKey, cookie: { secret } });
 * app.use("/checkout/*", checkout.middleware);
 */
export function protectCheckout(options: CheckoutOptions): HonoCheckout {
  const core = protect(options);
  const admitted = new AdmittedRequests<HonoContextLike>(core);
  return {
    async middleware(context, next) {
      const verdict = await core.check(context.req.raw);
      if (!verdict.isAdmitted) return verdict.response;
      const addCookie = (cookie: string): void => context.header("Set-Cookie", cookie, { append: true });
      admitted.add(context, verdict.admission, addCookie);
      await next();
      return undefined;
    },
    admissionOf: (context) => admitted.admissionOf(context),
    order: (context, details) => admitted.order(context, details),
    complete: (context, order) => admitted.complete(context, order),
    note: core.note,
  };
}
