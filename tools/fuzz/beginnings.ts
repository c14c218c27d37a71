import type { OperationName } from "@stanchion/contract";
import type { FuzzStep } from "./fuzz-step.ts";

/** Where a sequence starts from: deep states are rare by chance. */
export type Beginning = "nothing" | "line" | "admission";

/** The steps that lead there. */
export function stepsOf(beginning: Beginning): readonly FuzzStep[] {
  if (beginning === "nothing") return [];
  return beginning === "line" ? line : [...line, ...admission];
}

const step = (
  operation: OperationName,
  body: object | null,
  path: Record<string, string> = {},
  fan = 0,
): FuzzStep => ({
  operation,
  credential: "right",
  fan,
  role: "owner",
  isHead: false,
  path,
  query: {},
  headers: {},
  body: body === null ? null : JSON.stringify(body),
});
const queue = { queueId: "@{queue:0}" };
const draw = { drawId: "@{draw:0}" };

const line = [
  step("createExperience", { name: "Opening night" }),
  step("createProduct", { name: "Poster", sku: "poster-1" }),
  step("createSequence", { name: "Seats", experienceId: "@{exp:0}" }),
  step("createQueue", { name: "Doors", admitRate: 1, maxConcurrentAdmissions: 1, sequenceId: "@{seq:0}" }),
  step("createApiKey", { name: "Till", kind: "secret", scopes: ["queues:read"] }),
  step("createWebhookEndpoint", { url: "http://127.0.0.1:9/hooks", events: ["queue.paused"] }),
  step("createOrder", { externalId: "1001" }),
  step("createHook", { source: "hmac" }),
  step("createGuest", null),
  step("createGuest", null),
  step("enterQueue", null, queue, 0),
  step("enterQueue", null, queue, 1),
  step("createDraw", {
    name: "Front row",
    winnerCount: 1,
    closeAt: "2099-01-01T00:00:00Z",
    drawAt: "2099-01-01T00:00:00Z",
  }),
  step("enterDraw", null, draw, 0),
  step("enterDraw", null, draw, 1),
];
const admission = [
  step("admitEntry", { consumerId: "@{cons:0}" }, queue),
  step("admitEntry", { consumerId: "@{cons:1}" }, queue),
  step("readEntry", null, queue, 0),
  step("readEntry", null, queue, 1),
];
