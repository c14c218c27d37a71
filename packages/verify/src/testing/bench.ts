import { bytesFromText } from "../bytes.ts";
import { checkDraw } from "../check-draw.ts";
import { hashSubject, writeDrawLeaf } from "../draw.ts";
import { rankTicket } from "../line.ts";
import { rootOfLeaves } from "../merkle-tree.ts";
import { rankLeaves } from "../ranking.ts";
import { shuffleAll } from "../shuffle.ts";
import { splitLines } from "../split-lines.ts";
import { madeUpBytes, madeUpHex } from "./made-up.ts";
import { makeDraw } from "./make-draw-proof.ts";

const count = Number(process.argv[2] ?? 1_000_000);
const seed = madeUpBytes(32, "bench");

measure("ranking", () => rankLeaves(seed, count));
measure("shuffle of a whole line", () => shuffleAll(count, seed));
measure("one person's rank in a line", () => rankTicket(1, count, seed));
measure("leaves from their entries", () => leaves().reduce((total, leaf) => total + leaf.length, 0));
const kept = leaves();
measure("root of the tree", () => rootOfLeaves(kept));
measure("subjects", () => {
  const salt = madeUpHex(16, "salt");
  for (let index = 0; index < count; index += 1) hashSubject(salt, "cons_00000000000000000000000000");
});
const draw = makeDraw({ entered: count, removals: [] });
const ndjson = bytesFromText(draw.leaves.map((leaf) => `${leaf}\n`).join(""));
const beganAt = performance.now();
const before = process.memoryUsage().rss;
let rssMax = 0;
const { level } = await checkDraw(
  { ...draw, leaves: splitLines(inChunks(ndjson)) },
  {
    onProgress: () => {
      rssMax = Math.max(rssMax, process.memoryUsage().rss);
    },
  },
);
if (level === null) throw new Error("a right draw was refused");
const megabytes = Math.round((rssMax - before) / 1_000_000);
console.log(
  `checkDraw of a stream, with a receipt, ${count}: ${Math.round(performance.now() - beganAt)} ms, ${megabytes} MB more`,
);

async function* inChunks(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let start = 0; start < bytes.length; start += 65_536) yield bytes.subarray(start, start + 65_536);
}

function leaves(): Uint8Array[] {
  const subject = madeUpHex(32, "subject");
  return Array.from({ length: count }, (_, index) => {
    const [drawId, entryId] = ["draw_00000000000000000000000000", "ent_00000000000000000000000000"];
    return bytesFromText(writeDrawLeaf({ drawId, entryId, level: "guest", number: index + 1, subject }));
  });
}

function measure(name: string, work: () => unknown): void {
  const beganAt = performance.now();
  work();
  console.log(`${name}, ${count}: ${Math.round(performance.now() - beganAt)} ms`);
}
