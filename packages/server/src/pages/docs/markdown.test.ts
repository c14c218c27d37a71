import { expect, it } from "vitest";
import { addressOf, renderMarkdown } from "./markdown.ts";

it("shows tags and does not obey them", () => {
  const { html } = renderMarkdown(
    '# T\n\nA <b onclick="x">b</b>\n\n<script>alert(1)</script>\n\n`<i>`\n\n```ts\n<u>\n```\n',
  );
  expect(html).not.toMatch(/<(b|script|i|u)\b/);
  expect(html).toContain("&lt;script&gt;alert(1)&lt;/script&gt;");
});

it("takes the first heading as the title and gives the others an address", () => {
  const { title, html } = renderMarkdown("# A `b`\n\n## One: two!\n\n## One two\n");
  expect(title).toBe("A b");
  expect(html).toContain('<h2 id="one-two">');
  expect(html).toContain('<h2 id="one-two-1">');
});

it("leads links between files to their pages", () => {
  expect(addressOf("verify-an-admission.md")).toBe("/docs/guides/verify-an-admission");
  expect(addressOf("hosting.md#behind-a-proxy")).toBe("/docs/guides/hosting#behind-a-proxy");
  expect(addressOf("../reference/errors.md")).toBe("/docs/errors");
  expect(addressOf("../reference/errors.md#QUEUE_FULL")).toBe("/docs/errors/QUEUE_FULL");
  expect(addressOf("../reference/operations.md")).toBe("/docs/operations");
  expect(addressOf("#retries")).toBe("#retries");
  expect(addressOf("https://example.com/a.md")).toBe("https://example.com/a.md");
});

it("leaves out the notice of a generated file", () => {
  expect(renderMarkdown("<!-- Made from here. -->\n# T\n").html).not.toContain("Made");
});
