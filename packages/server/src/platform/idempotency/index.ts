export { entryKey } from "./entry-key.ts";
export { idempotencyScope, type KeyedCall, runIdempotently } from "./run-idempotently.ts";
