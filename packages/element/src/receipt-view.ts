/** The fan's receipt: to be saved, and to be checked once there is something to check. */
import type { PageState } from "./page-state.ts";
import type { ReceiptView } from "./view-model.ts";

/** Null where nothing was given. */
export function receiptOf({ snapshot, baseUrl }: PageState): ReceiptView | null {
  const { entry, queueId, board } = snapshot;
  return receiptView(entry?.receipt ?? null, {
    kind: "queue",
    id: queueId,
    isDrawn: !!board?.shuffle,
    baseUrl,
  });
}

/** What a receipt is for. `isDrawn`: there is something to check. */
interface Receipted {
  readonly kind: "queue" | "draw";
  readonly id: string;
  readonly isDrawn: boolean;
  readonly baseUrl: string;
}

export function receiptView(
  receipt: object | null,
  { kind, id, isDrawn, baseUrl }: Receipted,
): ReceiptView | null {
  if (receipt === null) return null;
  const text = JSON.stringify(receipt);
  return {
    text,
    href: `data:application/json;charset=utf-8,${encodeURIComponent(text)}`,
    fileName: `receipt-${id}.json`,
    checkHref: isDrawn ? baseUrl + checkPath(kind, id, text) : null,
  };
}

/** Behind the #, so that no server sees the receipt. */
function checkPath(kind: string, id: string, receipt: string): string {
  const packed = btoa(String.fromCharCode(...new TextEncoder().encode(receipt)));
  const asUrl = packed.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
  return `/verify?${kind}=${encodeURIComponent(id)}#receipt=${asUrl}`;
}
