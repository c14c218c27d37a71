/** The mail at the turn on a page of the shop that has the line as an element. */
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { latestCode } from "../packages/server/src/testing/index.ts";
import { askForPlace, buttonOf, joinLine, lookAt, openFanPage, seeScene, wordsOf } from "./fan-page.ts";
import { setFanStage } from "./fan-stage.ts";

describe("the line on a page of the shop", () => {
  const stage = setFanStage();
  let site: Server;
  let siteUrl: string;
  beforeAll(async () => {
    site = createServer((request, response) => {
      const { pathname, searchParams } = new URL(request.url ?? "/", "http://shop.invalid");
      response.setHeader("Content-Type", "text/html");
      const attributes = searchParams.has("off") ? ' turn-mail="off"' : "";
      response.end(pathname === "/line" ? pageWith(searchParams.get("queue") ?? "", attributes) : "");
    });
    await new Promise<void>((resolve) => site.listen(0, "127.0.0.1", resolve));
    siteUrl = `http://127.0.0.1:${(site.address() as AddressInfo).port}`;
  });
  afterAll(() => {
    site.closeAllConnections();
    site.close();
  });

  const pageWith = (queueId: string, attributes: string): string => `<!doctype html><html lang="en">
<link rel="icon" href="data:,"><title>A shop</title><script src="${stage.server.url}/stanchion-line.js" defer></script>
<main><h1>The drop</h1>
<stanchion-line queue-id="${queueId}" publishable-key="${stage.shop.publishableKey}"${attributes}></stanchion-line></main></html>`;
  const lineAt = async (pageOf: (queueId: string) => string | null) => {
    const { id, line } = await stage.lineOf(2);
    const path = `/api/v1/queues/${id}`;
    expect((await stage.shop.call("PATCH", path, { body: { pageUrl: pageOf(id) } })).status).toBe(200);
    return { id, line, address: `${siteUrl}/line?queue=${id}` };
  };
  /** What can be set up is there from one moment on, the offer of a mail too. */
  const seeExtras = (page: Page): Promise<void> => wordsOf(page, "Go on with another device").waitFor();
  const offer = (page: Page) => wordsOf(page, "Write to me when it is my turn").first();

  it("offers the mail where the queue says this page, whose link leads to the place", async () => {
    const { id, line, address } = await lineAt((queueId) => `${siteUrl}/line?queue=${queueId}`);
    const page = await openFanPage(stage.context, address);
    await joinLine(page);
    await offer(page).waitFor();
    const place = await askForPlace(page);
    // Who is in line when the page is opened has read nothing of the queue before joining.
    await page.reload();
    await offer(page).click();
    const email = `${place.entryId.slice(-12)}@example.com`;
    await page.getByLabel("Your e-mail address").fill(email);
    await buttonOf(page, "Send me a code").click();
    const code = page.getByLabel("The code from the e-mail");
    await code.waitFor();
    await code.fill(await latestCode(stage.server, email));
    await buttonOf(page, "Confirm").click();
    await wordsOf(page, /^We write to .\*\*\*@example\.com when it is your turn/).waitFor();
    await lookAt(page, "mail-on-the-shops-page");
    expect(await askForPlace(page)).toEqual(place);
    const { body: queue } = await stage.shop.call("GET", `/api/v1/queues/${id}`);
    await page.close();
    await line.tick();
    await seeScene(await openFanPage(stage.context, String(queue.pageUrl)), "turn");
  });

  it.each([
    ["no page", null],
    ["a page of another site", "https://elsewhere.example/line"],
  ])("offers none where the queue says %s", async (_, pageUrl) => {
    const { address } = await lineAt(() => pageUrl);
    const page = await openFanPage(stage.context, address);
    await joinLine(page);
    await seeExtras(page);
    expect(await offer(page).isVisible()).toBe(false);
    const read = page.waitForResponse((one) => /\/queues\/\w+$/.test(one.url()) && one.ok());
    await page.reload();
    await (await read).finished();
    await seeExtras(page);
    expect(await offer(page).isVisible()).toBe(false);
  });

  it("offers none where the page wants none", async () => {
    const { address } = await lineAt(() => `${siteUrl}/line`);
    const page = await openFanPage(stage.context, `${address}&off`);
    await joinLine(page);
    await seeExtras(page);
    expect(await offer(page).isVisible()).toBe(false);
  });

  it("leaves the server's own page what it was, but for the mail that leads away from it", async () => {
    const { id } = await lineAt(() => `${siteUrl}/line`);
    const page = await stage.open(id);
    await joinLine(page);
    await seeExtras(page);
    expect(await offer(page).isVisible()).toBe(false);
    await page.reload();
    await seeScene(page, "waiting");
  });
});
