/** What every shop of these examples has, whatever it is made with: its settings, its orders and its pages. */
import type {
  CheckoutOptions,
  CheckoutOrderDetails,
  CompletedCheckout,
  Order,
} from "@stanchion/sdk/checkout";
import { StanchionError, verifyWebhook, type WebhookEvent, type WebhookHeaders } from "@stanchion/sdk/server";

export interface ShopSettings {
  readonly checkout: CheckoutOptions & { readonly queueId: string; readonly secretKey: string };
  readonly webhookSecret: string;
  readonly port: number;
}

/** The settings, from variables of these names; throws where one is missing. */
export function readSettings(env: Readonly<Record<string, string | undefined>>): ShopSettings {
  const read = (name: string): string => {
    const value = env[name];
    if (value === undefined || value === "") throw new Error(`${name} is not set.`);
    return value;
  };
  return {
    checkout: {
      url: read("STANCHION_URL"),
      organizationId: read("STANCHION_ORGANIZATION_ID"),
      queueId: read("STANCHION_QUEUE_ID"),
      secretKey: read("STANCHION_SECRET_KEY"),
      cookie: { secret: read("SHOP_COOKIE_SECRET") },
    },
    webhookSecret: read("STANCHION_WEBHOOK_SECRET"),
    port: Number(env.PORT ?? "3000"),
  };
}

/** An order as this shop keeps it, by the id that Stanchion knows it by. */
export interface ShopOrder {
  readonly id: string;
  status: "PENDING" | "PAID" | "PAID_BACK" | "REFUSED";
  /** The line has told us by a webhook that it has noted the purchase. */
  isConfirmed: boolean;
}

/** How an order is reported: made before the money is taken, completed afterwards. */
export interface OrderCalls {
  readonly create: (details: CheckoutOrderDetails) => Promise<Order>;
  readonly complete: (order: Order) => Promise<CompletedCheckout>;
}

/** Orders in memory; a shop of yours has a database. */
export class Orders {
  readonly #orders = new Map<string, ShopOrder>();

  find(id: string): ShopOrder | undefined {
    return this.#orders.get(id);
  }

  /**
   * Reports the order, takes the money, reports that it is paid; gives it back where the line cannot honour the order. Whoever pays
   * twice gets the order that is there already, or one that is refused before any money is taken.
   */
  async buy({ create, complete }: OrderCalls): Promise<ShopOrder> {
    const externalId = crypto.randomUUID();
    const made = await create({ externalId, total: "120.00", currency: "EUR" }).catch((error: unknown) => {
      if (error instanceof StanchionError && error.status === 409) return error;
      throw error;
    });
    if (made instanceof StanchionError) return this.#refused(externalId, made);
    const order: ShopOrder = { id: made.id, status: "PENDING", isConfirmed: false };
    this.#orders.set(order.id, order);
    // Here a shop of yours asks its payment provider.
    const { status } = await complete(made);
    order.status = status === "PAID" ? "PAID" : "PAID_BACK";
    return order;
  }

  #refused(id: string, { details }: StanchionError): ShopOrder {
    const first = this.#orders.get(String(details.orderId));
    if (first !== undefined) return first;
    const order: ShopOrder = { id, status: "REFUSED", isConfirmed: false };
    this.#orders.set(id, order);
    return order;
  }

  note({ type, data }: WebhookEvent): void {
    const order = this.#orders.get(String(data.id));
    if (type === "order.completed" && order !== undefined) order.isConfirmed = true;
  }
}

/** Verifies a webhook and hands it to `note`; answers the status to answer with. */
export async function takeWebhook(
  rawBody: string | Uint8Array,
  headers: WebhookHeaders,
  { secret, note }: { secret: string; note: (event: WebhookEvent) => void },
): Promise<204 | 401> {
  try {
    note(await verifyWebhook(rawBody, headers, secret));
    return 204;
  } catch (error) {
    if (!(error instanceof StanchionError) || error.code !== "WEBHOOK_NOT_VERIFIED") throw error;
    return 401;
  }
}

export const productPage = page(
  "The friday shoe",
  '<p>There are few of them.</p><p><a href="/checkout?shoe=42">Buy</a></p>',
);

export function checkoutPage(shoe: string | null, expiresAt: Date | null): string {
  const until = expiresAt === null ? "" : `<p>It is your turn until ${expiresAt.toISOString()}.</p>`;
  const size = shoe !== null && /^\d{1,2}$/.test(shoe) ? `<p>Size ${shoe}</p>` : "";
  return page(
    "Checkout",
    `${size}${until}<form method="post" action="/checkout/pay"><button>Pay</button></form>`,
  );
}

/** Comes back by itself until the webhook is there. */
export function orderPage({ id, status, isConfirmed }: ShopOrder): string {
  const refresh =
    isConfirmed || status === "PAID_BACK" || status === "REFUSED"
      ? ""
      : '<meta http-equiv="refresh" content="1">';
  const words = {
    PENDING: "It is being paid.",
    PAID: "It is paid.",
    PAID_BACK: "Your turn was over or used already; you have your money back.",
    REFUSED: "Your turn is over, or there is an order with it already. Nothing was taken from you.",
  }[status];
  const confirmed = isConfirmed ? "<p>The line has confirmed it.</p>" : "";
  return page("Your order", `${refresh}<p>${id}</p><p>${words}</p>${confirmed}`);
}

export const missingPage = page("There is no such page", '<p><a href="/">To the shop</a></p>');

function page(title: string, content: string): string {
  return `<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${title}</title>
<h1>${title}</h1>
${content}
</html>`;
}
