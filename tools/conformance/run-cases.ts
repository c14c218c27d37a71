/** Runs cases, checks every answer that they see, and adds up what was covered. */
import { type ErrorCode, errorsOf, errorTable, operationNames, operationOf } from "@stanchion/contract";
import { CaseContext } from "./case-context.ts";
import { type Checked, checkExchange, type ErrorRows } from "./check-exchange.ts";
import { type ConformanceCase, type Need, whyNotFromOutside } from "./conformance-case.ts";
import type { ConformanceServer } from "./conformance-server.ts";
import { createDocsCheck, type DocsCheck } from "./docs-check.ts";
import { exampleOf, type SeenExample } from "./example-of.ts";
import type { Exchange } from "./exchange.ts";
import { findLogFaults } from "./find-log-faults.ts";
import { type UnreachablePair, unreachablePairs } from "./unreachable-pairs.ts";

/** Where cases find the servers they need. */
export interface Servers {
  /** A server that offers all of these, or null where there is none. Asked again it answers the same one. */
  with(needs: readonly Need[]): Promise<ConformanceServer | null>;
  close(): Promise<void>;
}

export interface RunOptions {
  readonly cases: readonly ConformanceCase[];
  readonly servers: Servers;
  /** The table that answers are held against. */
  readonly rows?: ErrorRows;
  readonly pairsOutOfReach?: readonly UnreachablePair[];
  /** Whether every row and every pair must be reached. */
  readonly mustReachAll: boolean;
  readonly say?: (line: string) => void;
}

export interface RunResult {
  readonly codes: { readonly covered: number; readonly total: number };
  readonly pairs: { readonly covered: number; readonly total: number; readonly excused: number };
  readonly requests: number;
  /** Whatever is not as the contract says. */
  readonly drift: readonly string[];
  /** Rows that no case could reach here, each with the reason. */
  readonly unreached: readonly { readonly code: string; readonly reason: string }[];
  /** For the documentation, by code: of its first case that held. */
  readonly examples: ReadonlyMap<string, SeenExample>;
}

interface Tally {
  requests: number;
  readonly drift: Set<string>;
  readonly pairs: Set<string>;
  /** By code the first case that held, by its place among all. */
  readonly shown: Map<string, { readonly index: number; readonly example: SeenExample }>;
  readonly unreached: Map<string, Set<string>>;
}

export async function runCases(options: RunOptions): Promise<RunResult> {
  const { cases, rows = errorTable, mustReachAll } = options;
  const tally: Tally = {
    requests: 0,
    drift: new Set(findFaultsOfCases(cases, rows)),
    pairs: new Set(),
    shown: new Map(),
    unreached: new Map(),
  };
  const docs = createDocsCheck();
  const groups = await groupByServer(options, tally);
  const run = ({ server, members }: (typeof groups)[number]): Promise<void> =>
    runGroup({ server, members, rows, docs, tally });
  for (const group of groups.filter(({ server }) => server.runsAlone)) await run(group);
  await Promise.all(groups.filter(({ server }) => !server.runsAlone).map(run));
  for (const fault of await docs.faults()) tally.drift.add(fault);
  const excused = judgePairs(tally, options.pairsOutOfReach ?? unreachablePairs, mustReachAll);
  return summarize(tally, rows, excused, mustReachAll);
}

/** What is wrong with the cases before anything is sent: rows without a case, codes that an operation does not declare. */
function findFaultsOfCases(cases: readonly ConformanceCase[], rows: ErrorRows): string[] {
  const coded = new Set<string>(cases.map(({ code }) => code));
  const rowsWithout = Object.keys(rows).filter((code) => !coded.has(code));
  const undeclared = cases.filter(
    ({ code, operation }) => operation !== null && !errorsOf(operationOf(operation)).includes(code),
  );
  return [
    ...rowsWithout.map((code) => `the row ${code} has no case: add one in tools/conformance/cases`),
    ...undeclared.map(
      ({ code, operation }) => `there is a case of ${code} for ${operation}, which does not declare it`,
    ),
  ];
}

interface Member {
  readonly index: number;
  readonly one: ConformanceCase;
}

async function groupByServer({ cases, servers }: RunOptions, tally: Tally) {
  const groups = new Map<ConformanceServer, Member[]>();
  for (const [index, one] of cases.entries()) {
    const server = await servers.with(one.needs);
    if (server !== null) groups.set(server, [...(groups.get(server) ?? []), { index, one }]);
    else {
      const missing = [];
      for (const need of one.needs)
        if ((await servers.with([need])) === null) missing.push(whyNotFromOutside[need]);
      const reasons = tally.unreached.get(one.code) ?? new Set();
      tally.unreached.set(one.code, reasons.add(missing.join(", and ")));
    }
  }
  return [...groups].map(([server, members]) => ({ server, members }));
}

interface Group {
  readonly server: ConformanceServer;
  readonly members: readonly Member[];
  readonly rows: ErrorRows;
  readonly docs: DocsCheck;
  readonly tally: Tally;
}

/** Cases that wait for the server's own time limits run beside the others; these go in batches, as many as the server takes at once. */
async function runGroup(group: Group): Promise<void> {
  const { server, members } = group;
  const slow = members.filter(({ one }) => one.needs.includes("patience"));
  const others = members.filter(({ one }) => !one.needs.includes("patience"));
  const inBackground = Promise.all(slow.map((member) => runCase(group, member)));
  for (let at = 0; at < others.length; at += server.casesAtOnce) {
    const batch = others.slice(at, at + server.casesAtOnce);
    server.barrier?.begin(batch.length);
    await Promise.all(batch.map((member) => runCase(group, member)));
  }
  await inBackground;
}

async function runCase(group: Group, { index, one }: Member): Promise<void> {
  const { server, tally, rows, docs } = group;
  const title = `${one.code} of ${one.operation ?? "no operation"}: ${one.cause}`;
  const isSlow = one.needs.includes("patience");
  const seen: { exchange: Exchange; checked: Checked }[] = [];
  const ctx = new CaseContext(server, {
    needs: one.needs,
    expectsRateLimit: one.code === "RATE_LIMITED",
    witness(exchange) {
      tally.requests += 1;
      const checked = checkExchange(exchange, rows, server.document);
      seen.push({ exchange, checked });
      if (checked.code !== null && checked.operation !== null)
        tally.pairs.add(`${checked.operation} ${checked.code}`);
      docs.note(server, exchange);
      server.noted?.(exchange);
    },
  });
  const faults: string[] = [];
  try {
    const exchange = await one.provoke(ctx);
    const last = seen.find((other) => other.exchange === exchange);
    if (last?.checked.code !== one.code || last.checked.operation !== one.operation)
      faults.push(`it came to ${describe(exchange)}`);
    else if ((tally.shown.get(one.code)?.index ?? Number.POSITIVE_INFINITY) > index)
      tally.shown.set(one.code, { index, example: exampleOf(one.operation, exchange, ctx.nowMs()) });
  } catch (error) {
    faults.push(error instanceof Error ? error.message : String(error));
  } finally {
    if (!isSlow) await server.barrier?.leave(ctx.hasArrived);
  }
  for (const { exchange, checked } of seen) {
    const inLog = findLogFaults(server, exchange, checked);
    faults.push(...[...checked.faults, ...inLog].map((fault) => `${fault} (${describe(exchange)})`));
  }
  for (const fault of faults) tally.drift.add(`${title}: ${fault}`);
}

function describe({ request, answer }: Exchange): string {
  return `${request.method} ${request.path.slice(0, 80)} → ${answer.status} ${answer.text.slice(0, 200)}`;
}

/** Every pair of operation and declared code must have been seen, or be excused; an excuse for what was seen is none. */
function judgePairs(tally: Tally, excuses: readonly UnreachablePair[], mustReachAll: boolean): number {
  let excused = 0;
  for (const name of operationNames) {
    for (const code of errorsOf(operationOf(name))) {
      const isSeen = tally.pairs.has(`${name} ${code}`);
      const isExcused = excuses.some((excuse) => excuse.codes.includes(code) && excuse.operations(name));
      if (isExcused && !isSeen) excused += 1;
      if (!mustReachAll) continue;
      if (!isSeen && !isExcused)
        tally.drift.add(
          `${name} declares ${code}, and no request brought it about: add a case, or take it out`,
        );
      if (isSeen && isExcused)
        tally.drift.add(`${name} gave ${code}, which unreachable-pairs.ts says no request can bring about`);
    }
  }
  return excused;
}

function summarize(tally: Tally, rows: ErrorRows, excused: number, mustReachAll: boolean): RunResult {
  const total = Object.keys(rows);
  const covered = total.filter((code) => tally.shown.has(code));
  const unreached = [...tally.unreached]
    .filter(([code]) => !tally.shown.has(code))
    .map(([code, reasons]) => ({ code, reason: [...reasons].join("; or ") }));
  if (mustReachAll)
    for (const { code, reason } of unreached) tally.drift.add(`${code} was not reached: ${reason}`);
  const declared = operationNames.flatMap((name) =>
    errorsOf(operationOf(name)).map((code: ErrorCode) => `${name} ${code}`),
  );
  return {
    codes: { covered: covered.length, total: total.length },
    pairs: {
      covered: declared.filter((pair) => tally.pairs.has(pair)).length,
      total: declared.length,
      excused,
    },
    requests: tally.requests,
    drift: [...tally.drift],
    unreached,
    examples: new Map([...tally.shown].map(([code, { example }]) => [code, example])),
  };
}
