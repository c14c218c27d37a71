export { idempotencyScope, runIdempotently } from "./run-idempotently.ts";
