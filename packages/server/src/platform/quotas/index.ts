export { type CountedDelivery, countDelivery, giveDeliveryBack } from "./count-delivery.ts";
export { findQuotas, readQuotaUse, writeQuotas } from "./quota-store.ts";
export { requireOpenRoom } from "./require-open-room.ts";
