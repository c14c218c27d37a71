import type { ApiError } from "../platform/errors/index.ts";

/** How an admission is named: by itself, or by whoever holds the latest one. UUIDs. */
export type AdmissionHolder = { readonly admissionId: string } | { readonly consumerId: string };

/** An admission, or what stands in the place of one, under the locks that its use takes. */
export interface LockedAdmission {
  /** Null: the consumer was never admitted. */
  readonly admissionId: string | null;
  readonly consumerId: string;
  /** What is known as the order that used it up. */
  readonly usedBy: string | null;
  /** Why it cannot be used now; null: it can. In the grace after its end it still can. */
  readonly refusal: ApiError | null;
  /** Uses it up for this order, as reporting its completion does. */
  use(orderId: string): Promise<void>;
}
