/** A shop in Express: node examples/express-shop/shop.ts */
import { protectCheckout } from "@stanchion/sdk/express";
import express from "express";
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
const app = express();

app.get("/", (_request, response) => {
  response.send(productPage);
});

app.use("/checkout", checkout);

app.get("/checkout", (request, response) => {
  const { shoe } = request.query;
  const { expiresAt } = checkout.admissionOf(request);
  response.send(checkoutPage(typeof shoe === "string" ? shoe : null, expiresAt));
});

app.post("/checkout/pay", async (request, response) => {
  const { id } = await orders.buy({
    create: (details) => checkout.order(request, details),
    complete: (order) => checkout.complete(request, order),
  });
  response.redirect(303, `/orders/${id}`);
});

app.get("/orders/:orderId", (request, response) => {
  const order = orders.find(request.params.orderId);
  if (order === undefined) response.status(404).send(missingPage);
  else response.send(orderPage(order));
});

app.post("/hooks/stanchion", express.raw({ type: "application/json" }), async (request, response) => {
  const status = await takeWebhook(request.body, request.headers, {
    secret: settings.webhookSecret,
    note(event) {
      checkout.note(event);
      orders.note(event);
    },
  });
  response.status(status).end();
});

app.listen(settings.port, () => console.log(`The shop is at http://127.0.0.1:${settings.port}`));
