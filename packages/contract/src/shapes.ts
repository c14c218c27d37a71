import * as drawResources from "./draw-resources.ts";
import * as fairnessResources from "./fairness-resources.ts";
import * as hookPayloads from "./hook-payloads.ts";
import * as hookResources from "./hook-resources.ts";
import * as lineResources from "./line-resources.ts";
import * as orderResources from "./order-resources.ts";
import * as resources from "./resources.ts";
import * as webhookResources from "./webhook-resources.ts";

/** The schemas of everything that crosses the wire, under one name. */
export const shapes = {
  ...resources,
  ...drawResources,
  ...lineResources,
  ...fairnessResources,
  ...webhookResources,
  ...orderResources,
  ...hookResources,
  ...hookPayloads,
};
