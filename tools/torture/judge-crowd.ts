import { decodeId } from "@stanchion/contract";
import type { CrowdReport, DemoServer } from "./demo-server.ts";
import { countLost, judgeLine } from "./line-record.ts";
import { createFaults, type Outcome } from "./torture-run.ts";

/** What the crowd has seen and what the tables hold, side by side. */
export async function judgeCrowd(
  report: CrowdReport,
  server: DemoServer,
  admitRate: number,
): Promise<Outcome> {
  const db = await server.openDb();
  try {
    const verdict = await judgeLine(db, server.queueId);
    const acknowledged = report.records.flatMap(({ entryId, ticket }) =>
      entryId === null || ticket === null ? [] : [{ entryId: decodeId("entry", entryId) ?? "", ticket }],
    );
    const lost = await countLost(db, server.queueId, acknowledged);
    const { list: faults, expect } = createFaults();
    const { fans, joined, completed } = report;
    expect(joined === fans, `${fans - joined} fans did not get in`);
    expect(completed === fans, `${fans - completed} fans did not get through`);
    expect(report.lost + lost === 0, `${report.lost} places gone for their fans, ${lost} in the tables`);
    expect(report.doubles + verdict.doubleTickets === 0, "a ticket was given twice");
    expect(verdict.doubleAdmissions === 0, "somebody was admitted twice");
    expect(report.inversions + verdict.inversions === 0, "a later ticket was admitted before an earlier one");
    expect(verdict.passedOver === 0, `${verdict.passedOver} were passed over`);
    expect(verdict.entries === joined, `${verdict.entries} entries for ${joined} acknowledged joins`);
    expect(
      verdict.mostInMinute <= admitRate,
      `${verdict.mostInMinute} admitted in 60 s where ${admitRate} may be`,
    );
    for (const [error, times] of Object.entries(report.errors)) faults.push(`${times} × ${error}`);
    return {
      figures: {
        fans,
        joined,
        completed,
        "places lost": report.lost + lost,
        "tickets given twice": report.doubles + verdict.doubleTickets,
        "admitted twice": verdict.doubleAdmissions,
        inversions: Math.max(report.inversions, verdict.inversions),
        "most admitted in 60 s": `${verdict.mostInMinute} of ${admitRate}`,
        "joining p50 ms": report.joinMs.p50,
        "joining p99 ms": report.joinMs.p99,
        "calls made anew": report.repeats,
        seconds: report.seconds,
      },
      faults,
    };
  } finally {
    await db.end();
  }
}
