import { type NextCheckout, protectCheckout } from "@stanchion/sdk/next";
import { Orders, readSettings } from "../shop.ts";

export interface Shop {
  readonly checkout: NextCheckout;
  readonly orders: Orders;
  readonly webhookSecret: string;
}

// Next loads pages, routes and the proxy apart from each other, in one process; orders in memory have to be the same for all.
const shared = globalThis as { shop?: Shop };

/** The shop; made when it is first asked for, since there are no settings while it is built. */
export function openShop(): Shop {
  shared.shop ??= makeShop();
  return shared.shop;
}

/** What the waiting room of the shop's own is made from: nothing of it is secret, so it may go to the browser. */
export interface RoomSettings {
  readonly options: { readonly publishableKey: string; readonly baseUrl: string };
  readonly queueId: string;
  readonly checkoutUrl: string;
}

/** The room's settings; throws where one is missing. `SHOP_URL` is the shop's address as fans know it. */
export function readRoom(): RoomSettings {
  const { checkout } = readSettings(process.env);
  const publishableKey = process.env.STANCHION_PUBLISHABLE_KEY;
  const shopUrl = process.env.SHOP_URL;
  if (!publishableKey || !shopUrl) throw new Error("STANCHION_PUBLISHABLE_KEY or SHOP_URL is not set.");
  return {
    options: { publishableKey, baseUrl: checkout.url },
    queueId: checkout.queueId,
    checkoutUrl: new URL("/checkout?shoe=42", shopUrl).href,
  };
}

function makeShop(): Shop {
  const { checkout, webhookSecret } = readSettings(process.env);
  return { checkout: protectCheckout(checkout), orders: new Orders(), webhookSecret };
}
