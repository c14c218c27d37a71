/** What the API takes and answers about hooks: where a shop's system reports orders by itself. */
import * as v from "valibot";
import { clearable, integer, text } from "./fields.ts";
import { limits } from "./limits.ts";
import { stamps } from "./resource-parts.ts";

/** Who sends, and so how it signs: by Standard Webhooks, or as the shop system of this name does. */
export const hookSources = ["hmac", "shopify", "stripe"] as const;
const description = text(0, limits.webhookDescriptionCharactersMax);
const secret = text(1, limits.hookSecretCharactersMax);

/** `secret`: what the shop system signs with. That of `hmac` is made here and shown once. */
export const hookCreate = v.object({
  source: v.picklist(hookSources),
  description: clearable(description),
  secret: clearable(secret),
});
export const hookPatch = v.object({ description: clearable(description) });
/** `overlapSeconds`: how long the secret of before goes on being good beside the new one. */
export const hookRotate = v.object({
  secret: clearable(secret),
  overlapSeconds: clearable(integer(0, limits.webhookOverlapSecondsMax)),
});
export const hook = v.object({
  id: v.string(),
  source: v.picklist(hookSources),
  /** What the shop system is to call. */
  url: v.string(),
  description: v.nullable(v.string()),
  /** Until then the secret of before the latest rotation is good too. */
  previousSecretEndsAt: v.nullable(v.string()),
  ...stamps,
});
/** With the secret where it was made here; it is shown once. */
export const hookShown = v.object({ ...hook.entries, secret: v.optional(v.string()) });

/** What the shop system sends: in its own shape, signed byte for byte. */
export const hookDelivery = v.looseObject({});
export const hookResults = ["PENDING", "COMPLETED", "CANCELLED", "REFUND_NEEDED", "IGNORED"] as const;
/** What has come of it; the same again for whatever is sent again. */
export const hookEffect = v.object({
  result: v.picklist(hookResults),
  orderId: v.nullable(v.string()),
});

export type Hook = v.InferOutput<typeof hook>;
export type HookSource = (typeof hookSources)[number];
export type HookEffect = v.InferOutput<typeof hookEffect>;
export type HookResult = (typeof hookResults)[number];
