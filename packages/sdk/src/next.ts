/** For Next: its proxy (called middleware before Next 16) and its route handlers. */
import {
  type Checkout,
  type CheckoutAdmission,
  type CheckoutOptions,
  protectCheckout as protect,
} from "./checkout/protect-checkout.ts";

export type {
  Checkout,
  CheckoutAdmission,
  CheckoutOptions,
  CheckoutOrder,
  CheckoutOrderDetails,
  CompletedCheckout,
} from "./checkout/protect-checkout.ts";
export type { CheckoutCookie } from "./checkout/signed-state.ts";

/** The checkout, and what Next asks for. In a page, `checkout.read(await headers())` says who has come in. */
export interface NextCheckout extends Checkout {
  /** For `proxy.ts`, with a `matcher` for the pages that are to be protected. */
  proxy(request: Request): Promise<Response>;
  /** Wraps a route handler: `export const POST = checkout.route(async (request, admission) => …)`. */
  route<NextRequest extends Request>(
    answer: (request: NextRequest, admission: CheckoutAdmission) => Response | Promise<Response>,
  ): (request: NextRequest) => Promise<Response>;
}

/**
 * Protects pages and route handlers of Next.
 *
 * @throws {TypeError} When an option cannot be right.
 * @example
 * export const checkout = protectCheckout({ url, organizationId, queueId, secretKey, cookie: { secret } });
 */
export function protectCheckout(options: CheckoutOptions): NextCheckout {
  const core = protect(options);
  return {
    ...core,
    async proxy(request) {
      const verdict = await core.check(request);
      // What NextResponse.next() answers, without a need for Next here.
      if (verdict.isAdmitted) return new Response(null, { headers: { "x-middleware-next": "1" } });
      return withWholeLocation(verdict.response, request.url);
    },
    route: (answer) => (request) => core.handle(request, (_, admission) => answer(request, admission)),
  };
}

/** Next takes whole addresses alone from its proxy, and shortens those of its own site again. */
function withWholeLocation(response: Response, base: string): Response {
  const location = response.headers.get("location");
  if (location !== null) response.headers.set("Location", new URL(location, base).href);
  return response;
}
