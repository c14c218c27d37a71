export { idempotencyScope, type KeyedCall, runIdempotently } from "./run-idempotently.ts";
