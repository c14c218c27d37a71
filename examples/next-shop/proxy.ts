import { openShop } from "./open-shop.ts";

export function proxy(request: Request): Promise<Response> {
  return openShop().checkout.proxy(request);
}

export const config = { matcher: ["/checkout/:path*"] };
