export { type OwnedRequestRecord, readRequests } from "./read-requests.ts";
export { createRequestRecorder, type RequestRecorder } from "./request-recorder.ts";
export { registerRequestRoutes } from "./request-routes.ts";
export { forgetOldRequests } from "./request-store.ts";
