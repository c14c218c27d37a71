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
  run: (ctx) =>
    runUnderKills(ctx, {
      kills: ctx.isQuick ? 3 : 22,
      secondsPerKill: 6,
      kill: (server) => server.process.kill(),
    }),
};

export const killPostgresRun: TortureRun = {
  name: "postgres-kills",
  about:
    "the same crowd, while PostgreSQL itself is killed with kill -9; a server does not start a killed database by itself, so it is killed and started anew too",
  async run(ctx) {
    let crashes = 0;
    const outcome = await runUnderKills(ctx, {
      kills: ctx.isQuick ? 2 : 6,
      secondsPerKill: 12,
      async kill(server) {
        process.kill(await postmasterId(server), "SIGKILL");
        // For a while the server runs without a database, as it would until somebody restarts it.
        await sleep(randomBetween(500, 1_500));
        if (server.process.hasEnded()) crashes += 1;
        await server.process.kill();
      },
    });
    const died = `the server process ended with its database ${crashes} times, instead of answering 503`;
    return {
      figures: { ...outcome.figures, "server crashed with it": crashes },
      faults: [...outcome.faults, ...(crashes > 0 ? [died] : [])],
    };
  },
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
  plan: {
    readonly kills: number;
    /** How long one takes on average, start included: the line is to last for all. */
    readonly secondsPerKill: number;
    readonly kill: (server: DemoServer) => Promise<void>;
  },
): Promise<Outcome> {
  const { kills, secondsPerKill, kill } = plan;
  const server = await startDemoServer(ctx);
  const fans = ctx.isQuick ? 200 : 2_000;
  // Joins arrive during the first half, and the line lasts to the end.
  const admitRate = Math.round((fans * 60) / (kills * secondsPerKill));
  await server.patchQueue({ admitRate });
  const overSeconds = (kills * secondsPerKill) / 2;
  const crowd = sendCrowd(ctx, { fans, overSeconds, patienceSeconds: 900 });
  const awayMs: number[] = [];
  while (awayMs.length < kills && crowd.isThere()) {
    await sleep(randomBetween(1_500, 4_500));
    if (!crowd.isThere()) break;
    const killedAt = performance.now();
    await kill(server);
    await server.startAnew();
    awayMs.push(performance.now() - killedAt);
    ctx.say(`kill ${awayMs.length} of ${kills}: ready again after ${Math.round(awayMs.at(-1) ?? 0)} ms`);
  }
  const { figures, faults } = await judgeCrowd(await crowd.report, server, admitRate);
  const tooFew = awayMs.length < kills ? [`only ${awayMs.length} of ${kills} kills came before the end`] : [];
  return {
    figures: {
      kills: awayMs.length,
      "until ready again, p50 ms": Math.round(percentile(awayMs, 0.5)),
      "until ready again, at most ms": Math.round(Math.max(...awayMs)),
      ...figures,
    },
    faults: [...tooFew, ...faults],
  };
}
