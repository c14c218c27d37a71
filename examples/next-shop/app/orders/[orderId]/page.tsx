import { notFound } from "next/navigation";
import { openShop } from "../../../open-shop.ts";

const words = {
  PENDING: "It is being paid.",
  PAID: "It is paid.",
  PAID_BACK: "Your turn was over; you have your money back.",
  REFUSED: "Your turn is over, or there is an order with it already. Nothing was taken from you.",
};

/** Comes back by itself until the webhook is there. */
export default async function OrderPage({ params }: { params: Promise<{ orderId: string }> }) {
  const order = openShop().orders.find((await params).orderId);
  if (order === undefined) notFound();
  const isWaiting = order.status === "PAID" && !order.isConfirmed;
  return (
    <main>
      {isWaiting && <meta httpEquiv="refresh" content="1" />}
      <h1>Your order</h1>
      <p>{order.id}</p>
      <p>{words[order.status]}</p>
      {order.isConfirmed && <p>The line has confirmed it.</p>}
    </main>
  );
}
