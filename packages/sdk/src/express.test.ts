import { once } from "node:events";
import { createServer, type IncomingMessage, type RequestListener, request as send } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, it } from "vitest";
import { protectCheckout } from "./express.ts";
import { goShopping, lineUrl, paidPaths, shopOptions, shopped } from "./testing/shop-options.ts";

async function withServer(listener: RequestListener, work: (url: string) => Promise<void>): Promise<void> {
  const server = createServer(listener).listen(0, "127.0.0.1");
  await once(server, "listening");
  try {
    await work(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

/** As a browser that opens a page; Node's own fetch says that it does not. */
async function openPage(url: string, headers: Record<string, string>, method = "GET"): Promise<Response> {
  const sent = send(url, { method, headers }).end();
  const [answer] = (await once(sent, "response")) as [IncomingMessage];
  let body = "";
  for await (const piece of answer) body += String(piece);
  const given = new Headers();
  for (const [name, values = []] of Object.entries(answer.headersDistinct))
    for (const value of values) given.append(name, value);
  return new Response(body, { status: answer.statusCode ?? 0, headers: given });
}

it("lets the admitted through, to a handler that makes and pays their order", async () => {
  const { options, token, paths } = await shopOptions();
  const checkout = protectCheckout(options);
  const listener: RequestListener = (request, response) =>
    checkout(request, response, async () => {
      if (request.method === "GET") return response.end(checkout.admissionOf(request).consumerId);
      const { status } = await checkout.complete(request, await checkout.order(request));
      return response.end(status);
    });
  await withServer(listener, async (url) => {
    const open = (path: string, headers: Record<string, string>, method = "GET") =>
      openPage(url + path, headers, method);
    expect(await goShopping(token, open)).toEqual(shopped);
    expect(paths).toEqual(paidPaths);
  });
});

it("takes the whole address where a router has shortened it, and no other site's from a strange one", async () => {
  const { options, token } = await shopOptions();
  const checkout = protectCheckout(options);
  const listener: RequestListener = (request, response) => {
    const originalUrl = request.url ?? "";
    const shortened = Object.assign(request, { originalUrl, url: originalUrl.replace("/shop", "") });
    checkout(shortened, response, () => response.end("in"));
  };
  await withServer(listener, async (url) => {
    const locationOf = async (path: string) =>
      (await fetch(url + path, { redirect: "manual" })).headers.get("location");
    expect(await locationOf(`/shop/checkout?admission_token=${token}`)).toBe("/shop/checkout");
    expect(await locationOf(`//evil.test/x?admission_token=${token}`)).toBe("/evil.test/x");
  });
});

it("hands on what fails, and says nothing of who was not let in", async () => {
  const { options, token } = await shopOptions();
  const refused = { error: "forbidden", code: "INSUFFICIENT_SCOPE", message: "No.", requestId: "req-1" };
  const keys = options.fetch;
  const checkout = protectCheckout({
    ...options,
    fetch: async (input, init) =>
      String(input).endsWith("/validate")
        ? Response.json(refused, { status: 403 })
        : (keys ?? fetch)(input, init),
  });
  const listener: RequestListener = (request, response) =>
    checkout(request, response, (error) => response.end(String(error)));
  await withServer(listener, async (url) => {
    const answer = await fetch(`${url}/checkout?admission_token=${token}`, { redirect: "manual" });
    expect(await answer.text()).toContain("secretKey is refused");
  });
  expect(() => checkout.admissionOf({ headers: {} })).toThrow("whose turn it is");
});

it("answers nginx as a listener of its own", async () => {
  const { options } = await shopOptions();
  await withServer(protectCheckout(options).answerNginx, async (url) => {
    const accept = "text/html";
    const asked = await fetch(`${url}/_admitted`, { headers: { accept, "x-original-uri": "/checkout" } });
    expect(asked.status).toBe(401);
    const sent = await openPage(`${url}/checkout`, { accept });
    expect([sent.status, sent.headers.get("location")]).toEqual([303, `${lineUrl}/q/queue_1`]);
  });
});
