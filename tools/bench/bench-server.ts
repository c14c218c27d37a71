/** The measured process: the real server, a bare route of the same HTTP stack on a port of its own, and answers about itself over IPC. */

import { readConfig, startServer } from "@stanchion/server";
import { fastify } from "fastify";
import { rankInThread } from "../../packages/server/src/fairness/rank-in-thread.ts";

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

let isRanking = false;
let ranked = 0;
const rankOn = async (): Promise<void> => {
  for (; isRanking; ranked += 1) await rankInThread(Buffer.alloc(32), 1_000_000);
};

process.on("message", (question: { ask: string; id: number }) => {
  if (question.ask === "rank") {
    isRanking = true;
    void rankOn();
  }
  if (question.ask === "rest") isRanking = false;
  if (question.ask === "collect") globalThis.gc?.();
  if (question.ask === "stop") void Promise.all([server.stop(), bare.close()]).then(() => process.exit(0));
  const { user, system } = process.cpuUsage();
  process.send?.({
    id: question.id,
    cpuMicros: user + system,
    residentBytes: process.memoryUsage.rss(),
    heapBytes: process.memoryUsage().heapUsed,
    ranked,
  });
});
process.send?.({ ready: true, url: server.ownUrl, bareUrl });
