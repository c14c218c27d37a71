import type { Board } from "@stanchion/contract";
// The very formula that fans' clients use.
import { type DepartedBits, positionOf, segmentOf } from "../../packages/sdk/src/position.ts";
import { writeLineGroup } from "../../packages/server/src/distributions/queues/line-group-store.ts";
import { runLoad } from "../bench/http-load.ts";
import { fillLine, memberOf } from "../made-up-people.ts";
import { callAsShop, fanRequest, type House, makeQueue, openHouse } from "./house.ts";
import { cpuMicrosOf } from "./server-process.ts";
import { createFaults, type RunContext, sleep, type TortureRun } from "./torture-run.ts";

const callers = 256;
const admitRate = 600;
const partSize = 10_000;
const groupSize = 1_000;
const viewCatchesUpMs = 1_500;

export const leaveRun: TortureRun = {
  name: "leaves",
  about:
    "a tenth of a long line leaves at once; what the board tells everybody about their place is counted after",
  async run(ctx) {
    const house = await openHouse(ctx);
    const server = await house.start("start");
    const size = ctx.isQuick ? 50_000 : 1_000_000;
    const leavers = size / 10;
    const { wireId, queueId } = await makeQueue(house, server.url, { name: "Leaves", admitRate });
    await callAsShop(server.url, house.shop.secretKey, "POST", `/queues/${wireId}/pause`);
    ctx.say(`putting ${size.toLocaleString("en")} people into the line …`);
    await fillLine(house.db, queueId, size);
    await callAsShop(server.url, house.shop.secretKey, "POST", `/queues/${wireId}/resume`);
    const tickets = sample(size, 2 * leavers);
    const line = { wireId, queueId };
    const byHttp = tickets.slice(0, leavers);
    const cpuBefore = cpuMicrosOf(server.pid);
    const { seconds, p99, statuses } = await leaveByHttp(ctx, house, server.port, line, byHttp);
    const cpuMicros = (cpuMicrosOf(server.pid) - cpuBefore) / leavers;
    const groups = await leaveByGroups(house, queueId, tickets.slice(leavers));
    // Nobody is admitted any more, so that board and table can be compared.
    await callAsShop(server.url, house.shop.secretKey, "POST", `/queues/${wireId}/pause`);
    await sleep(viewCatchesUpMs);

    const judged = await judgePositions(house, server.url, wireId, queueId, ctx.isQuick ? 500 : 5_000);
    const { list: faults, expect } = createFaults();
    const left = statuses["200"] ?? 0;
    expect(left === leavers, `answers to leave: ${JSON.stringify(statuses)}`);
    expect(groups.left === leavers, `${groups.left} left by the group function`);
    expect(judged.wrong.length === 0, `${judged.wrong.length} positions differ: ${judged.wrong.slice(0, 3)}`);
    expect(
      judged.waiting === judged.counted,
      `the board says ${judged.waiting} wait, the table ${judged.counted}`,
    );
    return {
      figures: {
        "in line": size,
        "left over HTTP": left,
        "over HTTP, seconds": Number(seconds.toFixed(1)),
        "over HTTP, leaves/s": Math.round(leavers / seconds),
        "over HTTP, p99 ms": Math.round(p99),
        "CPU µs of the server process for each": Math.round(cpuMicros),
        "left by the group function": groups.left,
        "by the group function, seconds": Number(groups.seconds.toFixed(1)),
        "by the group function, leaves/s": Math.round(leavers / groups.seconds),
        "waiting by the board": judged.waiting,
        "waiting by COUNT(*)": judged.counted,
        "positions compared": judged.compared,
        "positions that differ": judged.wrong.length,
        "board bytes": judged.boardBytes,
        "segments read": judged.segments,
      },
      faults,
    };
  },
};

/** So many different tickets of 1 … size, in random order. */
function sample(size: number, count: number): number[] {
  const chosen = new Set<number>();
  while (chosen.size < count) chosen.add(1 + Math.floor(Math.random() * size));
  return [...chosen];
}

async function leaveByHttp(
  ctx: RunContext,
  house: House,
  port: number,
  line: { wireId: string; queueId: string },
  tickets: readonly number[],
) {
  let seconds = 0;
  let p99 = 0;
  const statuses: Record<string, number> = {};
  for (let first = 0; first < tickets.length; first += partSize) {
    const requests = tickets
      .slice(first, first + partSize)
      .map((ticket) =>
        fanRequest(house, memberOf(line.queueId, ticket).consumerId, "POST", `/queues/${line.wireId}/leave`),
      );
    const load = await runLoad(port, callers, requests.length, (index) => requests[index] ?? "");
    seconds += load.seconds;
    p99 = Math.max(p99, load.p99);
    for (const [status, times] of Object.entries(load.statuses))
      statuses[status] = (statuses[status] ?? 0) + times;
    ctx.say(`${first + requests.length} have left in ${seconds.toFixed(1)} s`);
  }
  return { seconds, p99, statuses };
}

/** What the database alone can do: whole groups, one after the other, without HTTP and without reading anything back. */
async function leaveByGroups(house: House, queueId: string, tickets: readonly number[]) {
  const startedAt = performance.now();
  let left = 0;
  for (let first = 0; first < tickets.length; first += groupSize) {
    const leavers = tickets.slice(first, first + groupSize).map((ticket) => ({
      consumerId: memberOf(queueId, ticket).consumerId,
      device: null,
      scope: null,
      requestHash: null,
      requestId: "req_torture",
    }));
    const { leaveOutcomes } = await writeLineGroup(house.db, queueId, null, [], leavers);
    // L left the line; R gave an admission back.
    left += [...(leaveOutcomes ?? "")].filter((outcome) => outcome === "L" || outcome === "R").length;
  }
  return { left, seconds: (performance.now() - startedAt) / 1000 };
}

/** Works out the place of a sample as their clients would, and counts it in the table. */
async function judgePositions(house: House, url: string, wireId: string, queueId: string, count: number) {
  const answer = await fetch(`${url}/api/v1/queues/${wireId}/now-serving`);
  const text = await answer.text();
  const board = JSON.parse(text) as Board;
  const { rows } = await house.db.query<{ ticket: string; position: string; counted: string }>(
    `select ticket::text, position::text, counted::text from (
       select ticket, row_number() over (order by ticket) as position, count(*) over () as counted
       from entries where queue_id = $1 and status = 'QUEUED'
     ) waiting order by random() limit $2`,
    [queueId, count],
  );
  const bits = new Map<number, DepartedBits>();
  const wrong: string[] = [];
  for (const row of rows) {
    const rank = Number(row.ticket);
    const segment = segmentOf(board, rank);
    const known = bits.get(segment) ?? { segment, bytes: await readSegment(url, wireId, segment) };
    bits.set(segment, known);
    const shown = positionOf(board, rank, known);
    if (shown !== Number(row.position)) wrong.push(`rank ${rank} is ${row.position}, shown ${shown}`);
  }
  return {
    compared: rows.length,
    wrong,
    waiting: board.waiting ?? -1,
    counted: Number(rows[0]?.counted ?? 0),
    boardBytes: Buffer.byteLength(text),
    segments: bits.size,
  };
}

async function readSegment(url: string, wireId: string, segment: number): Promise<Uint8Array> {
  const answer = await fetch(`${url}/api/v1/queues/${wireId}/departed/${segment}`);
  if (answer.status !== 200) throw new Error(`segment ${segment}: ${answer.status} ${await answer.text()}`);
  return new Uint8Array(await answer.arrayBuffer());
}
