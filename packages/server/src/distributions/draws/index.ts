export { registerDrawAdmissionRoutes } from "./draw-admission-routes.ts";
export { registerDrawEntryRoutes } from "./draw-entry-routes.ts";
export { registerDrawProofRoutes } from "./draw-proof-routes.ts";
export { registerDrawRoutes } from "./draw-routes.ts";
export { createDrawServices, type DrawServices } from "./draw-services.ts";
export { type DrawWorker, startDrawWorker } from "./draw-worker.ts";
export { registerRemoveDrawEntry } from "./remove-draw-entry.ts";
export { registerUpdateDraw } from "./update-draw.ts";
