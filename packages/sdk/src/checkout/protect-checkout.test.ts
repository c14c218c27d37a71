import { beforeEach, describe, expect, it } from "vitest";
import { type AdmissionSigner, newAdmissionSigner } from "../testing/admission-signer.ts";
import { type Checkout, type CheckoutOptions, protectCheckout } from "./protect-checkout.ts";

const url = "https://line.test";
const startMs = 1_795_732_200_000;
const secret = "a secret of the shop, long enough to be one";
const page = { accept: "text/html", "sec-fetch-mode": "navigate" };

let signer: AdmissionSigner;
let nowMs: number;
let calls: { path: string; body: unknown }[];
let answer: (path: string) => Response;
let isAway: boolean;

beforeEach(async () => {
  signer = await newAdmissionSigner("key-1");
  nowMs = startMs;
  calls = [];
  isAway = false;
  answer = (path) =>
    path.endsWith("/validate")
      ? Response.json({ valid: true, admission: { id: "adm_1", expiresAt: iso(nowMs + 300_000) } })
      : Response.json({});
});

function iso(ms: number): string {
  return new Date(ms).toISOString();
}

function refusal(status: number, error: string, code: string): Response {
  return Response.json({ error, code, message: "No.", requestId: "req-1" }, { status });
}

function checkoutWith(options: Partial<CheckoutOptions> = {}): Checkout {
  return protectCheckout({
    url,
    organizationId: "org_1",
    queueId: "queue_1",
    cookie: { secret },
    now: () => nowMs,
    wait: async () => {},
    fetch: async (input, init) => {
      const { pathname } = new URL(String(input));
      if (pathname.endsWith("jwks.json")) return Response.json({ keys: [signer.jwk] });
      calls.push({ path: pathname, body: init?.body && JSON.parse(String(init.body)) });
      if (isAway) throw new TypeError("no route");
      return answer(pathname);
    },
    ...options,
  });
}

function tokenOf(change: Record<string, unknown> = {}): Promise<string> {
  const claims = { iss: url, aud: "org_1", sub: "cons_1", jti: "adm_1", dist: "queue_1" };
  return signer.sign({ ...claims, ...change }, nowMs);
}

/** A browser that keeps the shop's cookie. */
class Fan {
  cookie = "";
  readonly checkout: Checkout;

  constructor(checkout: Checkout) {
    this.checkout = checkout;
  }

  async open(path: string, init: RequestInit = {}): Promise<Response> {
    const headers = { ...page, ...init.headers, cookie: this.cookie };
    const request = new Request(`https://shop.test${path}`, { ...init, headers });
    const response = await this.checkout.handle(request, async (own, { consumerId }) => {
      if (own.method === "POST") await this.checkout.complete(own, { orderId: "4711" });
      return new Response(`for ${consumerId}`);
    });
    for (const set of response.headers.getSetCookie()) this.cookie = set.split(";", 1)[0] ?? "";
    return response;
  }

  async admit(path = "/checkout"): Promise<Response> {
    return this.open(`${path}?admission_token=${await tokenOf()}`);
  }
}

async function shown(response: Response): Promise<string> {
  return response.headers.get("location") ?? (await response.text());
}

describe("protectCheckout", () => {
  it("sends a fan to the line, takes them back to where they wanted to go, and knows them from then on", async () => {
    const fan = new Fan(checkoutWith());
    const sent = await fan.open("/checkout/tickets?seat=4&note=a%20b");
    expect([sent.status, await shown(sent)]).toEqual([303, "https://line.test/q/queue_1"]);
    expect(sent.headers.get("cache-control")).toBe("no-store");
    const come = await fan.admit();
    expect([come.status, await shown(come)]).toEqual([303, "/checkout/tickets?seat=4&note=a+b"]);
    const [cookie] = come.headers.getSetCookie();
    expect(cookie).toMatch(
      /^__Host-stanchion_queue_1=\S+; Path=\/; Max-Age=600; HttpOnly; SameSite=Lax; Secure$/,
    );
    expect(await shown(await fan.open("/checkout/tickets"))).toBe("for cons_1");
    expect(calls).toEqual([]);
  });

  it("takes a fan who came straight from the line to the address without the token", async () => {
    const fan = new Fan(checkoutWith());
    expect(await shown(await fan.admit("/checkout"))).toBe("/checkout");
    const token = await tokenOf();
    expect(await shown(await fan.open(`/checkout?a=1&admission_token=${token}&b=2`))).toBe(
      "/checkout?a=1&b=2",
    );
  });

  it("redirects to no other site, whatever the address or the cookie holds", async () => {
    for (const path of ["//evil.test", "/\\evil.test", "///evil.test/x", "/%2f/evil.test", "/.//evil.test"]) {
      const fan = new Fan(checkoutWith());
      await fan.open(path);
      const locations = [await shown(await fan.admit("/checkout")), await shown(await fan.admit(path))];
      for (const location of locations)
        expect(new URL(location, "https://shop.test").origin).toBe("https://shop.test");
    }
    const forged = new Fan(checkoutWith());
    const payload = Buffer.from(JSON.stringify({ back: "https://evil.test" })).toString("base64url");
    forged.cookie = `__Host-stanchion_queue_1=${payload}.AAAA`;
    expect(await shown(await forged.admit())).toBe("/checkout");
  });

  it("knows nobody by a cookie that was changed, is of another checkout, or under another secret", async () => {
    const fan = new Fan(checkoutWith());
    await fan.admit();
    const [, value = ""] = /=(.*)/.exec(fan.cookie) ?? [];
    const [payload = "", mac] = value.split(".");
    const changed = Buffer.from(payload, "base64url").toString().replace("cons_1", "cons_2");
    const isIn = async (checkout: Checkout, cookie: string) =>
      (await checkout.read(new Headers({ cookie }))) !== null;
    const own = (content: string) => `other=1; __Host-stanchion_queue_1=${content}`;
    expect(await isIn(fan.checkout, own(value))).toBe(true);
    expect(await isIn(fan.checkout, own(`${Buffer.from(changed).toString("base64url")}.${mac}`))).toBe(false);
    expect(await isIn(fan.checkout, own(`${payload}.`))).toBe(false);
    expect(await isIn(checkoutWith({ queueId: "queue_2" }), `__Host-stanchion_queue_2=${value}`)).toBe(false);
    const next = "another secret of the shop, long enough too";
    expect(await isIn(checkoutWith({ cookie: { secret: next } }), own(value))).toBe(false);
    expect(await isIn(checkoutWith({ cookie: { secret: [next, secret] } }), own(value))).toBe(true);
  });

  it("sends back to the line when the time is over", async () => {
    const fan = new Fan(checkoutWith({ sessionSeconds: 120 }));
    await fan.admit();
    nowMs += 119_999;
    expect(await shown(await fan.open("/checkout"))).toBe("for cons_1");
    nowMs += 1;
    expect(await shown(await fan.open("/checkout"))).toBe("https://line.test/q/queue_1");
  });

  it("sends away who comes with a token that is old, forged or of another line, but not who is in already", async () => {
    const stranger = new Fan(checkoutWith());
    const old = await tokenOf();
    const other = await tokenOf({ dist: "queue_2" });
    nowMs += 65_000;
    for (const token of [old, other, "junk"])
      expect(await shown(await stranger.open(`/checkout?admission_token=${token}`))).toBe(
        "https://line.test/q/queue_1",
      );
    const fan = new Fan(checkoutWith());
    await fan.admit();
    expect(await shown(await fan.open(`/checkout?admission_token=${old}`))).toBe("/checkout");
  });

  it("tells a program why not, in the shape of every error", async () => {
    const fan = new Fan(checkoutWith());
    const asProgram = { headers: { accept: "application/json", "sec-fetch-mode": "cors" } };
    const refused = await fan.open("/checkout/seats", asProgram);
    expect([refused.status, refused.headers.get("www-authenticate")]).toEqual([401, "Bearer"]);
    const body = (await refused.json()) as Record<string, unknown>;
    expect(body).toMatchObject({
      error: "unauthorized",
      code: "AUTHENTICATION_REQUIRED",
      details: { waitingRoom: "https://line.test/q/queue_1" },
      issues: [],
      retryable: false,
      docs: "https://line.test/docs/errors/AUTHENTICATION_REQUIRED",
      requestId: refused.headers.get("x-request-id"),
    });
    expect(refused.headers.getSetCookie()).toEqual([]);
    const forged = await fan.open("/checkout/seats?admission_token=junk", asProgram);
    expect([forged.status, ((await forged.json()) as { code: string }).code]).toEqual([401, "INVALID_TOKEN"]);
  });

  it("with a secret key lets in until the time to buy is over, and nobody whose admission was used", async () => {
    const checkout = checkoutWith({ secretKey: "sk_test_1" });
    const fan = new Fan(checkout);
    await fan.admit();
    expect(calls.map(({ path }) => path)).toEqual(["/api/v1/queues/queue_1/validate"]);
    const [cookie] = (await fan.admit()).headers.getSetCookie();
    expect(cookie).toContain("Max-Age=300;");
    answer = () => refusal(409, "conflict", "ADMISSION_USED");
    expect(await shown(await new Fan(checkout).admit())).toBe("https://line.test/q/queue_1");
  });

  it("believes the token while the server is away, and says so itself where no key is known", async () => {
    isAway = true;
    const fan = new Fan(checkoutWith({ secretKey: "sk_test_1" }));
    expect(await shown(await fan.admit())).toBe("/checkout");
    const unreached = new Fan(checkoutWith({ fetch: () => Promise.reject(new TypeError("no route")) }));
    const told = await unreached.admit();
    expect([told.status, told.headers.get("retry-after"), told.headers.get("refresh")]).toEqual([
      503,
      "5",
      "5",
    ]);
  });

  it("throws where the server refuses the shop's key, so that no fan is sent round in circles", async () => {
    answer = () => refusal(401, "invalid_token", "INVALID_TOKEN");
    const fan = new Fan(checkoutWith({ secretKey: "sk_test_1" }));
    await expect(fan.admit()).rejects.toThrow("secretKey is refused");
  });

  it("reports the order, and lets the fan in no more", async () => {
    const fan = new Fan(checkoutWith({ secretKey: "sk_test_1" }));
    await fan.admit();
    const kept = fan.cookie;
    const paid = await fan.open("/checkout/pay", { method: "POST" });
    expect(await shown(paid)).toBe("for cons_1");
    expect(calls.at(-1)).toEqual({
      path: "/api/v1/queues/queue_1/complete",
      body: { consumerId: "cons_1", orderId: "4711" },
    });
    expect(paid.headers.getSetCookie()).toEqual([expect.stringContaining("Max-Age=0;")]);
    fan.cookie = kept;
    expect((await fan.open("/checkout")).status).toBe(303);
  });

  it("makes an order before it is paid, and says where the money has to go back", async () => {
    const checkout = checkoutWith({ secretKey: "sk_test_1" });
    const fan = new Fan(checkout);
    await fan.admit();
    answer = (path) =>
      path.endsWith("/complete")
        ? Response.json({ id: "order_1", status: "REFUND_NEEDED", refundReason: "ADMISSION_DENIED" })
        : Response.json({ id: "order_1", status: "PENDING" }, { status: 201 });
    const headers = { ...page, cookie: fan.cookie };
    const paid = await checkout.handle(new Request("https://shop.test/pay", { headers }), async (own) => {
      const order = await checkout.order(own, { externalId: "4711", total: "120.00", currency: "EUR" });
      return Response.json(await checkout.complete(own, order));
    });
    expect(await paid.json()).toEqual({ status: "REFUND_NEEDED", refundReason: "ADMISSION_DENIED" });
    expect(paid.headers.getSetCookie()).toEqual([expect.stringContaining("Max-Age=0;")]);
    expect(calls.slice(1)).toEqual([
      {
        path: "/api/v1/orders",
        body: { externalId: "4711", total: "120.00", currency: "EUR", admissionId: "adm_1" },
      },
      { path: "/api/v1/orders/order_1/complete", body: undefined },
    ]);
    await expect(checkout.order(new Request("https://shop.test/pay"))).rejects.toThrow("whose turn it is");
  });

  it("puts out who was denied, when a webhook says so, and takes them in again with a younger admission", async () => {
    const checkout = checkoutWith();
    const fan = new Fan(checkout);
    await fan.admit();
    const denied = (queueId: string) =>
      checkout.note({
        id: "evt_1",
        type: "queue.consumer.denied",
        timestamp: iso(nowMs + 1),
        organizationId: "org_1",
        data: { consumerId: "cons_1", queueId },
      });
    denied("queue_2");
    expect((await fan.open("/checkout")).status).toBe(200);
    denied("queue_1");
    expect((await fan.open("/checkout")).status).toBe(303);
    expect(await shown(await fan.admit())).toBe("https://line.test/q/queue_1");
    nowMs += 2_000;
    expect(await shown(await fan.admit())).toBe("/checkout");
  });

  it("does for a draw what it does for a queue, from the draw's page or from one of the shop's", async () => {
    const draw = { queueId: undefined, drawId: "draw_1" };
    const own = new Fan(checkoutWith({ ...draw, waitingRoom: "https://shop.test/winners" }));
    expect(await shown(await own.open("/checkout"))).toBe("https://shop.test/winners");
    const fan = new Fan(checkoutWith({ ...draw, secretKey: "sk_test_1" }));
    expect(await shown(await fan.open("/checkout"))).toBe("https://line.test/d/draw_1");
    await fan.open(`/checkout?admission_token=${await tokenOf({ dist: "draw_1" })}`);
    await fan.open("/checkout/pay", { method: "POST" });
    expect(calls.map(({ path }) => path)).toEqual([
      "/api/v1/draws/draw_1/validate",
      "/api/v1/draws/draw_1/complete",
    ]);
  });

  it("answers nginx by 204 and 401, and what it hands on by where the fan shall go", async () => {
    const checkout = checkoutWith();
    const ask = (headers: Record<string, string>, path = "/_admitted") =>
      checkout.answerNginx(new Request(`http://verifier.test${path}`, { headers }));
    const original = { "x-original-uri": "/checkout?seat=4", "x-original-method": "GET", ...page };
    expect((await ask(original)).status).toBe(401);
    const sent = await ask(page, "/checkout?seat=4");
    expect(await shown(sent)).toBe("https://line.test/q/queue_1");
    const [back = ""] = sent.headers.getSetCookie();
    const come = await ask({ ...page, cookie: back }, `/checkout?admission_token=${await tokenOf()}`);
    expect(await shown(come)).toBe("/checkout?seat=4");
    const [cookie = ""] = come.headers.getSetCookie();
    const admitted = await ask({ ...original, cookie });
    expect([admitted.status, admitted.headers.get("x-stanchion-consumer")]).toEqual([204, "cons_1"]);
  });

  it.each([
    ["no address", { url: "line.test" }],
    ["a short secret", { cookie: { secret: "short" } }],
    ["no secret", { cookie: { secret: [] } }],
    ["a name that is none", { cookie: { secret, name: "a b" } }],
    ["neither queue nor draw", { queueId: undefined }],
    ["a publishable key", { secretKey: "pk_test_1" }],
  ])("refuses %s when it is made", (_, options) => {
    expect(() => checkoutWith(options)).toThrow(TypeError);
  });
});
