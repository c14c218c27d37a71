import { runLoad } from "../bench/http-load.ts";
import { fillLine, memberOf } from "../made-up-people.ts";
import { callAsShop, fanRequest, makeQueue, openHouse } from "./house.ts";
import { createFaults, type TortureRun } from "./torture-run.ts";

const asked = 200;

export const endingRun: TortureRun = {
  name: "ending",
  about: "the operator ends a long line for everybody who still waits",
  async run(ctx) {
    const house = await openHouse(ctx);
    const server = await house.start("start");
    const size = ctx.isQuick ? 50_000 : 1_000_000;
    const { wireId, queueId } = await makeQueue(house, server.url, { name: "Ending", admitRate: 1 });
    ctx.say(`putting ${size.toLocaleString("en")} people into the line …`);
    await fillLine(house.db, queueId, size);

    const startedAt = performance.now();
    const closed = await callAsShop(server.url, house.shop.secretKey, "POST", `/queues/${wireId}/close`, {
      drain: false,
    });
    const closeMs = performance.now() - startedAt;

    // The first ticket may have been called before the end.
    const requests = Array.from({ length: asked }, (_, index) =>
      fanRequest(
        house,
        memberOf(queueId, 2 + index * Math.floor((size - 2) / asked)).consumerId,
        "GET",
        `/queues/${wireId}/status`,
      ),
    );
    const said = new Map<string, number>();
    const load = await runLoad(
      server.port,
      20,
      asked,
      (index) => requests[index] ?? "",
      (_, status, text) => {
        const what = `${status} ${String((JSON.parse(text()) as { status?: unknown }).status)}`;
        said.set(what, (said.get(what) ?? 0) + 1);
      },
    );
    const board = (await (await fetch(`${server.url}/api/v1/queues/${wireId}/now-serving`)).json()) as {
      waiting: number;
      status: string;
      reason?: string;
    };
    const rows = await house.db.query<{ touched: number }>(
      `select count(*)::int as touched from entries where queue_id = $1 and status not in ('QUEUED', 'ADMITTED')`,
      [queueId],
    );
    const { list: faults, expect } = createFaults();
    expect(closed.status === 200, `close: ${JSON.stringify(closed.body)}`);
    expect(said.size === 1 && said.get("200 DENIED") === asked, `status: ${JSON.stringify([...said])}`);
    expect(board.waiting === 0 && board.reason === "ENDED_BY_OPERATOR", `board: ${JSON.stringify(board)}`);
    return {
      figures: {
        "in line": size,
        "close took ms": Math.round(closeMs),
        "a status says": [...said.keys()].join(", "),
        "status p99 ms": Math.round(load.p99),
        "the board says": `${board.status}, ${board.reason ?? "no reason"}, ${board.waiting} waiting`,
        "rows written": rows.rows[0]?.touched ?? -1,
      },
      faults,
    };
  },
};
