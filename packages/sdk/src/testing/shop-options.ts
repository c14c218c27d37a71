import type { CheckoutOptions } from "../checkout/protect-checkout.ts";
import { newAdmissionSigner } from "./admission-signer.ts";

export const lineUrl = "https://line.test";

/** The options of a checkout whose server is in this test, and a token that lets a fan in. */
export async function shopOptions(): Promise<{ options: CheckoutOptions; token: string; paths: string[] }> {
  const signer = await newAdmissionSigner("key-1");
  const paths: string[] = [];
  const options: CheckoutOptions = {
    url: lineUrl,
    organizationId: "org_1",
    queueId: "queue_1",
    secretKey: "sk_test_1",
    cookie: { secret: "a secret of the shop, long enough to be one" },
    fetch: async (input) => {
      const { pathname } = new URL(String(input));
      if (pathname.endsWith("jwks.json")) return Response.json({ keys: [signer.jwk] });
      paths.push(pathname);
      const expiresAt = new Date(Date.now() + 60_000).toISOString();
      return Response.json({ id: "order_1", status: "PAID", refundReason: null, admission: { expiresAt } });
    },
  };
  const claims = { iss: lineUrl, aud: "org_1", sub: "cons_1", jti: "adm_1", dist: "queue_1" };
  return { options, token: await signer.sign(claims, Date.now()), paths };
}

/** The calls of a fan who arrived, made an order and paid it. */
export const paidPaths = [
  "/api/v1/queues/queue_1/validate",
  "/api/v1/orders",
  "/api/v1/orders/order_1/complete",
];

/** A fan without a token, then with one, then by the cookie, and then paying: what a shop answers, by any framework. */
export async function goShopping(
  token: string,
  open: (path: string, headers: Record<string, string>, method?: string) => Promise<Response>,
): Promise<string[]> {
  const page = { accept: "text/html" };
  let cookie = "";
  const seen: string[] = [];
  const step = async (path: string, method = "GET"): Promise<void> => {
    const answer = await open(path, { ...page, cookie }, method);
    cookie = answer.headers.getSetCookie()[0]?.split(";", 1)[0] ?? cookie;
    seen.push(`${answer.status} ${answer.headers.get("location") ?? (await answer.text())}`);
  };
  await step("/checkout?shoe=42");
  await step(`/checkout?admission_token=${token}`);
  await step("/checkout?shoe=42");
  await step("/checkout/pay", "POST");
  await step("/checkout?shoe=42");
  const refused = await open("/checkout", { accept: "application/json" });
  seen.push(`${refused.status} ${((await refused.json()) as { code: string }).code}`);
  return seen;
}

export const shopped = [
  `303 ${lineUrl}/q/queue_1`,
  "303 /checkout?shoe=42",
  "200 cons_1",
  "200 PAID",
  `303 ${lineUrl}/q/queue_1`,
  "401 AUTHENTICATION_REQUIRED",
];
