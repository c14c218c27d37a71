/**
 * npm run bench: what a request costs, side by side in one run. Prints a table and writes bench.json.
 *
 *   --rounds N       how often each case is measured; medians are shown (5)
 *   --requests N     requests of a case in a round (30000)
 *   --callers N      callers at once (256)
 *   --overload       instead: goodput at three times capacity, with shedding by delay (1 s) and without
 *   --sign-ins N     instead: the line while N wrong passwords a second arrive for members, and while none do
 *   --ranking N      instead: N joins a second while a draw of a million is ranked again and again, and while none is
 *   --page           instead: the waiting page in Chromium, slowed down, on a poor connection: first paint, and bytes before joining
 *   --tabs N         instead: N tabs on the stream of one line that moves, for a minute (--seconds N): what each is sent, and the CPU
 *   --apart          servers and database on the first core, the load on the second (Linux, by taskset)
 *   --million        besides, a million joins from an empty line, with time and memory
 *   --sizes A,B      people in the line for status and enter (1000,100000,1000000); entries for the cases ranking
 *                    (10000,100000,1000000) and verify (100000,1000000)
 *   --profile        writes a CPU profile of the server to profiles/
 *   --case NAME      only cases whose name has this in it (besides the bare route)
 *   --case ranking   instead: how long the selection of a draw takes in its thread, and the shuffle of a whole line
 *   --case verify    instead: how long a rank, and a draw on the page /verify, takes in a real browser
 *   --case webhooks  entering where nobody and where an endpoint is told; then deliveries a second and the lag of the outbox
 *   --store URL      a Valkey or Redis for limits that are counted together (redis://127.0.0.1:6379/9); left out where none is
 */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { bytesFromUuid, decodeId, limits } from "@stanchion/contract";
import pg from "pg";
import { issueLineToken } from "../packages/server/src/distributions/queues/line-token.ts";
import { createOrganization } from "../packages/server/src/identity/index.ts";
import { issueAccessToken } from "../packages/server/src/identity/session-tokens.ts";
import { startEmbeddedPostgres } from "../packages/server/src/platform/database/embedded-postgres.ts";
import { openDatabase } from "../packages/server/src/platform/database/index.ts";
import { createLog } from "../packages/server/src/platform/log.ts";
import { createSecrets } from "../packages/server/src/platform/secrets.ts";
import { measureBesideRanking } from "./bench/beside-ranking.ts";
import { makeBoundCases } from "./bench/bound-cases.ts";
import { type LoadResult, runLoad } from "./bench/http-load.ts";
import {
  type MeasuredServer,
  postgresCpuMicros,
  postmasterOf,
  startMeasuredServer,
} from "./bench/measured-server.ts";
import { measureOverload } from "./bench/overload.ts";
import { measureRanking } from "./bench/ranking.ts";
import { type Case, isStoreThere, makeRefusedCases, refusedLimits } from "./bench/refused-cases.ts";
import { measureTabs } from "./bench/stream-tabs.ts";
import { printTimings, spreadOf, type Timing } from "./bench/timings.ts";
import { measureVerifyInBrowser } from "./bench/verify-in-browser.ts";
import { measureWaitingPage } from "./bench/waiting-page-load.ts";
import { measureWebhooks } from "./bench/webhook-deliveries.ts";
import { measureWrongSignIns } from "./bench/wrong-sign-ins.ts";

const { values: options } = parseArgs({
  options: {
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
  },
});
const rounds = Number(options.rounds);
/** In overload, how many texts there are to send. */
const requests = options.overload ? 160_000 : Number(options.requests);
const callers = Number(options.callers);
const lineSizes = sizesOr([1_000, 100_000, 1_000_000]);
const secret = "a secret of the bench, long enough to be one";
const wide = { limit: 1_000_000_000, windowSeconds: 60 };

interface Measured extends LoadResult {
  readonly cpuMicros: number;
  readonly postgresMicros: number;
}

// What is started from here on inherits the core.
if (options.apart) keepToCore(0);
const calculation = await measureCalculation();
if (calculation !== null) {
  printTimings(rounds, calculation);
  const cases = calculation.map((timing) => ({ ...timing, ...spreadOf(timing) }));
  await writeSummary({ rounds, cases });
  process.exit();
}
const folder = await mkdtemp(path.join(tmpdir(), "stanchion-bench-"));
await chmod(folder, 0o711);
const postgres = await startEmbeddedPostgres({ dataFolder: folder, say: (line) => console.error(line) });
const env = {
  PORT: "0",
  STANCHION_DATA: folder,
  DATABASE_URL: postgres.url,
  STANCHION_SECRET: secret,
  RATE_LIMITS: JSON.stringify({ guest: wide, entry: wide, general: wide, webhook: wide }),
  LOG_LEVEL: "error",
};
const profiling = options.profile ? ["--cpu-prof", `--cpu-prof-dir=${path.resolve("profiles")}`] : [];
const server = await startMeasuredServer(env, profiling);
const sharing = (await isStoreThere(options.store))
  ? await startMeasuredServer({ ...env, VALKEY_URL: options.store }, profiling)
  : null;
const database = openDatabase(postgres.url, createLog("silent"));
const secrets = createSecrets(secret);
const backend = await database.pool.query<{ id: number }>("select pg_backend_pid() as id");
const postmasterId = postmasterOf(backend.rows[0]?.id ?? 0);

try {
  const shop = await createOrganization(database, { name: "Bench" });
  const organizationId = decodeId("organization", shop.organizationId) ?? "";
  const isOfTheLine = !options.page && options.tabs === undefined;
  const cases = isOfTheLine ? await makeCases(shop, organizationId) : [];
  const lineCases = cases.filter(({ name }) => /^(status|enter), [\d,]+ in line$/.test(name));
  const signInsPerSecond = options["sign-ins"] === undefined ? null : Number(options["sign-ins"]);
  if (options.page)
    await writeSummary(
      await measureWaitingPage(
        `http://127.0.0.1:${server.port}/q/${await makeQueue(shop, "Friday drop")}`,
        rounds,
      ),
    );
  else if (options.tabs !== undefined)
    await writeSummary(await measureTabsOf(shop, organizationId, Number(options.tabs)));
  else if (signInsPerSecond !== null)
    await measureWrongSignIns(server, lineCases, { rounds, requests, callers, signInsPerSecond });
  else if (options.ranking !== undefined) {
    const [join] = lineCases.filter(({ name }) => name.startsWith("enter"));
    if (join === undefined) throw new Error("there is no case of joining");
    await measureBesideRanking(server, join, { rounds, perSecond: Number(options.ranking) });
  } else if (options.overload) {
    const shedding = await startMeasuredServer({ ...env, OVERLOAD_DELAY_MS: "1000" });
    if (options.apart) keepToCore(1);
    await measureOverload({ shedding, plain: server }, lineCases, { rounds, requests }).finally(() =>
      shedding.stop(),
    );
  } else {
    if (options.apart) keepToCore(1);
    await measureCosts(shop, organizationId, cases);
    if (options.case === "webhooks")
      await measureWebhooks(env, database, () => createOrganization(database, { name: "Told" }));
  }
} finally {
  await database.close();
  await server.stop();
  await sharing?.stop();
  await postgres.stop();
  await rm(folder, { recursive: true, force: true });
}

/** What is calculated without a server; null: the case is one of requests. */
async function measureCalculation(): Promise<Timing[] | null> {
  if (options.case === "ranking") return measureRanking(sizesOr([10_000, 100_000, 1_000_000]), rounds);
  if (options.case === "verify") return measureVerifyInBrowser(sizesOr([100_000, 1_000_000]), rounds);
  return null;
}

function sizesOr(usual: number[]): number[] {
  return options.sizes?.split(",").map(Number) ?? usual;
}

async function writeSummary(summary: object): Promise<void> {
  await writeFile("bench.json", `${JSON.stringify(summary, null, 2)}\n`);
  console.log("\nWritten to bench.json.");
}

/** All threads of this process, and what it starts later. */
function keepToCore(core: number): void {
  execFileSync("taskset", ["-a", "-c", "-p", String(core), String(process.pid)], { stdio: "ignore" });
}

/** By a process of its own with a worker, so that the line moves. */
async function measureTabsOf(shop: Shop, organizationId: string, tabs: number): Promise<object> {
  const moving = await startMeasuredServer({ ...env, BENCH_WORKER: "1" }, profiling);
  try {
    const admitsPerMinute = 120;
    const queueId = await makeQueue(shop, "tabs", admitsPerMinute);
    const join = async (index: number): Promise<number> => {
      const consumerId = uuidOf(`tab ${queueId} ${index}`);
      const headers = {
        "X-Publishable-Key": shop.publishableKey,
        Authorization: `Bearer ${accessTokenOf(organizationId, consumerId)}`,
        "Idempotency-Key": consumerId,
      };
      const address = `http://127.0.0.1:${moving.port}/api/v1/queues/${queueId}/enter`;
      const answer = await fetch(address, { method: "POST", headers });
      await answer.arrayBuffer();
      return answer.status;
    };
    const seconds = Number(options.seconds);
    return await measureTabs(moving, { tabs, seconds, queueId, joinsPerSecond: 5, admitsPerMinute, join });
  } finally {
    await moving.stop();
  }
}

async function measureCosts(shop: Shop, organizationId: string, cases: readonly Case[]): Promise<void> {
  const results = await measure(server, cases);
  report(results);
  const summary: Record<string, unknown> = { callers, requests, rounds, cases: Object.fromEntries(results) };
  if (options.million) summary.million = await joinAMillion(server, shop, organizationId);
  await writeSummary(summary);
}

type Shop = Awaited<ReturnType<typeof createOrganization>>;

async function makeCases(shop: Shop, organizationId: string): Promise<Case[]> {
  const head = (method: string, target: string, headers: string): string =>
    `${method} ${target} HTTP/1.1\r\nHost: 127.0.0.1\r\n${headers}\r\n`;
  const pk = `X-Publishable-Key: ${shop.publishableKey}\r\n`;
  const cases: Case[] = [
    { name: "bare route", port: "bare", expected: "200", requestOf: () => head("GET", "/bare", "") },
  ];
  const boardQueue = await makeQueue(shop, "board");
  cases.push({
    name: "now-serving",
    port: "api",
    expected: "200",
    requestOf: () => head("GET", `/api/v1/queues/${boardQueue}/now-serving`, ""),
  });
  cases.push({
    name: "guest",
    port: "api",
    expected: "201",
    requestOf: () => head("POST", "/api/v1/auth/guest", `${pk}Content-Length: 0\r\n`),
  });
  // Lines are filled for the cases alone that need them.
  for (const size of isWanted("status") || isWanted("enter,") ? lineSizes : []) {
    const queueId = await makeQueue(shop, `line of ${size}`);
    await fillLine(queueId, size);
    const queueBytes = bytesFromUuid(decodeId("queue", queueId) ?? "");
    const enteredAtMs = await enteredAtOf(queueId);
    const path = `/api/v1/queues/${queueId}/status`;
    const statusOf = (ticket: number, credential: string): string => {
      const consumerId = memberId(queueId, ticket);
      const place = { entryBytes: bytesFromUuid(entryIdOf(queueId, ticket)), ticket, enteredAtMs };
      const token = issueLineToken(secrets, place, {
        queueBytes,
        consumerBytes: bytesFromUuid(consumerId),
        device: null,
      });
      const device = `X-Line-Token: ${token}\r\nX-Fingerprint: device-of-${consumerId}\r\n`;
      return head("GET", path, pk + credential + device);
    };
    const consumerOf = (ticket: number): string => memberId(queueId, ticket);
    const statusTexts = Array.from({ length: 20_000 }, (_, index) => {
      const ticket = 1 + ((index * 7_919) % size);
      const bearer = accessTokenOf(organizationId, consumerOf(ticket));
      return statusOf(ticket, `Authorization: Bearer ${bearer}\r\n`);
    });
    cases.push({
      name: `status, ${size.toLocaleString("en")} in line`,
      port: "api",
      expected: "200",
      requestOf: (round, index) => statusTexts[(round * 7 + index) % statusTexts.length] ?? "",
    });
    if (size === lineSizes[0])
      cases.push(...makeBoundCases({ size, path, organizationId, secrets, requests, consumerOf, statusOf }));
    cases.push({
      name: `enter, ${size.toLocaleString("en")} in line`,
      ...entering(shop, organizationId, `/api/v1/queues/${queueId}/enter`),
      before: () => resetLine(queueId, size),
    });
  }
  const drawId = await makeDraw(shop);
  cases.push({
    name: "enter-draw",
    ...entering(shop, organizationId, `/api/v1/draws/${drawId}/enter`),
    before: () => resetDraw(drawId),
  });
  cases.push(...(await makeToldCases(shop)));
  const refusedShop = await createOrganization(database, { name: "Refused", rateLimits: refusedLimits });
  cases.push(
    ...makeRefusedCases({
      shop: refusedShop,
      wideShop: shop,
      accessToken: accessTokenOf(
        decodeId("organization", refusedShop.organizationId) ?? "",
        uuidOf("refused"),
      ),
      queueId: boardQueue,
      portOf: (isShared) => (isShared ? sharing : server)?.port ?? 0,
      hasStore: sharing !== null,
    }),
  );
  return cases.filter((one) => one.name === "bare route" || one.name.includes(options.case));
}

/** Entering an empty line where nobody is told of it, and where a webhook endpoint is. */
async function makeToldCases(nobody: Shop): Promise<Case[]> {
  if (!isWanted("webhooks")) return [];
  const told = await createOrganization(database, { name: "Told of everybody" });
  const endpoint = { url: "https://hooks.example/", events: ["queue.consumer.entered"], maxPerBatch: 1_000 };
  const made = await fetch(`http://127.0.0.1:${server.port}/api/v1/webhook-endpoints`, {
    method: "POST",
    headers: { Authorization: `Bearer ${told.secretKey}`, "Content-Type": "application/json" },
    body: JSON.stringify(endpoint),
  });
  if (!made.ok) throw new Error(`the endpoint: ${await made.text()}`);
  const enter = async (name: string, shop: Shop): Promise<Case> => {
    const queueId = await makeQueue(shop, name);
    const organizationId = decodeId("organization", shop.organizationId) ?? "";
    return {
      name: `webhooks: enter, ${name}`,
      ...entering(shop, organizationId, `/api/v1/queues/${queueId}/enter`),
      before: () => resetLine(queueId, 0),
    };
  };
  return [await enter("nobody is told", nobody), await enter("an endpoint is told", told)];
}

function isWanted(name: string): boolean {
  return options.case === "" || options.case.startsWith(name) || name.startsWith(options.case);
}

function entering(shop: Shop, organizationId: string, target: string): Omit<Case, "name"> {
  return {
    port: "api",
    expected: "201",
    requestOf: enterRequests(shop, organizationId, target),
    asked: enterRequest(shop, organizationId, "/bare", "asked"),
  };
}

/** Whole HTTP texts of joins, each by a consumer of its own; made ahead, so that making them is not measured. */
function enterRequests(
  shop: Shop,
  organizationId: string,
  target: string,
): (round: number, index: number) => string {
  let made: string[] = [];
  let madeFor = -1;
  return (round, index) => {
    if (madeFor !== round) {
      madeFor = round;
      made = Array.from({ length: requests }, (_, each) =>
        enterRequest(shop, organizationId, target, `${round}/${each}`),
      );
    }
    return made[index] ?? "";
  };
}

function enterRequest(shop: Shop, organizationId: string, target: string, who: string): string {
  const consumerId = uuidOf(`joiner ${target} ${who}`);
  return (
    `POST ${target} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 0\r\nX-Publishable-Key: ${shop.publishableKey}\r\n` +
    `Authorization: Bearer ${accessTokenOf(organizationId, consumerId)}\r\nIdempotency-Key: ${uuidOf(`key ${who}`)}\r\nX-Fingerprint: device-of-${consumerId}\r\n\r\n`
  );
}

function uuidOf(text: string): string {
  const hex = createHash("md5").update(text).digest("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

function memberId(queueId: string, ticket: number): string {
  return uuidOf(`consumer ${decodeId("queue", queueId)} ${ticket}`);
}

function entryIdOf(queueId: string, ticket: number): string {
  return uuidOf(`entry ${decodeId("queue", queueId)} ${ticket}`);
}

function accessTokenOf(organizationId: string, consumerId: string): string {
  const subject = {
    organizationId,
    isLive: false,
    isConfirmed: false,
    isExternal: false,
    consumerId,
    familyId: consumerId,
    deviceKey: null,
  };
  return issueAccessToken(secrets, subject, Date.now());
}

async function makeQueue(shop: Shop, name: string, admitRate = 1): Promise<string> {
  const answer = await fetch(`http://127.0.0.1:${server.port}/api/v1/queues`, {
    method: "POST",
    headers: { Authorization: `Bearer ${shop.secretKey}`, "Content-Type": "application/json" },
    body: JSON.stringify({ name, admitRate }),
  });
  const { id } = (await answer.json()) as { id: string };
  return id;
}

async function fillLine(queueId: string, size: number): Promise<void> {
  const client = new pg.Client({ connectionString: postgres.url });
  await client.connect();
  const uuid = decodeId("queue", queueId);
  await client.query(
    `insert into entries (entry_id, queue_id, consumer_id, ticket, ahead_at_entry, entered_at, status, request_id)
     select md5('entry ' || $2 || ' ' || t)::uuid, $1, md5('consumer ' || $2 || ' ' || t)::uuid, t, t - 1,
       date_trunc('milliseconds', now()), 'QUEUED', 'req_bench'
     from generate_series(1, $3::int) t`,
    [uuid, queueId, size],
  );
  await client.query(`update lines set last_ticket = $2 where queue_id = $1`, [uuid, size]);
  await client.query(`analyze entries`);
  await client.end();
}

/** Takes away the joins of the round before, so that every round meets a line of the same size. */
async function resetLine(queueId: string, size: number): Promise<void> {
  const client = new pg.Client({ connectionString: postgres.url });
  await client.connect();
  const uuid = decodeId("queue", queueId);
  // The lock of those who join comes first: joins of an overload are still under way when its load has gone.
  await client.query("begin");
  await client.query(`update lines set last_ticket = $2 where queue_id = $1`, [uuid, size]);
  await client.query(`delete from entries where queue_id = $1 and ticket > $2`, [uuid, size]);
  await client.query(`delete from line_groups where queue_id = $1`, [uuid]);
  await client.query("commit");
  await client.query(`vacuum entries`);
  await client.query(`checkpoint`);
  await client.end();
}

async function makeDraw(shop: Shop): Promise<string> {
  const inADay = new Date(Date.now() + 86_400_000).toISOString();
  const answer = await fetch(`http://127.0.0.1:${server.port}/api/v1/draws`, {
    method: "POST",
    headers: { Authorization: `Bearer ${shop.secretKey}`, "Content-Type": "application/json" },
    body: JSON.stringify({ name: "draw", winnerCount: 100, closeAt: inADay, drawAt: inADay }),
  });
  const { id } = (await answer.json()) as { id: string };
  return id;
}

/** Takes away the entries of the round before. */
async function resetDraw(drawId: string): Promise<void> {
  const client = new pg.Client({ connectionString: postgres.url });
  await client.connect();
  const uuid = decodeId("draw", drawId);
  await client.query("begin");
  await client.query("update draw_lists set last_number = 0 where draw_id = $1", [uuid]);
  await client.query("delete from draw_entries where draw_id = $1", [uuid]);
  await client.query("delete from draw_groups where draw_id = $1", [uuid]);
  await client.query("commit");
  await client.query("vacuum draw_entries");
  await client.query("vacuum draw_groups");
  await client.query("checkpoint");
  await client.end();
}

async function enteredAtOf(queueId: string): Promise<number> {
  const found = await database.pool.query<{ at: Date }>(
    `select entered_at as at from entries where queue_id = $1 limit 1`,
    [decodeId("queue", queueId)],
  );
  return found.rows[0]?.at.getTime() ?? 0;
}

/** Ratios of CPU time to the bare route: asked by its own small request, and by the case's own where that was measured. */
type MeasuredCase = Measured & { readonly ratio: number; readonly ratioAsked: number | null };

/**
 * Runs every case in every round, each right after the bare route: what the machine's neighbours do meanwhile
 * then weighs on both, and the ratio of the two stands. Medians by ratio.
 */
async function measure(measured: MeasuredServer, cases: readonly Case[]): Promise<Map<string, MeasuredCase>> {
  const [bare, ...others] = cases;
  if (bare === undefined) throw new Error("no cases");
  const runs = new Map<string, MeasuredCase[]>();
  const note = (name: string, run: MeasuredCase): void =>
    void runs.set(name, [...(runs.get(name) ?? []), run]);
  for (let round = 0; round <= rounds; round += 1) {
    for (const one of others) {
      await one.before?.();
      one.requestOf(round, 0);
      const at = one.isShared ? (sharing ?? measured) : measured;
      const beside = await runCase(at, bare, round);
      const { asked } = one;
      const alike =
        asked === undefined ? null : await runCase(at, { ...bare, requestOf: () => asked }, round);
      const run = await runCase(at, one, round);
      // The first round warms up.
      if (round === 0) continue;
      note(bare.name, { ...beside, ratio: 1, ratioAsked: null });
      note(one.name, {
        ...run,
        ratio: run.cpuMicros / beside.cpuMicros,
        ratioAsked: alike === null ? null : run.cpuMicros / alike.cpuMicros,
      });
    }
    process.stderr.write(round === 0 ? "warmed up" : ` · round ${round}`);
  }
  process.stderr.write("\n");
  const medians = new Map<string, MeasuredCase>();
  for (const [name, all] of runs) {
    const sorted = all.toSorted((a, b) => a.ratio - b.ratio || a.cpuMicros - b.cpuMicros);
    const median = sorted[Math.floor(sorted.length / 2)];
    if (median !== undefined) medians.set(name, median);
  }
  return medians;
}

async function runCase(measured: MeasuredServer, one: Case, round: number): Promise<Measured> {
  const before = await measured.facts();
  const postgresBefore = postgresCpuMicros(postmasterId);
  const port = one.port === "bare" ? measured.barePort : measured.port;
  const load = await runLoad(port, callers, requests, (index) => one.requestOf(round, index));
  const after = await measured.facts();
  if (load.statuses[one.expected] !== requests)
    throw new Error(`${one.name}: ${JSON.stringify(load.statuses)}`);
  return {
    ...load,
    cpuMicros: (after.cpuMicros - before.cpuMicros) / requests,
    postgresMicros: (postgresCpuMicros(postmasterId) - postgresBefore) / requests,
  };
}

function report(results: ReadonlyMap<string, MeasuredCase>): void {
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

/** A million consumers join an empty line over HTTP; then what the process holds. */
async function joinAMillion(measured: MeasuredServer, shop: Shop, organizationId: string) {
  const queueId = await makeQueue(shop, "a million");
  const total = 1_000_000;
  const part = 50_000;
  let seconds = 0;
  const before = await measured.facts(true);
  const postgresBefore = postgresCpuMicros(postmasterId);
  for (let done = 0; done < total; done += part) {
    const texts = Array.from({ length: part }, (_, each) =>
      enterRequest(shop, organizationId, `/api/v1/queues/${queueId}/enter`, `million ${done + each}`),
    );
    const load = await runLoad(measured.port, callers, part, (index) => texts[index] ?? "", undefined, false);
    if (load.statuses["201"] !== part) throw new Error(`a million: ${JSON.stringify(load.statuses)}`);
    seconds += load.seconds;
    process.stderr.write(`\r${(done + part).toLocaleString("en")} have joined in ${seconds.toFixed(1)} s`);
  }
  const after = await measured.facts();
  const collected = await measured.facts(true);
  const board = (await (
    await fetch(`http://127.0.0.1:${measured.port}/api/v1/queues/${queueId}/now-serving`)
  ).json()) as { waiting: number };
  const result = {
    seconds: Number(seconds.toFixed(1)),
    joinsPerSecond: Math.round(total / seconds),
    cpuMicrosPerJoin: (after.cpuMicros - before.cpuMicros) / total,
    postgresMicrosPerJoin: (postgresCpuMicros(postmasterId) - postgresBefore) / total,
    waiting: board.waiting,
    residentMegabytes: Math.round(after.residentBytes / 1_048_576),
    residentMegabytesCollected: Math.round(collected.residentBytes / 1_048_576),
  };
  console.log(
    `\nA million joins, load generator included: ${result.seconds} s (${result.joinsPerSecond}/s), ${result.waiting} wait; the API process holds ${result.residentMegabytes} MB (${result.residentMegabytesCollected} MB after a collection) with a million keys in the limiter (a window of ${wide.windowSeconds} s, ${limits.boardSegmentRanks}-rank segments).`,
  );
  return result;
}
