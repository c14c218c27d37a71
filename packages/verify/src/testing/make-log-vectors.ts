import { hexFromBytes } from "../bytes.ts";
import { makeConsistencyPath } from "../consistency-proof.ts";
import { makeInclusionPath } from "../inclusion-proof.ts";
import { hashLogEntry, type LogEntry } from "../read-log.ts";
import { madeUpHex, madeUpId } from "./made-up.ts";
import { operatorKeys, signStatement } from "./make-draw-proof.ts";
import { atMinute, type NewLogEntry, rootOfEntries } from "./make-log.ts";

const organizationId = madeUpId("org", "log vectors");
const draw = madeUpId("draw", "log vectors");
const line = madeUpId("queue", "log vectors");

/** Logs of several sizes, each with its signed head, the paths of all entries and those from all older sizes. */
export function makeLogVectors() {
  return [0, 1, 2, 7, 10].map((size) => {
    const entries = makeEntries().slice(0, size);
    const hashes = entries.map(hashLogEntry);
    const root = rootOfEntries(entries);
    const head = { at: "2027-03-01T13:00:00.000Z", mode: "test", organizationId, root, size };
    return {
      name: `log of ${size}`,
      jwks: operatorKeys,
      entries,
      leafHashes: hashes.map(hexFromBytes),
      root,
      head: signStatement("log+jws", head),
      inclusion: hashes.map((_, index) => {
        return { index, path: makeInclusionPath(hashes, index).map(hexFromBytes) };
      }),
      consistency: Array.from({ length: size + 1 }, (_, from) => ({
        from,
        root: rootOfEntries(entries.slice(0, from)),
        path: makeConsistencyPath(hashes, from).map(hexFromBytes),
      })),
    };
  });
}

/** One entry of each kind. A freeze names the root of what is before it. */
function makeEntries(): LogEntry[] {
  const entries: LogEntry[] = [];
  const add = (distributionId: string, kind: string, data: LogEntry["data"]): void => {
    const entry: NewLogEntry = { data, distributionId, kind };
    entries.push(atMinute(entry, entries.length));
  };
  const [made, changed] = [madeUpHex(32, "rules made"), madeUpHex(32, "rules changed")];
  const entryId = madeUpId("ent", "log vectors");
  add(draw, "rules.made", { rulesHash: made });
  add(draw, "rules.changed", { before: made, rulesHash: changed });
  add(draw, "rules.announced", { rules: { capacity: null, drawId: draw, winnerCount: 2 } });
  add(line, "line.opened", { n: 3, rulesHash: madeUpHex(32, "line's rules") });
  add(draw, "freeze", {
    statement: signStatement("freeze+jws", { drawId: draw, logHead: rootOfEntries(entries) }),
  });
  add(line, "line.progress", { exceptions: [], nowServing: 2, version: 7 });
  add(draw, "result", {
    cancelled: false,
    count: 2,
    resultHash: madeUpHex(32, "winners"),
    seed: madeUpHex(32, "seed"),
  });
  const award = { at: "2027-03-01T10:07:00.000Z", entryId, outcome: "EXPIRED", reason: null, seat: 1 };
  add(draw, "awards", { awards: [award, { ...award, outcome: "ADMITTED", reason: "BACKFILL" }] });
  add(madeUpId("draw", "cancelled"), "cancelled", { count: 1, lastNumber: 2, rulesHash: made });
  add(madeUpId("draw", "void"), "void", { round: 4_242 });
  return entries;
}
