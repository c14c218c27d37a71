/** The measured process: the real server, a bare route of the same HTTP stack on a port of its own, and answers about itself over IPC. */

import { readConfig, startServer } from "@stanchion/server";
import { fastify } from "fastify";

const server = await startServer({
  config: readConfig(process.env),
  parts: { api: true, worker: process.env.BENCH_WORKER === "1" },
});
const bare = fastify({ logger: false });
bare.route({
  method: ["GET", "POST"],
  url: "/bare",
  handler: () => ({ queueId: "queue_00000000000000000000000000", status: "OPEN", waiting: 12_345 }),
});
const bareUrl = await bare.listen({ port: 0, host: "127.0.0.1" });

process.on("message", (question: { ask: string; id: number }) => {
  if (question.ask === "collect") globalThis.gc?.();
  if (question.ask === "stop") void Promise.all([server.stop(), bare.close()]).then(() => process.exit(0));
  const { user, system } = process.cpuUsage();
  process.send?.({
    id: question.id,
    cpuMicros: user + system,
    residentBytes: process.memoryUsage.rss(),
    heapBytes: process.memoryUsage().heapUsed,
  });
});
process.send?.({ ready: true, url: server.ownUrl, bareUrl });
