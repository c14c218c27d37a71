import { type FakeAnswer, type FakeHandlers, pageOf } from "./fake-answers.ts";
import { cancelOrder, completeOrder, createOrder, requireOrder } from "./fake-orders.ts";
import { refuse } from "./refusal.ts";

export const orderHandlers: FakeHandlers = {
  createOrder: (world, call) => {
    const body = call.body("orderCreate");
    if (body.id !== undefined && world.orders.has(body.id))
      throw refuse("ALREADY_EXISTS", { details: { id: body.id } });
    const order = createOrder(world, body);
    const { json, headers } = answered(order);
    return { status: 201, json, headers: { ...headers, Location: `/api/v1/orders/${order.id}` } };
  },
  listOrders: (world, call) => {
    const wanted = Object.entries(call.query()).filter(([name]) => name !== "first" && name !== "after");
    const orders = [...world.orders.values()].reverse().map(({ order }) => order);
    return pageOf(
      call,
      orders.filter((order) => wanted.every(([name, value]) => order[name as keyof typeof order] === value)),
    );
  },
  readOrder: (world, call) => answered(requireOrder(world, call.param("orderId")).order),
  completeOrder: (world, call) => {
    requireOrder(world, call.param("orderId"));
    call.body("noBody");
    return answered(completeOrder(world, call.param("orderId")));
  },
  cancelOrder: (world, call) => {
    requireOrder(world, call.param("orderId"));
    return answered(cancelOrder(world, call.param("orderId"), call.body("orderCancel").reason ?? null));
  },
};

function answered(order: { readonly version: number }): Required<Pick<FakeAnswer, "json" | "headers">> {
  return { json: order, headers: { ETag: `"${order.version}"` } };
}
