/** A shop in Fastify: node examples/fastify-shop/shop.ts */
import { protectCheckout } from "@stanchion/sdk/fastify";
import fastify from "fastify";
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
const app = fastify();
const html = "text/html; charset=utf-8";

// The body of a webhook has to stay as it came.
app.addContentTypeParser("application/json", { parseAs: "buffer" }, (_request, body, done) =>
  done(null, body),
);
// The form's button sends nothing that is read.
app.addContentTypeParser(
  "application/x-www-form-urlencoded",
  { parseAs: "string" },
  (_request, _body, done) => done(null, null),
);

app.get("/", (_request, reply) => reply.type(html).send(productPage));

app.register(async (scope) => {
  scope.addHook("onRequest", checkout.onRequest);

  scope.get<{ Querystring: { shoe?: string } }>("/checkout", (request, reply) => {
    const { expiresAt } = checkout.admissionOf(request);
    return reply.type(html).send(checkoutPage(request.query.shoe ?? null, expiresAt));
  });

  scope.post("/checkout/pay", async (request, reply) => {
    const { id } = await orders.buy({
      create: (details) => checkout.order(request, details),
      complete: (order) => checkout.complete(request, order),
    });
    return reply.redirect(`/orders/${id}`, 303);
  });
});

app.get<{ Params: { orderId: string } }>("/orders/:orderId", (request, reply) => {
  const order = orders.find(request.params.orderId);
  return order === undefined
    ? reply.code(404).type(html).send(missingPage)
    : reply.type(html).send(orderPage(order));
});

app.post<{ Body: Buffer }>("/hooks/stanchion", async (request, reply) => {
  const status = await takeWebhook(request.body, request.headers, {
    secret: settings.webhookSecret,
    note(event) {
      checkout.note(event);
      orders.note(event);
    },
  });
  return reply.code(status).send();
});

await app.listen({ port: settings.port });
console.log(`The shop is at http://127.0.0.1:${settings.port}`);
