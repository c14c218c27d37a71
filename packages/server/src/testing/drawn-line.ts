import { startOpeningWorker } from "../distributions/queues/index.ts";
import { openSigningKeys } from "../platform/signing-keys/index.ts";
import type { TestFan, TestServer, TestShop } from "./test-server.ts";

/** From the making of such a line to its opening. */
const earlyMs = 8_000;

/** A line that these fans joined before its opening, and whose order is drawn. The clock moves on by some seconds. */
export async function drawnLine(
  server: TestServer,
  shop: TestShop,
  fans: readonly TestFan[],
  settings: object = {},
): Promise<string> {
  const [row] = await server.db.query<{ now: Date }>("select stanchion_now() as now");
  const openAt = new Date((row?.now.getTime() ?? 0) + earlyMs).toISOString();
  const { id } = await shop.queue({ shuffleBeforeOpen: true, openAt, ...settings });
  for (const fan of fans) await fan.enter(id);
  await server.advance(earlyMs);
  await bringOpeningsOn(server, async () => {
    const leaves = await server.call("GET", `/api/v1/queues/${id}/proof/leaves`);
    return leaves.status === 200;
  });
  return id;
}

/** Has a worker of its own bring openings on, until they are where they shall be. */
export async function bringOpeningsOn(server: TestServer, isThere: () => Promise<boolean>): Promise<void> {
  const { database, secrets, log, config } = server.server;
  const keys = await openSigningKeys(database, secrets, log);
  const { fairness } = config;
  const worker = startOpeningWorker({ database, secrets, keys, fairness, log, isPaused: () => false });
  await server
    .until(isThere, (is) => is)
    .finally(async () => {
      await worker.stop();
      keys.close();
    });
}
