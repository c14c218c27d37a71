import { limits } from "@stanchion/contract";
import { runLoad } from "./http-load.ts";
import { enterRequest } from "./joining.ts";
import { postgresCpuMicros } from "./measured-server.ts";
import { makeQueue, type Stage, windowSeconds } from "./stage.ts";

const total = 1_000_000;
const part = 50_000;
const bytesPerMegabyte = 1_048_576;

/** A million consumers join an empty line over HTTP; then what the process holds. Prints it, and answers what is to be written. */
export async function joinAMillion(stage: Stage, callers: number): Promise<object> {
  const { server, shop, secrets, postmasterId } = stage;
  const queueId = await makeQueue(stage, shop, "a million");
  const target = `/api/v1/queues/${queueId}/enter`;
  let seconds = 0;
  const before = await server.facts(true);
  const postgresBefore = postgresCpuMicros(postmasterId);
  for (let done = 0; done < total; done += part) {
    const texts = Array.from({ length: part }, (_, each) =>
      enterRequest(secrets, shop, target, `million ${done + each}`),
    );
    const load = await runLoad(server.port, callers, part, (index) => texts[index] ?? "", undefined, false);
    if (load.statuses["201"] !== part) throw new Error(`a million: ${JSON.stringify(load.statuses)}`);
    seconds += load.seconds;
    process.stderr.write(`\r${(done + part).toLocaleString("en")} have joined in ${seconds.toFixed(1)} s`);
  }
  const after = await server.facts();
  const collected = await server.facts(true);
  const board = await fetch(`http://127.0.0.1:${server.port}/api/v1/queues/${queueId}/now-serving`);
  const { waiting } = (await board.json()) as { waiting: number };
  const result = {
    seconds: Number(seconds.toFixed(1)),
    joinsPerSecond: Math.round(total / seconds),
    cpuMicrosPerJoin: (after.cpuMicros - before.cpuMicros) / total,
    postgresMicrosPerJoin: (postgresCpuMicros(postmasterId) - postgresBefore) / total,
    waiting,
    residentMegabytes: Math.round(after.residentBytes / bytesPerMegabyte),
    residentMegabytesCollected: Math.round(collected.residentBytes / bytesPerMegabyte),
  };
  console.log(
    `\nA million joins, load generator included: ${result.seconds} s (${result.joinsPerSecond}/s), ${waiting} wait; the API process holds ${result.residentMegabytes} MB (${result.residentMegabytesCollected} MB after a collection) with a million keys in the limiter (a window of ${windowSeconds} s, ${limits.boardSegmentRanks}-rank segments).`,
  );
  return result;
}
