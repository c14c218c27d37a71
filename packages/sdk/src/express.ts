/** Middleware for Express, Connect and whatever has Node's requests and responses. */
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

/** The parts of Node's response that are used. */
export interface NodeResponse {
  statusCode: number;
  setHeader(name: string, value: string | string[]): unknown;
  appendHeader(name: string, value: string): unknown;
  end(body?: string): unknown;
}

/** Middleware: `app.use("/checkout", checkout)`. */
export interface ExpressCheckout {
  (request: NodeRequest, response: NodeResponse, next: (error?: unknown) => void): void;
  /** Who has come in with this request; throws AUTHENTICATION_REQUIRED where it did not pass the middleware. */
  admissionOf(request: NodeRequest): CheckoutAdmission;
  /** Makes an order before the money is taken: what could not be honoured is refused while nobody has paid. */
  order(request: NodeRequest, details?: CheckoutOrderDetails): Promise<Order>;
  /** Reports that the order is paid, and ends the fan's session with the response; call it before the response is sent. */
  complete(request: NodeRequest, order: CheckoutOrder): Promise<CompletedCheckout>;
  /** Takes a verified webhook: who was denied, has left or has bought is out at once, in this process. */
  note(event: WebhookEvent): void;
  /** A listener for `http.createServer` that answers nginx's `auth_request`, and what it hands on after a refusal. */
  answerNginx(request: NodeRequest, response: NodeResponse): void;
}

/**
 * Protects what comes after it in Express.
 *
 * @throws {TypeError} When an option cannot be right.
 * @example
 * const checkout = protectCheckout({ url, organizationId, queueId, secretKey, cookie: { secret } });
 * app.use("/checkout", checkout);
 */
export function protectCheckout(options: CheckoutOptions): ExpressCheckout {
  const core = protect(options);
  const admitted = new AdmittedRequests<NodeRequest>(core);
  const judge = async (request: NodeRequest, response: NodeResponse): Promise<boolean> => {
    const verdict = await core.check(webRequestOf(request));
    if (!verdict.isAdmitted) await send(response, verdict.response);
    else
      admitted.add(request, verdict.admission, (cookie) => void response.appendHeader("Set-Cookie", cookie));
    return verdict.isAdmitted;
  };
  const middleware = (
    request: NodeRequest,
    response: NodeResponse,
    next: (error?: unknown) => void,
  ): void => {
    judge(request, response).then((isAdmitted) => (isAdmitted ? next() : undefined), next);
  };
  return Object.assign(middleware, {
    admissionOf: (request: NodeRequest) => admitted.admissionOf(request),
    order: (request: NodeRequest, details?: CheckoutOrderDetails) => admitted.order(request, details),
    complete: (request: NodeRequest, order: CheckoutOrder) => admitted.complete(request, order),
    note: core.note,
    answerNginx: (request: NodeRequest, response: NodeResponse): void => {
      core.answerNginx(webRequestOf(request)).then(
        (answer) => send(response, answer),
        () => {
          response.statusCode = 500;
          response.end();
        },
      );
    },
  });
}

async function send(response: NodeResponse, answer: Response): Promise<void> {
  const body = await answer.text();
  response.statusCode = answer.status;
  for (const [name, value] of answer.headers) if (name !== "set-cookie") response.setHeader(name, value);
  for (const cookie of answer.headers.getSetCookie()) response.appendHeader("Set-Cookie", cookie);
  response.end(body);
}
