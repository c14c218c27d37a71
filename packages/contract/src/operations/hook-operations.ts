/** Hooks: where shop systems report orders by themselves. */
import * as v from "valibot";
import * as shapes from "../hook-resources.ts";
import { listOf } from "../resources.ts";
import { listQuery, type OperationShape, secretGeneral } from "./operation-shape.ts";

const hookListQuery = v.object({
  first: listQuery.first,
  after: listQuery.after,
});
const hookErrors = ["HOOK_NOT_FOUND", "OTHER_ORGANIZATION"] as const;
const onHook = { ...secretGeneral, tag: "hooks" } as const;
const hookPath = "/api/v1/hooks/{hookId}";

export const hookOperations = {
  createHook: {
    ...onHook,
    method: "POST",
    path: "/api/v1/hooks",
    summary:
      "Create a hook, an address that a shop system reports orders to; a secret that is made is shown once",
    body: shapes.hookCreate,
    status: 201,
    answer: shapes.hookShown,
    idempotent: true,
    errors: ["INVALID_STATE"],
  },
  listHooks: {
    ...onHook,
    method: "GET",
    path: "/api/v1/hooks",
    summary: "List hooks, newest first; never a secret",
    query: hookListQuery,
    status: 200,
    answer: listOf(shapes.hook),
    errors: [],
  },
  readHook: {
    ...onHook,
    method: "GET",
    path: hookPath,
    summary: "Read a hook; never its secret",
    status: 200,
    answer: shapes.hook,
    errors: [...hookErrors],
  },
  updateHook: {
    ...onHook,
    method: "PATCH",
    path: hookPath,
    summary: "Change a hook's description by a merge patch",
    body: shapes.hookPatch,
    status: 200,
    answer: shapes.hook,
    ifMatch: true,
    errors: [...hookErrors],
  },
  deleteHook: {
    ...onHook,
    method: "DELETE",
    path: hookPath,
    summary: "Delete a hook; what is sent to it afterwards is refused",
    status: 204,
    ifMatch: true,
    errors: [...hookErrors],
  },
  rotateHook: {
    ...onHook,
    method: "POST",
    path: `${hookPath}/rotate-secret`,
    summary: "Give a hook a new secret; the one before is good too for as long as is asked for",
    body: shapes.hookRotate,
    bodyNeeded: false,
    status: 200,
    answer: shapes.hookShown,
    idempotent: true,
    errors: [...hookErrors, "VALIDATION_ERROR"],
  },
  deliverHook: {
    access: "signed",
    rateClass: "webhook",
    tag: "hooks",
    method: "POST",
    path: hookPath,
    summary:
      "What a shop system calls: orders that are paid or cancelled; what is sent again is answered as before",
    body: shapes.hookDelivery,
    takesBytes: true,
    keptLongest: true,
    status: 200,
    answer: shapes.hookEffect,
    errors: ["HOOK_NOT_FOUND"],
  },
} as const satisfies Record<string, OperationShape>;
