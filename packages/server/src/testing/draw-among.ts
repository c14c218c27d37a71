import { startDrawWorker } from "../distributions/draws/index.ts";
import { openSigningKeys } from "../platform/signing-keys/index.ts";
import { drawProofOf } from "./check-draw-proof.ts";
import type { TestFan, TestServer, TestShop } from "./test-server.ts";

/** From the opening to the close of such a draw. */
const openMs = 8_000;

/**
 * A draw that these fans entered and that is drawn: all have won unless the settings give fewer seats. The clock moves on by some
 * seconds.
 *
 * @param whileOpen what is done when all have entered
 */
export async function drawAmong(
  server: TestServer,
  shop: TestShop,
  fans: readonly TestFan[],
  settings: object = {},
  whileOpen: (drawId: string) => Promise<unknown> = async () => {},
): Promise<string> {
  const [row] = await server.db.query<{ now: Date }>("select stanchion_now() as now");
  const closeAt = new Date((row?.now.getTime() ?? 0) + openMs).toISOString();
  const { id } = await shop.draw({ winnerCount: fans.length, closeAt, drawAt: closeAt, ...settings });
  for (const fan of fans) {
    const { status, text } = await fan.enterDraw(id);
    if (status !== 201) throw new Error(`the draw closed too soon: ${text}`);
  }
  await whileOpen(id);
  await server.advance(openMs);
  await bringDrawsOn(server, async () => typeof (await drawProofOf(server, id)).drawnAt === "string");
  return id;
}

/** Has a worker of its own bring draws on, until they are where they shall be. */
export async function bringDrawsOn(server: TestServer, isThere: () => Promise<boolean>): Promise<void> {
  const stop = await startDraws(server);
  await server.until(isThere, (is) => is).finally(stop);
}

/** A worker that brings draws on, beside a server that has none; answers what stops it. */
export async function startDraws(server: TestServer): Promise<() => Promise<void>> {
  const { database, secrets, log, config } = server.server;
  const keys = await openSigningKeys(database, secrets, log);
  const { fairness } = config;
  const worker = startDrawWorker({ database, secrets, keys, fairness, log, isPaused: () => false });
  return async () => {
    await worker.stop();
    keys.close();
  };
}
