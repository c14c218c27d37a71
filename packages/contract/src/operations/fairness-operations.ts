/** What anyone may check, without a credential. */
import * as v from "valibot";
import { beaconRound } from "../fairness-resources.ts";
import { integer, text } from "../fields.ts";
import { limits } from "../limits.ts";
import * as shapes from "../resources.ts";
import { listQuery, type OperationShape, secretGeneral } from "./operation-shape.ts";

const logSize = integer(0, Number.MAX_SAFE_INTEGER);
const logQuery = v.object({
  mode: v.optional(v.picklist(shapes.keyModes)),
  first: listQuery.first,
  after: listQuery.after,
  distributionId: v.optional(text(1, limits.idCharactersMax)),
  size: v.optional(logSize),
  inclusion: v.optional(logSize),
  consistency: v.optional(logSize),
});

export const fairnessOperations = {
  readFairnessLog: {
    method: "GET",
    path: "/api/v1/organizations/{organizationId}/fairness-log",
    tag: "fairness",
    summary:
      "What became of an organization's draws and lines, oldest first: entries, a signed head, and proofs",
    access: "anyone",
    rateClass: null,
    query: logQuery,
    status: 200,
    answer: shapes.fairnessLog,
    ifNoneMatch: true,
    errors: ["ORGANIZATION_NOT_FOUND"],
  },
  readBeacon: {
    ...secretGeneral,
    method: "GET",
    path: "/api/v1/beacon",
    tag: "fairness",
    summary:
      "Ask a randomness beacon for a round that came lately, to know before a draw that it can be reached",
    query: v.object({ chain: v.optional(text(1, limits.chainNameCharactersMax)) }),
    status: 200,
    answer: beaconRound,
    errors: ["BEACON_FAILED", "BEACON_TIMEOUT"],
  },
} as const satisfies Record<string, OperationShape>;
