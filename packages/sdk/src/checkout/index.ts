/** A checkout that only the admitted can open, for whatever speaks `Request` and `Response`. */
export type { Order } from "@stanchion/contract";
export { StanchionError } from "../stanchion-error.ts";
export {
  type Checkout,
  type CheckoutAdmission,
  type CheckoutOptions,
  type CheckoutOrder,
  type CheckoutOrderDetails,
  type CheckoutVerdict,
  type CompletedCheckout,
  type EndedCheckout,
  protectCheckout,
} from "./protect-checkout.ts";
export type { CheckoutCookie } from "./signed-state.ts";
