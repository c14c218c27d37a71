import type { PageState } from "./page-state.ts";
import { stockChance } from "./stock-chance.ts";
import { formatPercent } from "./wording.ts";
import type { Words } from "./words.ts";

/** What is left of what is sold, and what that means for this place. */
export function stockHints({ snapshot, words }: PageState): string[] {
  const { say } = words;
  const { board, ahead } = snapshot;
  const stock = board?.stock;
  if (stock === undefined || ahead === null) return [];
  if (stock.total === 0) return [say("stockNone")];
  if (stock.soldOut) return [say("stockSoldOut")];
  if (ahead < stock.free) return [say("stockEnough")];
  const left = stock.allHeld
    ? say("stockAllHeld", { count: stock.left })
    : say("stockLeft", { count: stock.left });
  const chance = stockChance(stock, ahead);
  return [chance === null ? left : left + say("gap") + formatChance(words, chance)];
}

/** What is left, for who has not joined yet; nothing where there is enough for now. */
export function stockOutside({ snapshot, words: { say } }: PageState): string[] {
  const stock = snapshot.board?.stock;
  if (stock === undefined || stock.total === 0) return [];
  if (stock.soldOut) return [say("stockSoldOutOutside")];
  return stock.allHeld ? [say("stockAllHeld", { count: stock.left })] : [];
}

function formatChance(words: Words, percent: number): string {
  if (percent < 1) return words.say("stockChanceNone");
  if (percent > 98) return words.say("stockChanceSure");
  return words.say("stockChance", { percent: formatPercent(words, percent) });
}
