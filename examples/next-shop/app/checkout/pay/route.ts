import { openShop } from "../../../open-shop.ts";

export function POST(request: Request): Promise<Response> {
  const { checkout, orders } = openShop();
  const pay = checkout.route(async (own: Request) => {
    const { id } = await orders.buy({
      create: (details) => checkout.order(own, details),
      complete: (order) => checkout.complete(own, order),
    });
    return new Response(null, { status: 303, headers: { Location: `/orders/${id}` } });
  });
  return pay(request);
}
