export { createAuthenticate } from "./authenticate.ts";
export { registerConsumerRoutes } from "./consumer-routes.ts";
export { createOrganization, type NewOrganization } from "./create-organization.ts";
export { createKeyDirectory, type KeyDirectory } from "./key-directory.ts";
export { claimId, markDeleted, missing } from "./owners.ts";
export { pageKeyOf } from "./page-key.ts";
export { type Revocations, watchRevocations } from "./revocations.ts";
export { registerSessionRoutes } from "./session-routes.ts";
