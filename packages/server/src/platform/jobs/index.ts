export { type DueWorker, startDueWorker } from "./due-worker.ts";
export { type Jobs, startJobs } from "./jobs.ts";
export { type PollingLoop, startPollingLoop } from "./polling-loop.ts";
