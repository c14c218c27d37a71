// Loaded together when a stream is opened: whoever watches nothing needs none of it, and where it does not load the news are
// asked for instead.
export { readEvents } from "./read-events.ts";
export { followShared } from "./shared-stream.ts";
