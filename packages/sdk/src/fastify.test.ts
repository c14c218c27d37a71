import fastify from "fastify";
import { expect, it } from "vitest";
import { protectCheckout } from "./fastify.ts";
import { goShopping, paidPaths, shopOptions, shopped } from "./testing/shop-options.ts";

it("lets the admitted into its scope, and whoever there is beside it", async () => {
  const { options, token, paths } = await shopOptions();
  const checkout = protectCheckout(options);
  const app = fastify();
  app.get("/", async () => "open");
  app.register(async (scope) => {
    scope.addHook("onRequest", checkout.onRequest);
    scope.get("/checkout", async (request) => checkout.admissionOf(request).consumerId);
    scope.post("/checkout/pay", async (request) => {
      return (await checkout.complete(request, await checkout.order(request))).status;
    });
  });
  const open = async (url: string, headers: Record<string, string>, method = "GET"): Promise<Response> => {
    const answer = await app.inject({ method: method as "GET", url, headers });
    const given = new Headers();
    for (const [name, value] of Object.entries(answer.headers))
      for (const one of [value].flat()) given.append(name, String(one));
    return new Response(answer.body, { status: answer.statusCode, headers: given });
  };
  expect(await goShopping(token, open)).toEqual(shopped);
  expect(paths).toEqual(paidPaths);
  expect(await (await open("/", {})).text()).toBe("open");
});
