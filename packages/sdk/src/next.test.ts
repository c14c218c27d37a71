import { expect, it } from "vitest";
import { protectCheckout } from "./next.ts";
import { goShopping, lineUrl, paidPaths, shopOptions, shopped } from "./testing/shop-options.ts";

it("lets the admitted through to a route, which makes and pays their order", async () => {
  const { options, token, paths } = await shopOptions();
  const checkout = protectCheckout(options);
  const route = checkout.route(async (request: Request, { consumerId }) => {
    if (request.method === "GET") return new Response(consumerId);
    const { status } = await checkout.complete(request, await checkout.order(request));
    return new Response(status);
  });
  const open = (path: string, headers: Record<string, string>, method = "GET") =>
    route(new Request(`https://shop.test${path}`, { headers, method }));
  expect(await goShopping(token, open)).toEqual(shopped);
  expect(paths).toEqual(paidPaths);
});

it("tells Next's proxy to go on, or where to, by a whole address", async () => {
  const { options, token } = await shopOptions();
  const checkout = protectCheckout(options);
  const ask = (path: string, cookie = "") =>
    checkout.proxy(new Request(`https://shop.test${path}`, { headers: { accept: "text/html", cookie } }));
  expect((await ask("/checkout")).headers.get("location")).toBe(`${lineUrl}/q/queue_1`);
  const come = await ask(`/checkout?admission_token=${token}`);
  expect(come.headers.get("location")).toBe("https://shop.test/checkout");
  const cookie = come.headers.getSetCookie()[0]?.split(";", 1)[0] ?? "";
  expect((await ask("/checkout", cookie)).headers.get("x-middleware-next")).toBe("1");
  expect(await checkout.read(new Headers({ cookie }))).toMatchObject({ consumerId: "cons_1" });
});
