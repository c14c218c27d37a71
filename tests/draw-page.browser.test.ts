/** What a fan sees of a draw, from its opening to the checkout and the check, in a real browser on the real fans.server. */
import { describe, expect, it } from "vitest";
import { enterOn, openSeconds, setDrawStage } from "./draw-stage.ts";
import { buttonOf, lookAt, openFanPage, passUntil, seeScene, wordsOf } from "./fan-page.ts";

describe("the page of a draw", () => {
  const { fans, drawWith, pass, timeIn } = setDrawStage();

  it("takes the fan in, keeps the entry over a reload, and shows the win with the token, the end and the check", async () => {
    const { page } = await drawWith({});
    await seeScene(page, "open");
    await wordsOf(page, /1 person wins/).waitFor();
    await lookAt(page, "draw-open");
    await buttonOf(page, "Enter the draw").click();
    await seeScene(page, "entered");
    await lookAt(page, "draw-entered");
    await page.reload();
    await seeScene(page, "entered");
    await pass(page, openSeconds + 1);
    await seeScene(page, "turn");
    await wordsOf(page, "You have won").first().waitFor();
    await page.getByText("The shop asks for an admission token?").click();
    expect(await page.getByLabel("Admission token").inputValue()).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+$/);
    await lookAt(page, "draw-won");
    await page.getByText("Your receipt").click();
    const check = page.getByRole("link", { name: "Check that the draw was fair" });
    expect(await check.getAttribute("href")).toMatch(/^\/verify\?draw=draw_\w+#receipt=[\w-]+$/);
  });

  it("leads who has won to the checkout, with an admission that is good there", async () => {
    const { id, page } = await drawWith({ checkoutUrl: `${fans.server.url}/health/live?shop=1` });
    await buttonOf(page, "Enter the draw").click();
    await seeScene(page, "entered");
    await pass(page, openSeconds + 1);
    await seeScene(page, "turn");
    await wordsOf(page, /^(10:00|09:\d\d)$/).waitFor();
    expect(await page.getByLabel("Admission token").isVisible()).toBe(false);
    await lookAt(page, "draw-won-checkout");
    await page.getByRole("link", { name: "Go to checkout" }).click();
    await page.waitForURL(/\/health\/live\?shop=1&admission_token=/);
    const token = new URL(page.url()).searchParams.get("admission_token");
    const checked = await fans.shop.call("POST", `/api/v1/draws/${id}/validate`, { body: { token } });
    expect([checked.status, checked.body.valid]).toEqual([200, true]);
  });

  it("says to who has lost that the winners were drawn by chance, and leads to the check", async () => {
    const { id, page } = await drawWith({});
    await buttonOf(page, "Enter the draw").click();
    await seeScene(page, "entered");
    const others = await Promise.all(Array.from({ length: 8 }, () => fans.shop.fan()));
    for (const fan of others) await fan.enterDraw(id);
    await pass(page, openSeconds + 1);
    await page.locator('[data-scene="lost"],[data-scene="turn"]').waitFor();
    const scene = await page.locator("[data-scene]").getAttribute("data-scene");
    if (scene === "lost") await wordsOf(page, "You have not won this time").first().waitFor();
    await lookAt(page, `draw-${scene}`);
    await page.getByText("Your receipt").click();
    await page.getByRole("link", { name: "Check that the draw was fair" }).waitFor();
  });

  it("lets the fan leave and enter again until it closes", async () => {
    const { page } = await drawWith({});
    await buttonOf(page, "Enter the draw").click();
    await seeScene(page, "entered");
    await buttonOf(page, "Leave the draw").click();
    await wordsOf(page, "Leave the draw?").waitFor();
    await lookAt(page, "draw-asked-to-leave");
    await buttonOf(page, "Yes, give it up").click();
    await seeScene(page, "left");
    await buttonOf(page, "Enter again").click();
    await seeScene(page, "entered");
  });

  it("waits for the opening, and enters then for whoever asked for it", async () => {
    const openAt = await timeIn(20);
    const { page } = await drawWith({ openAt });
    await seeScene(page, "scheduled");
    await lookAt(page, "draw-scheduled");
    await buttonOf(page, "Enter for me when it opens").click();
    await pass(page, 21);
    await pass(page, 11);
    await seeScene(page, "entered");
  });

  it("shows the close to who is in it and to who is not, and then the end to who was not", async () => {
    const [closeAt, drawAt] = [await timeIn(openSeconds), await timeIn(3 * openSeconds)];
    const { id, page } = await drawWith({ closeAt, drawAt });
    await buttonOf(page, "Enter the draw").click();
    await seeScene(page, "entered");
    const outside = await openFanPage(await fans.other(), `${fans.server.url}/d/${id}`);
    await seeScene(outside, "open");
    await pass([page, outside], openSeconds + 1);
    await seeScene(page, "drawing");
    await lookAt(page, "draw-drawing");
    await seeScene(outside, "closed");
    await lookAt(outside, "draw-closed");
    await pass([page, outside], 2 * openSeconds);
    await seeScene(page, "turn");
    await seeScene(outside, "result");
    await lookAt(outside, "draw-result");
  });

  it("says when the time to buy has passed", async () => {
    const { page } = await drawWith({ checkoutUrl: `${fans.server.url}/health/live?shop=1` });
    await buttonOf(page, "Enter the draw").click();
    await seeScene(page, "entered");
    await pass(page, openSeconds + 1);
    await seeScene(page, "turn");
    await pass(page, 601);
    await page.locator('[data-scene="turn-over"],[data-scene="expired"]').waitFor();
    await lookAt(page, "draw-turn-over");
    await pass(page, 301);
    await seeScene(page, "expired");
    await wordsOf(page, "You had won, and the time to buy has passed.").waitFor();
    await lookAt(page, "draw-expired");
  });

  it("thanks who has bought", async () => {
    const { id, page } = await drawWith({});
    const { consumerId } = await enterOn(page);
    await pass(page, openSeconds + 1);
    await seeScene(page, "turn");
    const done = await fans.shop.call("POST", `/api/v1/draws/${id}/complete`, { body: { consumerId } });
    expect(done.status).toBe(200);
    await passUntil(page, page.locator('[data-scene="completed"]'), 10_000);
    await lookAt(page, "draw-completed");
  });

  it("says so to whom the operator has taken out", async () => {
    const { id, page } = await drawWith({});
    const { consumerId } = await enterOn(page);
    const body = { consumerId, reason: "BOT" };
    expect((await fans.shop.call("POST", `/api/v1/draws/${id}/remove`, { body })).status).toBe(200);
    // Within seconds: what else the page asks for by itself is minutes away.
    await passUntil(page, page.locator('[data-scene="denied"]'));
    await lookAt(page, "draw-denied");
  });

  it("says that nobody wins where the draw came to nothing", async () => {
    const [closeAt, drawAt] = [await timeIn(openSeconds), await timeIn(3 * openSeconds)];
    const { id, page } = await drawWith({ closeAt, drawAt });
    await enterOn(page);
    await pass(page, openSeconds + 1);
    await seeScene(page, "drawing");
    await fans.server.db.query(
      "update draw_outcomes o set voided_at = stanchion_now() from draws d where d.id = o.draw_id and d.rules like $1",
      [`%${id}%`],
    );
    await page.reload();
    await seeScene(page, "void");
    await lookAt(page, "draw-void");
  });

  it("says that it is full, and lets the fan try all the same", async () => {
    const { id, page } = await drawWith({ capacity: 1 });
    await seeScene(page, "open");
    expect((await (await fans.shop.fan()).enterDraw(id)).status).toBe(201);
    await page.reload();
    await seeScene(page, "full");
    await lookAt(page, "draw-full");
    await buttonOf(page, "Try to enter").click();
    await wordsOf(page, "The draw has just filled up").waitFor();
    expect(
      await wordsOf(page, /^It takes no more people\./)
        .filter({ visible: true })
        .count(),
    ).toBe(1);
    await lookAt(page, "draw-full-refused");
  });

  it("keeps the entry while there is no connection, and says so", async () => {
    const { page } = await drawWith({});
    await enterOn(page);
    await fans.context.setOffline(true);
    await passUntil(page, wordsOf(page, "No connection: your entry is kept"));
    await lookAt(page, "draw-offline");
    await fans.context.setOffline(false);
    await passUntil(page, wordsOf(page, "Live"));
    await seeScene(page, "entered");
  });

  it("says for how long to wait where too many ask at once", async () => {
    // Two: the first answer to a device whose clock is off asks for a nonce, and counts.
    const limited = await fans.server.shop({ rateLimits: { guest: { limit: 2, windowSeconds: 60 } } });
    const { id } = await limited.draw({ name: "Gold tickets" });
    await Promise.all([limited.fan(), limited.fan()]);
    const page = await openFanPage(fans.context, `${fans.server.url}/d/${id}`);
    await buttonOf(page, "Enter the draw").click();
    await passUntil(page, wordsOf(page, "This takes longer than usual."));
    await lookAt(page, "draw-rate-limited-entering");
    await passUntil(page, wordsOf(page, "Too many requests at once"), 15_000);
    await lookAt(page, "draw-rate-limited");
    await fans.server.advance(60_000);
    await passUntil(page, wordsOf(page, "You can go on now."));
    await buttonOf(page, "Enter the draw").click();
    await seeScene(page, "entered");
  });

  it("shows a draw that was called off, and one that is not there", async () => {
    const { id, page } = await drawWith({});
    await seeScene(page, "open");
    expect((await fans.shop.call("POST", `/api/v1/draws/${id}/cancel`)).status).toBe(200);
    await seeScene(page, "cancelled");
    await lookAt(page, "draw-cancelled");
    const missing = await page.goto(`${fans.server.url}/d/draw_01h455vb4pex5vsknk084sn02q`);
    expect(missing?.status()).toBe(404);
    await page.getByText("There is no such draw").waitFor();
  });
});
