export { listRequestsOf, type OwnedRequestRecord, readRequests } from "./read-requests.ts";
export { createRequestRecorder, type RequestRecorder } from "./request-recorder.ts";
export { registerRequestRoutes } from "./request-routes.ts";
export { forgetOldRequests, forgetRequestsOf } from "./request-store.ts";
