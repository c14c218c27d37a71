export { lockOffers, type OfferFaults, readOffers } from "./offers.ts";
export { decimalIssues } from "./product.ts";
export { registerProductRoutes } from "./product-routes.ts";
export { findItemsById, findItemsBySku, type SellableItem } from "./sellable-items.ts";
export { holdsJson, itemIdOf, outOfHeldStock, outOfStock, requireHolds } from "./stock.ts";
export {
  type ItemQuantity,
  isSoldOut,
  type KnownHold,
  listHeldLevels,
  lockLevels,
  lockStockRoom,
  moveHolds,
  readHolds,
  releaseHolds,
  reserveStock,
  type Shortage,
  selectHolds,
  sellHolds,
  writeHolds,
} from "./stock-store.ts";
