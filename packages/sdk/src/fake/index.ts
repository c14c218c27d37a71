/** A Stanchion server in the memory of a test. */
export type { ErrorCode, EventType, OperationName } from "@stanchion/contract";
export {
  createFakeStanchion,
  type FakeDrawHandle,
  type FakeQueueHandle,
  type FakeStanchion,
  type FakeStanchionOptions,
} from "./create-fake-stanchion.ts";
export type { FailOptions } from "./fake-failures.ts";
export type { FakeRequest } from "./fake-server.ts";
export type { FakeDrawOptions, FakeQueueOptions } from "./fake-settings.ts";
export type { FakeWebhook } from "./fake-webhooks.ts";
