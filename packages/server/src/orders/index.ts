export { registerHookDelivery } from "./deliver-hook.ts";
export { registerHookRoutes } from "./hook-routes.ts";
export { type OrderDeps, registerOrderRoutes } from "./order-routes.ts";
export { postponeHoldEnds } from "./order-store.ts";
export { startHoldWatch } from "./release-stale-orders.ts";
