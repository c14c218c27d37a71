import type { Case } from "./case.ts";
import { type LoadResult, runLoad } from "./http-load.ts";
import { postgresCpuMicros } from "./measured-server.ts";
import type { Stage } from "./stage.ts";

/** Of one request. */
interface Measured extends LoadResult {
  readonly cpuMicros: number;
  readonly postgresMicros: number;
}

/** Ratios of CPU time to the bare route: asked by its own small request, and by the case's own where that was measured. */
type MeasuredCase = Measured & { readonly ratio: number; readonly ratioAsked: number | null };

export interface Size {
  readonly rounds: number;
  readonly requests: number;
  readonly callers: number;
}

/**
 * Runs every case in every round, each right after the bare route, and prints the medians by ratio: what the machine's neighbours
 * do meanwhile weighs on both, and the ratio of the two stands. Answers what is to be written of it.
 */
export async function measureCosts(stage: Stage, cases: readonly Case[], size: Size): Promise<object> {
  const { rounds, requests, callers } = size;
  const [bare, ...others] = cases;
  if (bare === undefined) throw new Error("no cases");
  const runs = new Map<string, MeasuredCase[]>();
  const note = (name: string, run: MeasuredCase): void =>
    void runs.set(name, [...(runs.get(name) ?? []), run]);
  for (let round = 0; round <= rounds; round += 1) {
    for (const one of others) {
      const { beside, run, ratioAsked } = await runBesideBare(stage, { bare, one, round, size });
      // The first round warms up.
      if (round === 0) continue;
      note(bare.name, { ...beside, ratio: 1, ratioAsked: null });
      note(one.name, { ...run, ratio: run.cpuMicros / beside.cpuMicros, ratioAsked });
    }
    process.stderr.write(round === 0 ? "warmed up" : ` · round ${round}`);
  }
  process.stderr.write("\n");
  const results = mediansOf(runs);
  report(results, size);
  return { callers, requests, rounds, cases: Object.fromEntries(results) };
}

async function runBesideBare(
  stage: Stage,
  { bare, one, round, size }: { bare: Case; one: Case; round: number; size: Size },
): Promise<{ beside: Measured; run: Measured; ratioAsked: number | null }> {
  await one.before?.();
  one.requestOf(round, 0);
  const ask = (given: Case): Promise<Measured> =>
    runCase(stage, given, { round, size, isShared: one.isShared });
  const beside = await ask(bare);
  const { asked } = one;
  const alike = asked === undefined ? null : await ask({ ...bare, requestOf: () => asked });
  const run = await ask(one);
  return { beside, run, ratioAsked: alike === null ? null : run.cpuMicros / alike.cpuMicros };
}

async function runCase(
  { server, sharing, postmasterId }: Stage,
  one: Case,
  how: { round: number; size: Size; isShared: boolean | undefined },
): Promise<Measured> {
  const { requests, callers } = how.size;
  const measured = how.isShared ? (sharing ?? server) : server;
  const before = await measured.facts();
  const postgresBefore = postgresCpuMicros(postmasterId);
  const port = one.port === "bare" ? measured.barePort : measured.port;
  const load = await runLoad(port, callers, requests, (index) => one.requestOf(how.round, index));
  const after = await measured.facts();
  if (load.statuses[one.expected] !== requests)
    throw new Error(`${one.name}: ${JSON.stringify(load.statuses)}`);
  return {
    ...load,
    cpuMicros: (after.cpuMicros - before.cpuMicros) / requests,
    postgresMicros: (postgresCpuMicros(postmasterId) - postgresBefore) / requests,
  };
}

function mediansOf(runs: ReadonlyMap<string, readonly MeasuredCase[]>): Map<string, MeasuredCase> {
  const medians = new Map<string, MeasuredCase>();
  for (const [name, all] of runs) {
    const sorted = all.toSorted((a, b) => a.ratio - b.ratio || a.cpuMicros - b.cpuMicros);
    const median = sorted[Math.floor(sorted.length / 2)];
    if (median !== undefined) medians.set(name, median);
  }
  return medians;
}

function report(results: ReadonlyMap<string, MeasuredCase>, { rounds, requests, callers }: Size): void {
  console.log(`\n${callers} callers at once, ${requests} requests a case, medians of ${rounds} rounds\n`);
  console.log(
    "| case | CPU µs of the Node process | ratio to bare | to bare, asked alike | PostgreSQL CPU µs | requests/s | p50 ms | p99 ms |",
  );
  console.log("|---|---:|---:|---:|---:|---:|---:|---:|");
  for (const [name, run] of results)
    console.log(
      `| ${name} | ${run.cpuMicros.toFixed(1)} | ${run.ratio.toFixed(2)} | ${run.ratioAsked?.toFixed(2) ?? ""} | ${run.postgresMicros.toFixed(1)} | ${Math.round(run.requests / run.seconds)} | ${run.p50.toFixed(1)} | ${run.p99.toFixed(1)} |`,
    );
  for (const [name, { requests: made, seconds }] of results)
    if (name.startsWith("enter"))
      console.log(`\n${name}: ${Math.round(made / seconds).toLocaleString("en")} entries/s`);
}
