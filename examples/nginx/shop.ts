/** A shop behind nginx (stanchion.conf), and the verifier that nginx asks: node examples/nginx/shop.ts */
import { createServer, type IncomingMessage } from "node:http";
import { protectCheckout } from "@stanchion/sdk/express";
import { StanchionServer } from "@stanchion/sdk/server";
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
const verifierPort = Number(process.env.VERIFIER_PORT ?? "3002");
const checkout = protectCheckout(settings.checkout);
const stanchion = new StanchionServer(settings.checkout);
const orders = new Orders();

createServer(checkout.answerNginx).listen(verifierPort, "127.0.0.1");

interface Answer {
  readonly status: number;
  readonly body?: string;
  readonly location?: string;
}

// Behind nginx, which lets nobody but the admitted through to /checkout.
const shop = createServer((request, response) => {
  answer(request).then(
    ({ status, body = "", location }) => {
      const headers = { "Content-Type": "text/html; charset=utf-8" };
      response
        .writeHead(status, location === undefined ? headers : { ...headers, Location: location })
        .end(body);
    },
    (error: unknown) => {
      console.error(error);
      response.writeHead(500).end();
    },
  );
});
shop.listen(settings.port, "127.0.0.1", () =>
  console.log(`The shop is at http://127.0.0.1:${settings.port}`),
);

async function answer(request: IncomingMessage): Promise<Answer> {
  const { pathname, searchParams } = new URL(request.url ?? "/", "http://shop.invalid");
  const order = orders.find(pathname.replace("/orders/", ""));
  switch (`${request.method} ${order === undefined ? pathname : "/orders"}`) {
    case "GET /":
      return { status: 200, body: productPage };
    case "GET /checkout":
      return { status: 200, body: checkoutPage(searchParams.get("shoe"), null) };
    case "POST /checkout/pay": {
      const admissionId = String(request.headers["x-stanchion-admission"]);
      const { id } = await orders.buy({
        create: (details) => stanchion.orders.create({ ...details, admissionId }),
        complete: (order) => stanchion.orders.complete(order.id),
      });
      return { status: 303, location: `/orders/${id}` };
    }
    case "GET /orders":
      return order === undefined
        ? { status: 404, body: missingPage }
        : { status: 200, body: orderPage(order) };
    case "POST /hooks/stanchion": {
      const status = await takeWebhook(await readBody(request), request.headers, {
        secret: settings.webhookSecret,
        note(event) {
          checkout.note(event);
          orders.note(event);
        },
      });
      return { status };
    }
    default:
      return { status: 404, body: missingPage };
  }
}

async function readBody(request: IncomingMessage): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  for await (const piece of request) pieces.push(piece);
  return Buffer.concat(pieces);
}
