import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  cookiesOf,
  errorOf,
  startTestServer,
  type TestAnswer,
  type TestServer,
  type TestShop,
} from "../testing/index.ts";

let server: TestServer;
let shop: TestShop;
beforeAll(async () => {
  server = await startTestServer({ isWorker: false });
  shop = await server.shop();
});
afterAll(() => server.stop());

/** By hand: what is refused here is a page, and no error of the contract. */
async function ask(path: string, init: RequestInit): Promise<TestAnswer> {
  const answer = await fetch(server.url + path, { redirect: "manual", ...init });
  const text = await answer.text();
  return { status: answer.status, headers: answer.headers, text, body: {} };
}

const show = (id: string, cookie = "") =>
  ask(`/q/${id}/plain`, { headers: { Accept: "text/html", Cookie: cookie } });
const tokenIn = ({ text }: TestAnswer): string => /name="token" value="([0-9a-f]+)"/.exec(text)?.[1] ?? "";
const post = (id: string, verb: string, cookie: string, token: string, headers = {}) =>
  ask(`/q/${id}/plain/${verb}`, {
    method: "POST",
    headers: {
      Cookie: cookie,
      Accept: "text/html",
      "Content-Type": "application/x-www-form-urlencoded",
      ...headers,
    },
    body: `token=${token}`,
  });
const waitingIn = async (id: string) => (await shop.call("GET", `/api/v1/queues/${id}`)).body.waiting;

describe("the page without a script", () => {
  it("joins once, however often the button is pressed at once", async () => {
    const { id } = await shop.queue();
    const page = await show(id);
    const [cookie, token] = [cookiesOf(page), tokenIn(page)];
    const answers = await Promise.all(Array.from({ length: 8 }, () => post(id, "join", cookie, token)));
    for (const answer of answers)
      expect([answer.status, answer.headers.get("location")]).toEqual([303, `/q/${id}/plain`]);
    expect(
      await server.until(
        () => waitingIn(id),
        (count) => count !== 0,
      ),
    ).toBe(1);
    // The cookie of the page alone, without what joining added, is still the same fan.
    expect((await show(id, cookie)).text).toContain("You are next");
    // Who allows scripts later is told where the place is.
    const later = await ask(`/q/${id}`, { headers: { Cookie: cookiesOf(answers[0] as TestAnswer) } });
    expect(later.text).toContain("You joined a line here without JavaScript");
    expect((await ask(`/q/${id}`, {})).text).not.toContain("You joined a line here");
  });

  it("hands its place over to the page with a script, and to no other", async () => {
    const { id } = await shop.queue();
    const page = await show(id);
    const joined = await post(id, "join", cookiesOf(page), tokenIn(page));
    const cookie = cookiesOf(joined);
    const fromScript = async (verb: string, headers: Record<string, string>): Promise<TestAnswer> => {
      const answer = await fetch(`${server.url}/q/${id}/plain/${verb}`, { method: "POST", headers });
      const text = await answer.text();
      return {
        status: answer.status,
        headers: answer.headers,
        text,
        body: text === "" ? {} : JSON.parse(text),
      };
    };
    for (const verb of ["carry", "forget"]) {
      const foreign = await fromScript(verb, { Cookie: cookie, "Sec-Fetch-Site": "cross-site" });
      expect([foreign.status, errorOf(foreign).code]).toEqual([403, "ORIGIN_NOT_ALLOWED"]);
      const unknown = await fromScript(verb, {});
      expect([unknown.status, errorOf(unknown).code]).toEqual([401, "AUTHENTICATION_REQUIRED"]);
    }
    const { status, body } = await fromScript("carry", { Cookie: cookie });
    expect([status, body.carryCode]).toEqual([201, expect.stringMatching(/^[\w-]{43}$/)]);
    const taken = await server.call("POST", "/api/v1/auth/carry/exchange", {
      publishableKey: shop.publishableKey,
      body: { carryCode: body.carryCode },
    });
    expect(taken.status).toBe(200);
    expect((await fromScript("carry", { Cookie: cookie })).status).toBe(401);
    const forgotten = await fromScript("forget", { Cookie: cookie });
    expect([forgotten.status, forgotten.headers.get("set-cookie")]).toEqual([
      204,
      expect.stringContaining("Max-Age=0"),
    ]);
  });

  it("takes forms from its own pages only", async () => {
    const { id } = await shop.queue();
    const page = await show(id);
    const [cookie, token] = [cookiesOf(page), tokenIn(page)];
    const foreign: readonly Record<string, string>[] = [
      { Origin: "https://evil.example" },
      { Origin: "null" },
      { "Sec-Fetch-Site": "cross-site" },
      { "Sec-Fetch-Site": "same-site" },
    ];
    const refused = [
      ...(await Promise.all(foreign.map((headers) => post(id, "join", cookie, token, headers)))),
      await post(id, "join", cookie, "0".repeat(32)),
      await post(id, "join", cookie, ""),
      await post(id, "join", "", token),
    ];
    for (const answer of refused) {
      expect([answer.status, answer.headers.get("content-type")]).toEqual([403, "text/html; charset=utf-8"]);
      expect(answer.text).toMatch(/Reference: req_/);
    }
    expect(refused.at(-1)?.text).toContain("Your browser did not send our cookie");
    expect(await waitingIn(id)).toBe(0);
    const own = { Origin: server.url, "Sec-Fetch-Site": "same-origin" };
    expect((await post(id, "join", cookie, token, own)).status).toBe(303);
  });

  it("keeps a strict policy, its answers out of caches, and its cookie out of reach", async () => {
    const page = await show((await shop.queue()).id);
    expect(page.headers.get("content-security-policy")).toBe(
      "default-src 'none'; style-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'self'; frame-ancestors 'self'",
    );
    expect(page.headers.get("cache-control")).toBe("no-store");
    expect(page.text).not.toMatch(/<script|<style|\sstyle=|\son[a-z]+=/);
    const [cookie = ""] = page.headers.getSetCookie();
    expect(cookie).toMatch(
      /^stanchion_fan_[0-9a-z]{26}_test=[^;]+; Path=\/; Max-Age=2592000; HttpOnly; SameSite=Lax$/,
    );
  });

  it("asks for TLS and a name that nobody else can set, where it is not on this machine", async () => {
    const { id } = await shop.queue();
    const headers = { Host: "line.example.com" };
    const { app } = server.server.api ?? {};
    const answer = await app?.inject({ url: `/q/${id}/plain`, headers: { host: headers.Host } });
    expect(String(answer?.headers["set-cookie"])).toMatch(/^__Host-stanchion_fan_.*; SameSite=Lax; Secure$/);
  });

  it("starts anew where the cookie is broken or of a session that has ended", async () => {
    const { id } = await shop.queue();
    const page = await show(id);
    const [name = ""] = cookiesOf(page).split("=");
    for (const value of ["", "x", "a~b~c", "a~b~cccccccccccccccccc~~~0", "~~~~~", "%00~a"]) {
      const answer = await show(id, `${name}=${value}`);
      const isKnownBad = value.startsWith("a~b~ccc");
      expect([value, answer.status]).toEqual([value, isKnownBad ? 401 : 200]);
      if (isKnownBad) expect(answer.headers.getSetCookie()[0]).toContain("Max-Age=0");
    }
  });

  it("is a page in words where there is no such line, and none of the API's errors", async () => {
    const missing = await show("queue_01m8dge5ajfsp9c7ptb51e2zsq");
    expect([missing.status, missing.text.includes("There is no such line")]).toEqual([404, true]);
  });

  it("hands out the receipt, and leads to the page where there is none", async () => {
    const { id } = await shop.queue();
    const page = await show(id);
    const cookie = cookiesOf(page);
    const none = await server.call("GET", `/q/${id}/plain/receipt`, { headers: { Cookie: cookie } });
    expect([none.status, none.headers.get("location")]).toEqual([303, `/q/${id}/plain`]);
    await post(id, "join", cookie, tokenIn(page));
    const receipt = await server.call("GET", `/q/${id}/plain/receipt`, { headers: { Cookie: cookie } });
    expect(receipt.status).toBe(200);
    expect(receipt.headers.get("content-type")).toBe("application/json; charset=utf-8");
    expect(receipt.headers.get("content-disposition")).toBe(`attachment; filename="receipt-${id}.json"`);
    expect(Object.keys(receipt.body).length).toBeGreaterThan(0);
  });
});
