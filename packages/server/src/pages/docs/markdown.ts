import { Marked, type Tokens } from "marked";
import { codeHtml, escapeHtml } from "./html.ts";

export interface RenderedMarkdown {
  readonly title: string;
  readonly html: string;
}

const codeLabels: Readonly<Record<string, string>> = { "": "Command line", ts: "TypeScript", json: "JSON" };

/**
 * Our own Markdown as HTML: tags in it are shown and not obeyed, headings have anchors, and links between the files of
 * `docs/` lead to their pages.
 */
export function renderMarkdown(text: string): RenderedMarkdown {
  const marked = new Marked({ gfm: true });
  const seen = new Map<string, number>();
  let title = "";
  marked.use({
    renderer: {
      html({ text: raw }: Tokens.HTML | Tokens.Tag): string {
        return /^<!--[^>]*-->\s*$/.test(raw) ? "" : escapeHtml(raw);
      },
      heading({ tokens, depth, text: raw }: Tokens.Heading): string {
        const inner = this.parser.parseInline(tokens);
        if (depth === 1 && title === "") {
          title = raw.replaceAll("`", "");
          return `<h1>${inner}</h1>\n`;
        }
        const id = uniqueId(slugOf(raw), seen);
        return `<h${depth} id="${id}">${inner}<a class="anchor" href="#${id}" aria-label="Link to this section">#</a></h${depth}>\n`;
      },
      code({ text: code, lang = "" }: Tokens.Code): string {
        return codeHtml(code, codeLabels[lang] ?? lang);
      },
      table(token: Tokens.Table): string {
        const cell = (tag: string, { tokens }: Tokens.TableCell, rest = ""): string =>
          `<${tag}${rest}>${this.parser.parseInline(tokens)}</${tag}>`;
        const head = token.header.map((one) => cell("th", one, ' scope="col"')).join("");
        const rows = token.rows.map((row) => `<tr>${row.map((one) => cell("td", one)).join("")}</tr>`);
        return `<div class="table" tabindex="0" role="region" aria-label="Table"><table><thead><tr>${head}</tr></thead><tbody>${rows.join("")}</tbody></table></div>\n`;
      },
      link({ href, tokens }: Tokens.Link): string {
        return `<a href="${escapeHtml(addressOf(href))}">${this.parser.parseInline(tokens)}</a>`;
      },
      image({ text: alternative }: Tokens.Image): string {
        return escapeHtml(alternative);
      },
    },
  });
  const html = marked.parse(text, { async: false });
  return { title, html };
}

/** Where a link of a guide leads here; on a code host the same link leads to the file. */
export function addressOf(href: string): string {
  if (/^(https?:|#|mailto:)/.test(href)) return href;
  const [path = "", fragment] = href.split("#");
  const name = path.replace(/^(\.\/|\.\.\/)+/, "").replace(/^(guides|docs\/guides)\//, "");
  if (name === "reference/errors.md" && fragment !== undefined) return `/docs/errors/${fragment}`;
  const address = referencePages[name] ?? `/docs/guides/${name.replace(/\.md$/, "")}`;
  return fragment === undefined ? address : `${address}#${fragment}`;
}

const referencePages: Readonly<Record<string, string>> = {
  "reference/errors.md": "/docs/errors",
  "reference/operations.md": "/docs/operations",
  "reference/openapi.json": "/docs/api",
};

/** As code hosts make them, so that a link to a section works in both places. */
function slugOf(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, "")
    .trim()
    .replace(/\s/g, "-");
}

function uniqueId(slug: string, seen: Map<string, number>): string {
  const count = seen.get(slug) ?? 0;
  seen.set(slug, count + 1);
  return count === 0 ? slug : `${slug}-${count}`;
}
