export { type DueWorker, startDueWorker } from "./due-worker.ts";
export { type Jobs, startJobs } from "./jobs.ts";
