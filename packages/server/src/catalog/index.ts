export { registerProductRoutes } from "./product-routes.ts";
