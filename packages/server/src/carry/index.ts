export { registerCarryRoutes } from "./carry-routes.ts";
