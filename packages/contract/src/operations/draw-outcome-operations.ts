/** What comes of a draw: its proof, which anyone may read, and what the shop does with those who have won. */
import * as draws from "../draw-resources.ts";
import * as shapes from "../resources.ts";
import type { OperationShape } from "./operation-shape.ts";

const proofRead = { method: "GET", tag: "proofs", access: "anyone", rateClass: null, status: 200 } as const;
const seatChange = {
  access: "secret",
  rateClass: "webhook",
  method: "POST",
  tag: "admissions",
  status: 200,
  answer: draws.drawEntry,
  idempotent: true,
} as const;
const drawErrors = ["DRAW_NOT_FOUND", "OTHER_ORGANIZATION"] as const;

export const drawOutcomeOperations = {
  streamDraw: {
    ...proofRead,
    tag: "draws",
    path: "/api/v1/draws/{drawId}/stream",
    summary: "How far a draw has come, as server-sent events: draw, then changes",
    answerType: "text/event-stream",
    errors: ["DRAW_NOT_FOUND"],
  },
  readDrawProof: {
    ...proofRead,
    path: "/api/v1/draws/{drawId}/proof",
    summary: "All that it takes to check a draw, as far as it has come",
    answer: draws.drawProof,
    ifNoneMatch: true,
    takesRange: true,
    errors: ["DRAW_NOT_FOUND"],
  },
  readDrawLeaves: {
    ...proofRead,
    path: "/api/v1/draws/{drawId}/proof/leaves",
    summary: "The list of a frozen draw, a leaf of its tree on each line",
    answerType: "application/x-ndjson",
    ifNoneMatch: true,
    takesRange: true,
    errors: ["DRAW_NOT_FOUND", "INVALID_STATE"],
  },
  readDrawEntryProof: {
    ...proofRead,
    path: "/api/v1/draws/{drawId}/proof/entries/{entryId}",
    summary: "One entry's leaf and its way to the root of a frozen draw's list",
    answer: draws.drawEntryProof,
    errors: ["DRAW_NOT_FOUND", "INVALID_STATE", "ENTRY_NOT_FOUND"],
  },
  denyDrawEntry: {
    ...seatChange,
    path: "/api/v1/draws/{drawId}/deny",
    summary: "Take a win back, for one of three reasons that the proof names",
    body: draws.drawEntryRemove,
    errors: [
      ...drawErrors,
      "NOT_IN_DRAW",
      "INVALID_STATE",
      "ALREADY_COMPLETED",
      "ADMISSION_EXPIRED",
      "CONCURRENT_MODIFICATION",
    ],
  },
  completeDrawEntry: {
    ...seatChange,
    path: "/api/v1/draws/{drawId}/complete",
    keptLongest: true,
    summary: "Report that the winner has bought",
    body: shapes.entryComplete,
    errors: [
      ...drawErrors,
      "NOT_IN_DRAW",
      "INVALID_STATE",
      "ADMISSION_USED",
      "ADMISSION_EXPIRED",
      "CONCURRENT_MODIFICATION",
    ],
  },
  validateDrawAdmission: {
    ...seatChange,
    path: "/api/v1/draws/{drawId}/validate",
    keptLongest: true,
    summary: "Check a winner's admission token; consumes nothing",
    body: shapes.admissionValidate,
    answer: shapes.drawValidation,
    fingerprint: true,
    errors: [
      ...drawErrors,
      "FP001",
      "FP003",
      "FP002",
      "INVALID_TOKEN",
      "TOKEN_EXPIRED",
      "ADMISSION_USED",
      "ADMISSION_EXPIRED",
      "INVALID_STATE",
    ],
  },
} as const satisfies Record<string, OperationShape>;
