import type { Order } from "@stanchion/contract";
import type {
  Checkout,
  CheckoutAdmission,
  CheckoutOrder,
  CheckoutOrderDetails,
  CompletedCheckout,
} from "./protect-checkout.ts";
import { admissionNeeded } from "./refusals.ts";

interface AdmittedRequest {
  readonly admission: CheckoutAdmission;
  readonly addCookie: (cookie: string) => void;
}

/** The requests of a framework that were let in, for as long as they live. */
export class AdmittedRequests<FrameworkRequest extends object> {
  readonly #checkout: Checkout;
  readonly #admitted = new WeakMap<FrameworkRequest, AdmittedRequest>();

  constructor(checkout: Checkout) {
    this.#checkout = checkout;
  }

  add(request: FrameworkRequest, admission: CheckoutAdmission, addCookie: (cookie: string) => void): void {
    this.#admitted.set(request, { admission, addCookie });
  }

  /** @throws {StanchionError} AUTHENTICATION_REQUIRED where the request was not let in. */
  admissionOf(request: FrameworkRequest): CheckoutAdmission {
    return this.#find(request).admission;
  }

  async order(request: FrameworkRequest, details?: CheckoutOrderDetails): Promise<Order> {
    return this.#checkout.orderFor(this.#find(request).admission, details);
  }

  async complete(request: FrameworkRequest, order: CheckoutOrder): Promise<CompletedCheckout> {
    const { admission, addCookie } = this.#find(request);
    const { completed, cookie } = await this.#checkout.completeFor(admission, order);
    addCookie(cookie);
    return completed;
  }

  #find(request: FrameworkRequest): AdmittedRequest {
    const found = this.#admitted.get(request);
    if (found === undefined) throw admissionNeeded();
    return found;
  }
}
