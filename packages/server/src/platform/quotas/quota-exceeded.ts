import type { QuotaName } from "@stanchion/contract";
import { type ApiError, apiError } from "../errors/index.ts";

/** The refusal of one more than an organization may have. `resetsAt`: when it may have more by itself, where that is known. */
export function quotaExceeded(refused: {
  readonly quota: Exclude<QuotaName, "people">;
  readonly limit: number;
  readonly used: number;
  readonly resetsAt?: string | null;
}): ApiError {
  return apiError("QUOTA_EXCEEDED", { details: { ...refused, hint: hints[refused.quota] } });
}

const hints = {
  openQueues:
    "Close or delete queues that are done, wait until a draw has closed, or ask whoever runs this server for more.",
  deliveries: "It begins anew within 24 hours; whoever runs this server can allow more.",
} as const;
