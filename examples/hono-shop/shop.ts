/** A shop in Hono: node examples/hono-shop/shop.ts */
import { serve } from "@hono/node-server";
import { protectCheckout } from "@stanchion/sdk/hono";
import { Hono } from "hono";
import {
  checkoutPage,
  missingPage,
  Orders,
  orderPage,
  productPage,
  readSettings,
  takeWebhook,
} from "../shop.ts";

const settings = readSettings(process.env);
const checkout = protectCheckout(settings.checkout);
const orders = new Orders();
const app = new Hono();

app.get("/", (context) => context.html(productPage));

app.use("/checkout/*", checkout.middleware);

app.get("/checkout", (context) => {
  const { expiresAt } = checkout.admissionOf(context);
  return context.html(checkoutPage(context.req.query("shoe") ?? null, expiresAt));
});

app.post("/checkout/pay", async (context) => {
  const { id } = await orders.buy({
    create: (details) => checkout.order(context, details),
    complete: (order) => checkout.complete(context, order),
  });
  return context.redirect(`/orders/${id}`, 303);
});

app.get("/orders/:orderId", (context) => {
  const order = orders.find(context.req.param("orderId"));
  return order === undefined ? context.html(missingPage, 404) : context.html(orderPage(order));
});

app.post("/hooks/stanchion", async (context) => {
  const status = await takeWebhook(await context.req.text(), context.req.raw.headers, {
    secret: settings.webhookSecret,
    note(event) {
      checkout.note(event);
      orders.note(event);
    },
  });
  return context.body(null, status);
});

serve({ fetch: app.fetch, port: settings.port }, () =>
  console.log(`The shop is at http://127.0.0.1:${settings.port}`),
);
