import { headers } from "next/headers";
import { openShop } from "../../open-shop.ts";

/** Only the admitted come here: proxy.ts sees to that. */
export default async function Checkout({ searchParams }: { searchParams: Promise<{ shoe?: string }> }) {
  const { shoe } = await searchParams;
  const admission = await openShop().checkout.read(await headers());
  return (
    <main>
      <h1>Checkout</h1>
      {shoe && <p>Size {shoe}</p>}
      {admission && <p>It is your turn until {admission.expiresAt.toISOString()}.</p>}
      <form method="post" action="/checkout/pay">
        <button type="submit">Pay</button>
      </form>
    </main>
  );
}
