import { readFile } from "node:fs/promises";
import path from "node:path";
import { type DemoServer, sendCrowd, startDemoServer } from "./demo-server.ts";
import { judgeCrowd } from "./judge-crowd.ts";
import {
  type Outcome,
  percentile,
  type RunContext,
  randomBetween,
  sleep,
  type TortureRun,
} from "./torture-run.ts";

export const killServerRun: TortureRun = {
  name: "kills",
  about:
    "the same crowd, while the server is killed with kill -9 and started anew; its database survives and is adopted",
  run: (ctx) => runUnderKills(ctx, ctx.isQuick ? 3 : 22, (server) => server.process.kill()),
};

export const killPostgresRun: TortureRun = {
  name: "postgres-kills",
  about:
    "the same crowd, while PostgreSQL itself is killed with kill -9; a server does not start a killed database by itself, so it is killed and started anew too",
  run: (ctx) =>
    runUnderKills(ctx, ctx.isQuick ? 2 : 6, async (server) => {
      process.kill(await postmasterId(server), "SIGKILL");
      // For a while the server runs without a database, as it would until somebody restarts it.
      await sleep(randomBetween(0, 1_000));
      await server.process.kill();
    }),
};

async function postmasterId({ postgresFolder }: DemoServer): Promise<number> {
  const text = await readFile(path.join(postgresFolder, "postmaster.pid"), "utf8");
  const id = Number(text.split("\n")[0]);
  if (!(id > 1)) throw new Error("postmaster.pid names no process");
  return id;
}

/** Kills at random moments until so many kills are done; the crowd is sized to outlast them. */
async function runUnderKills(
  ctx: RunContext,
  kills: number,
  kill: (server: DemoServer) => Promise<void>,
): Promise<Outcome> {
  const server = await startDemoServer(ctx);
  const fans = ctx.isQuick ? 200 : 2_000;
  // About five seconds for each kill: joins arrive during the first half, and the line lasts to the end.
  const admitRate = Math.max(60, Math.round((fans * 60) / (kills * 6)));
  await server.patchQueue({ admitRate });
  const crowd = sendCrowd(ctx, { fans, overSeconds: kills * 3, patienceSeconds: 900 });
  const awayMs: number[] = [];
  while (awayMs.length < kills && crowd.isThere()) {
    await sleep(randomBetween(1_500, 4_500));
    if (!crowd.isThere()) break;
    const killedAt = performance.now();
    await kill(server);
    await server.startAnew();
    awayMs.push(performance.now() - killedAt);
    ctx.say(`kill ${awayMs.length} of ${kills}: away for ${Math.round(awayMs.at(-1) ?? 0)} ms`);
  }
  const { figures, faults } = await judgeCrowd(await crowd.report, server, admitRate);
  const tooFew = awayMs.length < kills ? [`only ${awayMs.length} of ${kills} kills came before the end`] : [];
  return {
    figures: {
      kills: awayMs.length,
      "away p50 ms": Math.round(percentile(awayMs, 0.5)),
      "away at most ms": Math.round(Math.max(...awayMs)),
      ...figures,
    },
    faults: [...tooFew, ...faults],
  };
}
