export { registerAdmissionRoutes } from "./admission-routes.ts";
export { registerBoardRoutes } from "./board-routes.ts";
export { type BoardStreams, registerBoardStream } from "./board-stream.ts";
export { type LineController, startLineController } from "./line-controller.ts";
export { registerLineRoutes } from "./line-routes.ts";
export type { LineViews } from "./line-views.ts";
export { registerQueueRoutes } from "./queue-routes.ts";
export { createQueueServices, type QueueServices } from "./queue-services.ts";
export { registerQueueStateRoutes } from "./queue-state-routes.ts";
