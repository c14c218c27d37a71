/** The words of the verify page, for a fan who has never heard of a hash. */
import type { Award, CheckedDraw, CheckStep, DrawLevel } from "@stanchion/verify";

export const texts = {
  title: "Was it fair?",
  lead: "This page draws again, here in your browser, the winners of a draw or the order of a line, from what was published, and tells you what holds. Nobody has to believe the shop.",
  drawLabel: "The draw or the line",
  drawHint: "Its number (draw_… or queue_…) or its address.",
  filesLabel: "Or saved files",
  filesHint: "The proof, the keys and the list; a receipt and the proof of one entry too, if you have them.",
  receiptLabel: "Your receipt, if you entered or joined",
  receiptHint: "Paste it here. It stays on this device.",
  checkAll: "Check everything",
  checkOwn: "Check only my entry",
  cancel: "Stop",
  trust:
    "This page came from a server, too. Save it once and keep it: it works without the server, from saved files. The commands “stanchion verify-draw” and “verify-line” and any program by the published rules must say the same.",
  scriptless:
    "This page calculates, so it needs JavaScript. The commands “stanchion verify-draw” and “verify-line” do the same without a browser.",
  reading: "Reading the proof …",
  drawing: "Drawing again …",
  failed: "Nothing could be checked",
  stepsTitle: "Step by step",
  listTitle: "Who was in it",
  noDraw: "Say which draw or line: its number, its address, or saved files.",
  badReceipt: "This is no receipt: it should begin with { and end with }.",
  noReceipt: "To check only your entry, the page needs your receipt.",
  otherServer:
    "This page asks only the server that it came from. Open /verify on the other server, or save this page and open the copy.",
  onlyOwn: "Only your entry was looked at. “Check everything” looks at the whole list.",
  onlyTest: "This was for trying out: the rules say that it is a test.",
  noLog: "The public log was not looked at: it is missing.",
  notPeople:
    "What nobody can prove: that each entry is another person. A guest proves least; the more of the entries are confirmed, the harder it was to enter twice.",
} as const;

/** The heading of a verdict. */
export function headingOf({ steps, level, stage, isBehindLog, cancelledAt, voidedAt }: CheckedDraw): string {
  if (steps.some(({ holds }) => !holds)) return "This does not hold";
  if (cancelledAt !== null) return "This draw was called off";
  if (voidedAt !== null && level === null) return "This draw came to nothing";
  if (level !== null) return headings[level];
  if (isBehindLog) return behindLog.heading;
  return stage === "announced" ? "The list is not fixed yet" : "It is not drawn yet";
}

const headings: Readonly<Record<DrawLevel, string>> = {
  consistent: "List and result belong together, no more",
  beacon: "Nobody could choose the order",
  witnessed: "Nobody could choose the order, and others saw the list closed",
  "beacon run by an unknown party": "List and result belong together, no more",
};

/** What a level comes to, in a few words. */
export function headingOfLevel(level: DrawLevel): string {
  return headings[level];
}

/** Whether a level leaves nothing to whoever runs the draw but the time when the list was fixed. */
export function isStrong(level: DrawLevel): boolean {
  return level !== "consistent" && level !== "beacon run by an unknown party";
}

export const unfinished = "What is published so far holds. Come back after the draw.";

/** Where the log has more than the proof, but not for long. */
export const behindLog = {
  heading: "The public log is ahead of the proof",
  words: "What was published when you asked holds. Check again: the public log has more by now.",
} as const;

/** What is said of a draw whose beacon never came. */
export function voidWords(voidedAt: string): string {
  return `At ${timeWords(voidedAt)} it was given up: by the operator's word, the public random number that it waited for did not come for seven days, and no other may be taken. Nobody won. What is published of it holds.`;
}

/** What is said of a draw that was called off, where all that is published of it holds. */
export function cancelledWords(cancelledAt: string, stage: CheckedDraw["stage"]): string {
  const when = timeWords(cancelledAt);
  return stage === "drawn"
    ? `This draw was cancelled at ${when}; nobody got a place. The order below is the one that it would have come to.`
    : `This draw was called off at ${when}. Nothing will be drawn. What is published of it holds.`;
}

export function brokenWords(title: string, says: string): string {
  return `Broken at “${title}”. ${says} Keep your receipt and what you were shown, and ask the shop.`;
}

/** A step's name for people. */
export function titleOf(step: string): string {
  return titles[step] ?? step;
}

const titles: Readonly<Record<string, string>> = {
  rules: "The rules",
  chain: "Where chance comes from",
  commitment: "The server's secret number",
  path: "Your place in the list",
  leaves: "The list",
  numbers: "Nobody missing",
  root: "The seal of the list",
  freeze: "The closing of the list",
  witness: "Who saw the list closed",
  beacon: "The public random number",
  seed: "The seed of the draw",
  ranking: "The order",
  winners: "The winners",
  uniformity: "The order and the order of entering",
  awards: "What became of each place",
  cancellation: "The calling off",
  void: "The giving up",
  level: "What the shop claims",
  "receipt's subject": "Your receipt is yours",
  "receipt's signature": "Your receipt is signed",
  "receipt's group": "Your receipt is whole",
  entry: "Your entry",
  "log's head": "The public log is signed",
  log: "The public log is whole",
  "receipt's log": "The log is the one your receipt saw",
  "logged rules": "The rules are in the log",
  "logged freeze": "The closing is in the log, once",
  "logged cancellation": "The calling off is in the log",
  "logged void": "The giving up is in the log",
  "logged result": "The result is in the log, once",
  "logged awards": "What became of places is in the log",
};

/** What a step that holds means for people; where what the check itself says is plain enough, that. */
export function sentenceOf({ step, holds, says }: CheckStep): string {
  return holds ? (sentences[step] ?? says) : says;
}

const sentences: Readonly<Record<string, string>> = {
  rules: "The rules are whole, and carry the mark that every entry was made under.",
  commitment: "The server had bound itself to this number before anybody entered.",
  path: "Your entry is in the list, where its number belongs.",
  leaves: "Every entry is of this draw, none is in it twice, and their kinds are as many as published.",
  numbers:
    "Every number ever given out is in the list, or was taken out before the close for a reason that is shown.",
  root: "The list is the very one that was sealed: one letter changed would give another seal.",
  seed: "Rules, list and random number together give exactly this seed.",
  ranking: "Drawn again from the seed, everybody stands where the published order says.",
  winners: "The first of the order won, as many as the rules say.",
  "receipt's subject":
    "The secret in your receipt and your own number make the mark that stands for you in the list.",
  "receipt's signature": "The shop signed it when you entered, and cannot take that back.",
  "receipt's group": "What you were given is what was signed.",
};

export function progressWords(read: number, total: number): string {
  return `${number(read)} of ${number(total)} entries read`;
}

export function logProgressWords(read: number, total: number): string {
  return `${number(read)} of ${number(total)} entries of the public log read`;
}

export function standingWords(place: number, count: number, winners: number, hasWon: boolean): string {
  const stood = `Your entry came out at place ${number(place)} of ${number(count)}.`;
  if (hasWon) return `${stood} It won: the first ${number(winners)} did.`;
  const short = place - winners;
  return `${stood} The first ${number(winners)} won; it was ${number(short)} ${short === 1 ? "place" : "places"} short.`;
}

/** Where an entry would have stood in a draw that was called off. */
export function wouldHaveStoodWords(place: number, count: number): string {
  return `Nobody got a place. Your entry would have stood at place ${number(place)} of ${number(count)}.`;
}

/** What became of an entry at a time. */
export function awardWords({ at, outcome }: Award): string {
  return `${timeWords(at)}: ${fates[outcome] ?? outcome}`;
}

/** A time where the reader is, with the zone that it is told in. */
export function timeWords(at: string): string {
  const day = new Date(at);
  if (Number.isNaN(day.getTime())) return at;
  return day.toLocaleString("en", { dateStyle: "medium", timeStyle: "long" });
}

const fates: Readonly<Record<Award["outcome"], string>> = {
  ADMITTED: "it got a place, to be used in time.",
  COMPLETED: "the place was used.",
  EXPIRED: "the time to use the place was over.",
  DENIED: "the shop took the place away.",
  LEFT: "the place was given back.",
};

export function levelName(name: string): string {
  const names: Readonly<Record<string, string>> = {
    guest: "guests",
    confirmed: "with a confirmed address",
    external: "with an account of the shop",
  };
  return names[name] ?? name;
}

/** A number as people write it. */
export function number(value: number): string {
  return value.toLocaleString("en");
}
