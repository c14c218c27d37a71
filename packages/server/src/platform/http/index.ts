export type { Actor, AnyoneActor, ConsumerActor, KeyActor, MemberActor, Tenant } from "./actor.ts";
export type { AnsweredRequest, AnswerRecorder, Refusal } from "./answered-request.ts";
export { type Answer, jsonAnswer, pushCorsHeaders, writeAnswer } from "./call.ts";
export { clientNetworkOf } from "./client-network-of.ts";
export { cookieNamed, isPlainHttpHere } from "./cookies.ts";
export { rateLimited } from "./count-call.ts";
export { countForTenant, countInHandler, refuseWhoFails } from "./count-in-handler.ts";
export {
  type Channel,
  createEventStreams,
  type EventStreams,
  type OpenTopic,
  type StreamEvent,
  type StreamLimits,
  type Topic,
} from "./event-streams.ts";
export { hasETag } from "./has-etag.ts";
export { createHttpServer, type HttpServerOptions } from "./http-server.ts";
export { keyedLeave } from "./keyed-leave.ts";
export { type LargeText, largeAnswer } from "./large-answer.ts";
export { type ListCursor, likePattern, olderThan, pageOf, readPage } from "./list-page.ts";
export {
  isFingerprint,
  OperationCall,
  parameterError,
  readIdempotencyKey,
  requireVersion,
} from "./operation-call.ts";
export { isOwnOrigin } from "./origins.ts";
export { createOverloadGuard, type OverloadLimits, overloadLimits } from "./overload-guard.ts";
export { isPlain, readJson } from "./read-json.ts";
export {
  type Authenticate,
  keeperOf,
  type OperationHost,
  registerOperation,
  registerRead,
  registerStream,
  registerWrite,
} from "./register-operation.ts";
export { patched, stampsOf } from "./resource.ts";
export { noteRoute } from "./routes-known.ts";
export { isFromThisMachine } from "./this-machine.ts";
