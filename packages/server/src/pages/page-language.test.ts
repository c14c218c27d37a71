import { plainSpeech } from "@stanchion/dashboard";
import { drawCatalogue, drawTranslations } from "@stanchion/element/draw-languages";
import { translations } from "@stanchion/element/languages";
import { afterAll, beforeAll, expect, it } from "vitest";
import {
  cookiesOf,
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

const missingId = "queue_01m8dge5ajfsp9c7ptb51e2zsq";
const missingDrawId = "draw_01m8dge5ajfsp9c7ptb51e2zsq";

interface Asked {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** By hand: what is refused here is a page, and no error of the contract. */
async function ask(path: string, language: string, init: Asked = {}): Promise<TestAnswer> {
  const headers = { Accept: "text/html", "Accept-Language": language, ...init.headers };
  const answer = await fetch(server.url + path, { redirect: "manual", ...init, headers });
  return { status: answer.status, headers: answer.headers, text: await answer.text(), body: {} };
}

it("is what the address says, else what the browser asks for, and each page says which it is", async () => {
  const [{ id }, draw] = await Promise.all([shop.queue(), shop.draw()]);
  const lines = [`/q/${id}`, `/q/${id}/plain`, `/q/${missingId}`, `/q/${missingId}/plain`];
  for (const path of [...lines, `/d/${draw.id}`, `/d/${missingDrawId}`])
    for (const [query, header, language] of [
      ["", "tlh, de-AT;q=0.8, fr;q=0.9", "fr"],
      ["", "*", "en"],
      ["?lang=pt-br", "de", "pt-BR"],
      ["?lang=tlh", "de", "de"],
      ["?lang=de&lang=fr", "nl", "nl"],
    ] as const) {
      const { headers, text } = await ask(path + query, header);
      const found = [headers.get("content-language"), /<html lang="([^"]+)"/.exec(text)?.[1]];
      expect(found, `${path}${query} ${header}`).toEqual([language, language]);
      expect(headers.get("vary")?.split(", ")).toContain("Accept-Language");
    }
});

it("is that of a page about a line that is not there", async () => {
  const { document } = translations.ja;
  const { status, text } = await ask(`/q/${missingId}`, "ja");
  expect(status).toBe(404);
  expect(text).toContain(document.missingTitle);
  expect(text).toContain(document.missingText);
});

it("is that of the page of a draw before its script, of its refusal, and of the file of words that it names", async () => {
  const { id } = await shop.draw();
  const page = await ask(`/d/${id}`, "ar");
  expect(page.text).toContain(`<html lang="ar" dir="rtl">`);
  const { document } = drawTranslations.ar;
  for (const words of [drawTranslations.ar.page.loadingText, document.slowStart, document.scriptless])
    expect(page.text).toContain(words);
  const missing = await ask(`/d/${missingDrawId}`, "ar");
  expect(missing.status).toBe(404);
  expect(missing.text).toContain(document.missingTitle);
  const path = /words-path="([^"]+)"/.exec(page.text)?.[1]?.replace("{language}", "ar") ?? "";
  expect(path).toMatch(/^\/assets\/draw-words-ar-[0-9a-f]{10}\.json$/);
  for (const file of [path, "/stanchion-draw-ar.json"]) {
    const words = await fetch(server.url + file);
    expect(await words.json(), file).toEqual(drawCatalogue("ar"));
  }
});

it("is followed by the words of the theme, whatever languages the page itself speaks", async () => {
  const { id, experienceId } = await shop.queue();
  const languages = [
    { language: "de", headline: "Frühling" },
    { language: "is", headline: "Vor" },
  ];
  const theme = { texts: { headline: "Spring", languages } };
  await shop.call("PATCH", `/api/v1/experiences/${experienceId}`, { body: { theme } });
  for (const path of [`/q/${id}`, `/q/${id}/plain`]) {
    expect((await ask(`${path}?lang=de`, "en")).text).toMatch(/<h1[^>]* lang="de" dir="auto">Frühling</);
    expect((await ask(`${path}?lang=IS`, "de")).text).toMatch(/<h1[^>]* lang="is" dir="auto">Vor</);
    expect((await ask(`${path}?lang=fr`, "en")).text).toMatch(/<h1(?: slot="title")? dir="auto">Spring</);
    expect((await ask(path, "de")).text).toContain("Frühling");
  }
});

it("stays from one plain page to the next, and through its forms", async () => {
  const { id } = await shop.queue();
  const address = `/q/${id}/plain?lang=de`;
  expect((await ask(`/q/${id}?lang=de`, "en")).text).toContain(`url=${address}"`);
  const page = await ask(address, "en");
  expect(page.text).toContain(translations.de.page.joinButton);
  expect(page.text).toContain(`action="/q/${id}/plain/join?lang=de"`);
  expect(page.text).toContain(plainSpeech("de").own.footer);
  const token = /name="token" value="([0-9a-f]+)"/.exec(page.text)?.[1] ?? "";
  const post = (body: string) =>
    ask(`/q/${id}/plain/join?lang=de`, "en", {
      method: "POST",
      headers: { Cookie: cookiesOf(page), "Content-Type": "application/x-www-form-urlencoded" },
      body,
    });
  const refused = await post("token=x");
  expect([refused.status, refused.headers.get("content-language")]).toEqual([403, "de"]);
  expect(refused.text).toContain(plainSpeech("de").own.foreignTitle);
  expect((await post(`token=${token}`)).headers.get("location")).toBe(address);
  const place = await ask(address, "en", { headers: { Cookie: cookiesOf(page) } });
  expect(place.headers.get("refresh")).toMatch(new RegExp(`; url=${address.replace("?", "\\?")}$`));
  expect(place.text).toContain(`href="/q/${id}/plain?lang=de&amp;leave=1#leave"`);
});

it("has the times of a plain page written as the reader's own country does", async () => {
  const openAt = new Date(Date.now() + 40 * 86_400_000).toISOString();
  const { id } = await shop.queue({ openAt });
  const read = async (language: string) =>
    /<div id="words">.*/.exec((await ask(`/q/${id}/plain`, language)).text)?.[0];
  expect(await read("en-US")).toMatch(/[AP]M/);
  expect(await read("en-GB")).not.toMatch(/[AP]M/);
  expect(await read("hi")).toContain("खुलने का समय");
});
