import { expect, it } from "vitest";
import { protectCheckout } from "./hono.ts";
import { goShopping, paidPaths, shopOptions, shopped } from "./testing/shop-options.ts";

it("lets the admitted through to what comes next", async () => {
  const { options, token, paths } = await shopOptions();
  const checkout = protectCheckout(options);
  const open = async (path: string, headers: Record<string, string>, method = "GET") => {
    const added = new Headers();
    const context = {
      req: { raw: new Request(`https://shop.test${path}`, { headers, method }) },
      header: (name: string, value: string) => added.append(name, value),
    };
    let body = "";
    const refused = await checkout.middleware(context, async () => {
      if (method === "GET") body = checkout.admissionOf(context).consumerId;
      else body = (await checkout.complete(context, await checkout.order(context))).status;
    });
    return refused ?? new Response(body, { headers: added });
  };
  expect(await goShopping(token, open)).toEqual(shopped);
  expect(paths).toEqual(paidPaths);
});
