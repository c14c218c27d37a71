import { startTestServer } from "../../packages/server/src/testing/index.ts";
import { type FuzzOptions, type FuzzResult, runFuzz } from "./run-fuzz.ts";

/** Runs against the real server in this process, on a database of its own, with limits that are out of the way. */
export async function fuzzTestServer(options: Pick<FuzzOptions, "seed" | "requests">): Promise<FuzzResult> {
  const complaints: string[] = [];
  const server = await startTestServer({
    onLog(line) {
      if (line.includes('"level":"warn"') || line.includes('"level":"error"')) complaints.push(line);
    },
  });
  try {
    return await runFuzz({
      ...options,
      serverUrl: server.url,
      newKeys: () => server.shop(),
      logOf: (requestId) => complaints.filter((line) => line.includes(requestId)),
    });
  } finally {
    await server.stop();
  }
}
