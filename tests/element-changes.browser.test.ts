/** A shop's page that changes the attributes of the element while the fan is about to answer, or has asked for something. */
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { TestShop } from "../packages/server/src/testing/index.ts";
import { askForPlace, buttonOf, joinLine, openFanPage, seeScene, wordsOf } from "./fan-page.ts";
import { setFanStage } from "./fan-stage.ts";
import { type ShopSite, startShopSite } from "./shop-site.ts";

describe("an element whose attributes change", () => {
  const stage = setFanStage();
  let site: ShopSite;
  beforeAll(async () => {
    site = await startShopSite();
  });
  afterAll(() => site?.close());

  const show = (queueId: string, more = ""): void =>
    site.show(`<script src="${stage.server.url}/stanchion-line.js" defer></script>
      <stanchion-line queue-id="${queueId}" publishable-key="${stage.shop.publishableKey}" ${more}></stanchion-line>`);
  /** As a framework does that renders anew; what was shown before is gone then. */
  const change = async (page: Page): Promise<void> => {
    await page.evaluate(() => {
      const element = document.querySelector("stanchion-line");
      element?.shadowRoot?.firstElementChild?.setAttribute("data-before", "");
      element?.setAttribute("checkout-url", "https://shop.example/checkout");
    });
    await page.locator("stanchion-line [data-before]").waitFor({ state: "detached" });
  };
  it("offers the place of another device until the fan has answered", async () => {
    const { id } = await stage.lineOf(2);
    show(id);
    const laptop = await openFanPage(stage.context, site.url);
    await joinLine(laptop);
    const place = await askForPlace(laptop);
    await wordsOf(laptop, "Go on with another device").click();
    await buttonOf(laptop, "Make a link").click();
    await expect.poll(() => laptop.locator("#carry-link").inputValue()).toContain("#carry=");
    const link = await laptop.locator("#carry-link").inputValue();
    const phone = await openFanPage(await stage.other(), link);
    await seeScene(phone, "carry");
    await change(phone);
    await seeScene(phone, "carry");
    await buttonOf(phone, "Yes, go on here").click();
    await seeScene(phone, "waiting");
    expect(await askForPlace(phone)).toEqual(place);
    await change(phone);
    await seeScene(phone, "waiting");
  });

  it("asks no more for what the fan did not want", async () => {
    const { id } = await stage.lineOf(0);
    show(id, 'plain-path="/nowhere"');
    const page = await openFanPage(stage.context, `${site.url}/#carry=${"a".repeat(43)}`);
    await seeScene(page, "carry");
    await buttonOf(page, "No, not here").click();
    await seeScene(page, "open");
    await change(page);
    // What is here from before waited its turn.
    await seeScene(page, "carry");
    await wordsOf(page, /^You joined this line here without JavaScript/)
      .first()
      .waitFor();
    await buttonOf(page, "No, not here").click();
    await seeScene(page, "open");
    await change(page);
    await seeScene(page, "open");
  });

  it("goes on with a place when the shop's key was replaced", async () => {
    const shop = await stage.server.shop();
    const { id } = await shop.queue({ name: "Friday drop" });
    const showBy = (key: string, more = ""): void =>
      site.show(`<script src="${stage.server.url}/stanchion-line.js" defer></script>
        <stanchion-line queue-id="${id}" publishable-key="${key}" ${more}></stanchion-line>`);
    showBy(shop.publishableKey);
    const page = await openFanPage(stage.context, site.url);
    await joinLine(page);
    const place = await askForPlace(page);

    const next = await replacePublishableKey(shop);
    showBy(next);
    await page.reload();
    await seeScene(page, "open");
    showBy(next, `former-keys="pk_test_another ${shop.publishableKey}"`);
    await page.reload();
    await seeScene(page, "waiting");
    expect(await askForPlace(page)).toEqual(place);
  });

  it("still joins for the fan when the line opens, and no other line", async () => {
    const { id } = await stage.lineOf(0, { openAt: "2040-01-01T00:00:00Z" });
    const next = await stage.lineOf(0, { openAt: "2040-01-01T00:00:00Z" });
    show(id);
    const page = await openFanPage(stage.context, site.url);
    await buttonOf(page, "Join for me when it opens").click();
    await buttonOf(page, "Do not join for me").waitFor();
    await change(page);
    await buttonOf(page, "Do not join for me").waitFor();
    await page.evaluate(
      (other) => document.querySelector("stanchion-line")?.setAttribute("queue-id", other),
      next.id,
    );
    await buttonOf(page, "Join for me when it opens").waitFor();
  });
});

/** Answers the new key; the old one is refused from now on. */
async function replacePublishableKey(shop: TestShop): Promise<string> {
  const { body } = await shop.call("GET", "/api/v1/api-keys");
  const keys = body.data as { id: string; kind: string }[];
  const id = keys.find(({ kind }) => kind === "publishable")?.id;
  const rotated = await shop.call("POST", `/api/v1/api-keys/${id}/rotate`, { body: { overlapSeconds: 0 } });
  expect(rotated.status).toBe(200);
  return rotated.body.key as string;
}
