/** npm run bench: what a request costs, side by side in one run; what it takes is its usage, below. */
import { execFileSync } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { createOrganization } from "../packages/server/src/identity/index.ts";
import { measureBesideRanking } from "./bench/beside-ranking.ts";
import type { Case } from "./bench/case.ts";
import { joinAMillion } from "./bench/join-a-million.ts";
import { whoEnters } from "./bench/joining.ts";
import { makeCases } from "./bench/make-cases.ts";
import { measureCosts } from "./bench/measure-costs.ts";
import { startMeasuredServer } from "./bench/measured-server.ts";
import { measureOverload } from "./bench/overload.ts";
import { measureRanking } from "./bench/ranking.ts";
import { makeQueue, openStage, type Stage } from "./bench/stage.ts";
import { measureTabs } from "./bench/stream-tabs.ts";
import { printTimings, spreadOf, type Timing } from "./bench/timings.ts";
import { measureVerifyInBrowser } from "./bench/verify-in-browser.ts";
import { measureWaitingPage } from "./bench/waiting-page-load.ts";
import { measureWebhooks } from "./bench/webhook-deliveries.ts";
import { measureWrongSignIns } from "./bench/wrong-sign-ins.ts";
import { readOptions, wholeNumber } from "./read-options.ts";

const usage = `npm run bench -- [options]: what a request costs beside a bare route. Prints a table and writes bench.json.

  --rounds N       how often each case is measured; medians are shown (5)
  --requests N     requests of a case in a round (30000)
  --callers N      callers at once (256)
  --case NAME      only cases whose name has this in it (besides the bare route)
  --sizes A,B      people in the line for status and enter (1000,100000,1000000); entries for the cases ranking
                   (10000,100000,1000000) and verify (100000,1000000)
  --million        besides, a million joins from an empty line, with time and memory
  --profile        writes a CPU profile of the server to profiles/
  --store URL      a Valkey or Redis for limits that are counted together (redis://127.0.0.1:6379/9); left out where none is
  --apart          servers and database on the first core, the load on the second (Linux, by taskset)

Something else instead:
  --case ranking   how long the selection of a draw takes in its thread, and the shuffle of a whole line
  --case verify    how long a rank, and a draw on the page /verify, takes in a real browser
  --case webhooks  entering where nobody and where an endpoint is told; then deliveries a second and the lag of the outbox
  --overload       goodput at three times capacity, with shedding by delay (1 s) and without
  --sign-ins N     the line while N wrong passwords a second arrive for members, and while none do
  --ranking N      N joins a second while a draw of a million is ranked again and again, and while none is
  --page           the waiting page in Chromium, slowed down, on a poor connection: first paint, and bytes before joining
  --tabs N         N tabs on the stream of one line that moves, for a minute (--seconds N): what each is sent, and the CPU`;

const options = readOptions(usage, {
  rounds: { type: "string", default: "5" },
  requests: { type: "string", default: "30000" },
  callers: { type: "string", default: "256" },
  million: { type: "boolean", default: false },
  overload: { type: "boolean", default: false },
  "sign-ins": { type: "string" },
  ranking: { type: "string" },
  page: { type: "boolean", default: false },
  tabs: { type: "string" },
  seconds: { type: "string", default: "60" },
  apart: { type: "boolean", default: false },
  case: { type: "string", default: "" },
  sizes: { type: "string" },
  profile: { type: "boolean", default: false },
  store: { type: "string", default: "redis://127.0.0.1:6379/9" },
});
const overloadRequests = 160_000;
const size = {
  rounds: wholeNumber("rounds", options.rounds),
  requests: options.overload ? overloadRequests : wholeNumber("requests", options.requests),
  callers: wholeNumber("callers", options.callers),
};
const { rounds } = size;

// What is started from here on inherits the core.
if (options.apart) keepToCore(0);
const calculation = await measureCalculation();
if (calculation === null) await measureRequests();
else {
  printTimings(rounds, calculation);
  await writeSummary({ rounds, cases: calculation.map((timing) => ({ ...timing, ...spreadOf(timing) })) });
}
process.exit();

/** What is calculated without a server; null: the case is one of requests. */
async function measureCalculation(): Promise<Timing[] | null> {
  if (options.case === "ranking") return measureRanking(sizesOr([10_000, 100_000, 1_000_000]), rounds);
  if (options.case === "verify") return measureVerifyInBrowser(sizesOr([100_000, 1_000_000]), rounds);
  return null;
}

async function measureRequests(): Promise<void> {
  const perSecond = {
    signIns: numberOrNull("sign-ins", options["sign-ins"]),
    ranking: numberOrNull("ranking", options.ranking),
  };
  const tabs = numberOrNull("tabs", options.tabs);
  const seconds = wholeNumber("seconds", options.seconds);
  const stage = await openStage({ storeUrl: options.store, isProfiling: options.profile });
  try {
    if (options.page) await writeSummary(await measurePage(stage));
    else if (tabs !== null) await writeSummary(await measureTabsOf(stage, { tabs, seconds }));
    else await measureCases(stage, perSecond);
  } finally {
    await stage.close();
  }
}

async function measureCases(
  stage: Stage,
  perSecond: { signIns: number | null; ranking: number | null },
): Promise<void> {
  const lineSizes = sizesOr([1_000, 100_000, 1_000_000]);
  const cases = await makeCases(stage, { wanted: options.case, lineSizes, requests: size.requests });
  const ofTheLine = cases.filter(({ name }) => /^(status|enter), [\d,]+ in line$/.test(name));
  if (perSecond.signIns !== null)
    await measureWrongSignIns(stage.server, ofTheLine, { ...size, signInsPerSecond: perSecond.signIns });
  else if (perSecond.ranking !== null) {
    const [join] = ofTheLine.filter(({ name }) => name.startsWith("enter"));
    if (join === undefined) throw new Error("there is no case of joining");
    await measureBesideRanking(stage.server, join, { rounds, perSecond: perSecond.ranking });
  } else if (options.overload) await measureOverloadOf(stage, ofTheLine);
  else {
    if (options.apart) keepToCore(1);
    const summary = await measureCosts(stage, cases, size);
    const million = options.million ? { million: await joinAMillion(stage, size.callers) } : {};
    await writeSummary({ ...summary, ...million });
    if (options.case === "webhooks")
      await measureWebhooks(stage.env, stage.database, () =>
        createOrganization(stage.database, { name: "Told" }),
      );
  }
}

async function measureOverloadOf(stage: Stage, cases: readonly Case[]): Promise<void> {
  const shedding = await startMeasuredServer({ ...stage.env, OVERLOAD_DELAY_MS: "1000" });
  try {
    if (options.apart) keepToCore(1);
    await measureOverload({ shedding, plain: stage.server }, cases, size);
  } finally {
    await shedding.stop();
  }
}

async function measurePage(stage: Stage): Promise<object> {
  const queueId = await makeQueue(stage, stage.shop, "Friday drop");
  return measureWaitingPage(`http://127.0.0.1:${stage.server.port}/q/${queueId}`, rounds);
}

/** By a process of its own with a worker, so that the line moves. */
async function measureTabsOf(
  stage: Stage,
  { tabs, seconds }: { tabs: number; seconds: number },
): Promise<object> {
  const { shop, secrets } = stage;
  const moving = await startMeasuredServer({ ...stage.env, BENCH_WORKER: "1" }, [...stage.nodeOptions]);
  try {
    const admitsPerMinute = 120;
    const queueId = await makeQueue(stage, shop, "tabs", admitsPerMinute);
    const join = async (index: number): Promise<number> => {
      const { headers } = whoEnters(secrets, shop, `tab ${queueId} ${index}`);
      const address = `http://127.0.0.1:${moving.port}/api/v1/queues/${queueId}/enter`;
      const answer = await fetch(address, { method: "POST", headers });
      await answer.arrayBuffer();
      return answer.status;
    };
    return await measureTabs(moving, { tabs, seconds, queueId, joinsPerSecond: 5, admitsPerMinute, join });
  } finally {
    await moving.stop();
  }
}

function sizesOr(usual: number[]): number[] {
  return options.sizes?.split(",").map((each) => wholeNumber("sizes", each)) ?? usual;
}

function numberOrNull(option: string, given: string | undefined): number | null {
  return given === undefined ? null : wholeNumber(option, given);
}

async function writeSummary(summary: object): Promise<void> {
  await writeFile("bench.json", `${JSON.stringify(summary, null, 2)}\n`);
  console.log("\nWritten to bench.json.");
}

/** All threads of this process, and what it starts later. */
function keepToCore(core: number): void {
  execFileSync("taskset", ["-a", "-c", "-p", String(core), String(process.pid)], { stdio: "ignore" });
}
