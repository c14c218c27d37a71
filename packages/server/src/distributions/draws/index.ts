export { registerDrawEntryRoutes } from "./draw-entry-routes.ts";
export { registerDrawRoutes } from "./draw-routes.ts";
export { createDrawServices, type DrawServices } from "./draw-services.ts";
export { registerRemoveDrawEntry } from "./remove-draw-entry.ts";
export { registerUpdateDraw } from "./update-draw.ts";
