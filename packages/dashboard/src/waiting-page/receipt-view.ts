/** The fan's receipt: to be saved, and to be checked once the order is drawn. */
import type { PageState } from "./page-state.ts";
import type { ReceiptView } from "./view-model.ts";

/** Null where nothing was given. */
export function receiptOf({ snapshot }: PageState): ReceiptView | null {
  const receipt = snapshot.entry?.receipt ?? null;
  if (receipt === null) return null;
  const text = JSON.stringify(receipt);
  return {
    href: `data:application/json;charset=utf-8,${encodeURIComponent(text)}`,
    fileName: `receipt-${snapshot.queueId}.json`,
    checkHref: snapshot.board?.shuffle ? checkHref(snapshot.queueId, text) : null,
  };
}

/** Behind the #, so that no server sees the receipt. */
function checkHref(queueId: string, receipt: string): string {
  const packed = btoa(String.fromCharCode(...new TextEncoder().encode(receipt)));
  const asUrl = packed.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
  return `/verify?queue=${encodeURIComponent(queueId)}#receipt=${asUrl}`;
}
