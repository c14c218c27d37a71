export { type AddressGuard, createAddressGuard } from "./address-guard.ts";
export { registerEventStream } from "./event-stream.ts";
export { registerTriggerEvent } from "./trigger-event.ts";
export { registerWebhookDeliveryRoutes } from "./webhook-delivery-routes.ts";
export { registerWebhookEndpointRoutes } from "./webhook-endpoint-routes.ts";
export { readRetrySeconds, retrySecondsDefault, type WebhookSettings } from "./webhook-settings.ts";
export { newWebhookSecret, signedHeaders } from "./webhook-signature.ts";
export { startWebhookWorker, type WebhookWorker } from "./webhook-worker.ts";
