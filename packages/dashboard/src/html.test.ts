import { translations } from "@stanchion/element/languages";
import { expect, test } from "vitest";
import { type MessagePageInput, messagePageHtml, type WaitingPageInput, waitingPageHtml } from "./html.ts";

const hostileNames = [
  `</script><script>alert(1)</script>`,
  `<!--<script>`,
  `"onload="alert(1)`,
  `it's "quoted" & <b>bold</b>`,
  `🎟️ Spring — drop 2026 \u2028 line`,
  `\${name} $& $1`,
];

test.each(hostileNames)("shows the name %s as it is, and lets nothing of it into the markup", (queueName) => {
  const html = pageWith({ queueName });
  expect(html.match(/<script/g)).toHaveLength(1);
  expect(html).not.toMatch(/<b>|<!--|<img|onload="/);
  const [, heading] = html.match(/<h1[^>]*>([^<]*)<\/h1>/) ?? [];
  expect(decode(heading ?? "")).toBe(queueName);
  expect(configOf(html)).toEqual({
    queueId: "queue_1",
    queueName,
    publishableKey: "pk_test_1",
    checkoutUrl: null,
  });
});

test("gives the page its addresses and no more", () => {
  const html = pageWith({ checkoutUrl: "https://shop.example/?a=1&b=</script>" });
  expect(configOf(html)).toMatchObject({ checkoutUrl: "https://shop.example/?a=1&b=</script>" });
  expect(html).toContain(`<script src="/assets/waiting-page-1.js" defer></script>`);
  expect(html).toContain(`<link rel="stylesheet" href="/assets/waiting-page-1.css">`);
});

test("has neither script nor style inside, as its content security policy demands", () => {
  const html = pageWith({});
  expect(html).not.toMatch(/<style|\sstyle=|\son[a-z]+=/);
  expect(html.match(/<script(?![^>]*src=)/g)).toBeNull();
});

test("can be read without JavaScript", () => {
  expect(pageWith({})).toMatch(/<noscript>.*without JavaScript.*href="\/q\/queue_1\/plain".*<\/noscript>/);
});

test("says what stands in the document in the language of the request, and leads on in the one that was asked for", () => {
  const { document } = translations.de;
  const html = pageWith({ language: "de", askedLanguage: "de", hasPlainPlace: true });
  expect(html).toContain(`<html lang="de">`);
  for (const text of Object.values(document).slice(0, 5)) expect(decode(html)).toContain(text);
  expect(html.match(/"\/q\/queue_1\/plain\?lang=de"/g)).toHaveLength(2);
  expect(html).toContain(`content="0; url=/q/queue_1/plain?lang=de"`);
  expect(html).not.toContain("without JavaScript");
  expect(pageWith({ language: "de" })).toContain(`"/q/queue_1/plain"`);
  expect(messageWith({ language: "he" })).toContain(`<html lang="he" dir="rtl">`);
});

test("has a language, one main part and one first heading", () => {
  for (const html of [pageWith({}), messageWith({})]) {
    expect(html).toContain(`<html lang="en">`);
    expect(html.match(/<main>/g)).toHaveLength(1);
    expect(html.match(/<h1/g)).toHaveLength(1);
  }
});

test("escapes what a message says and shows the reference where there is one", () => {
  const html = messageWith({ title: `<img src=x onerror="1">`, requestId: `req_"1` });
  expect(html).toContain("&lt;img src=x onerror=&quot;1&quot;&gt;");
  expect(html).toContain("Reference: req_&quot;1");
  expect(html).not.toContain("<img");
  expect(messageWith({ requestId: null })).not.toContain("Reference");
});

function pageWith(input: Partial<WaitingPageInput>): string {
  return waitingPageHtml({
    queueId: "queue_1",
    queueName: "Spring drop",
    publishableKey: "pk_test_1",
    checkoutUrl: null,
    scriptPath: "/assets/waiting-page-1.js",
    stylePath: "/assets/waiting-page-1.css",
    ...input,
  });
}

function messageWith(input: Partial<MessagePageInput>): string {
  const texts = { title: "There is no such line", text: "The link may be old.", requestId: "req_1" };
  return messagePageHtml({ ...texts, stylePath: "/assets/waiting-page-1.css", ...input });
}

function configOf(html: string): unknown {
  const [, tag = ""] = html.match(/<stanchion-line([^>]*)>/) ?? [];
  const attributeOf = (name: string): string | null => {
    const value = new RegExp(` ${name}="([^"]*)"`).exec(tag)?.[1];
    return value === undefined ? null : decode(value);
  };
  return {
    queueId: attributeOf("queue-id"),
    queueName: attributeOf("queue-name"),
    publishableKey: attributeOf("publishable-key"),
    checkoutUrl: attributeOf("checkout-url"),
  };
}

function decode(html: string): string {
  const characters: Record<string, string> = { amp: "&", lt: "<", gt: ">", quot: '"', "#39": "'" };
  return html.replace(/&([a-z0-9#]+);/g, (_, entity: string) => characters[entity] ?? "");
}
