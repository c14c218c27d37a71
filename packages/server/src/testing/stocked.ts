import type { TestShop } from "./test-server.ts";

let made = 0;

/** A product of a shop, with so many of it; without a number there is no bound. */
export interface StockedProduct {
  readonly id: string;
  /** What there is of it now; throws {@link RefusedForNow} where the server is too busy to say so. */
  levels(): Promise<{ reserved: number; sold: number; available: number | null }>;
  setStock(stock: number | null): Promise<number>;
}

/** The server said 503: it is to be asked again later. */
export class RefusedForNow extends Error {}

export async function stocked(shop: TestShop, stock: number | null): Promise<StockedProduct> {
  made += 1;
  const body = { name: "Print", sku: `print-${made}`, stock };
  const answer = await shop.call("POST", "/api/v1/products", { body });
  const id = String(answer.body.id);
  return {
    id,
    async levels() {
      const read = await shop.call("GET", `/api/v1/products/${id}`);
      if (read.status === 503) throw new RefusedForNow(JSON.stringify(read.body));
      if (read.status !== 200) throw new Error(`the product was not read: ${JSON.stringify(read.body)}`);
      const [level] = read.body.stockLevels as { reserved: number; sold: number; available: number | null }[];
      if (level === undefined) throw new Error("the product has no stock level");
      const { reserved, sold, available } = level;
      return { reserved, sold, available };
    },
    async setStock(next) {
      const answer = await shop.call("PATCH", `/api/v1/products/${id}`, { body: { stock: next } });
      return answer.status;
    },
  };
}
