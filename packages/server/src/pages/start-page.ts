import type { FastifyInstance } from "fastify";
import { noteRoute } from "../platform/http/index.ts";
import {
  answerStatic,
  type DocsAssets,
  docsPolicy,
  escapeHtml,
  pageHeaders,
  pageHtml,
  readDocsAssets,
  type StaticFile,
  staticFile,
} from "./docs/index.ts";

/** A launch that the start page points to. */
export interface ShownLaunch {
  readonly name: string;
  /** Of its waiting page, such as `/q/queue_…`. */
  readonly path: string;
}

export interface StartPage {
  /** From now on the page leads to this launch: the demo's, since whose others there are is nobody's business. */
  show(launch: ShownLaunch): void;
}

const iconMaxAgeSeconds = 86_400;
/** Browsers ask for the second by themselves, and take what its type says. */
const iconPaths = ["/favicon.svg", "/favicon.ico"];

/** The page at the server's own address, and the icon that browsers look for there. */
export function registerStartPage(app: FastifyInstance): StartPage {
  const assets = readDocsAssets();
  let launch: ShownLaunch | null = null;
  let made: StaticFile | null = null;
  register(app, "/", () => {
    made ??= staticFile(Buffer.from(startHtml(launch, assets)), "text/html; charset=utf-8");
    return { file: made, headers: pageHeaders(docsPolicy) };
  });
  const iconHeaders = [
    "Cache-Control",
    `public, max-age=${iconMaxAgeSeconds}`,
    "X-Content-Type-Options",
    "nosniff",
    // Opened by itself, a picture in this language could hold a script.
    "Content-Security-Policy",
    "default-src 'none'",
  ];
  for (const path of iconPaths) register(app, path, () => ({ file: assets.icon.file, headers: iconHeaders }));
  return {
    show(shown) {
      launch = shown;
      made = null;
    },
  };
}

function register(
  app: FastifyInstance,
  path: string,
  answer: () => { readonly file: StaticFile; readonly headers: readonly string[] },
): void {
  noteRoute("GET", path);
  app.get(path, (request, reply) => {
    const { file, headers } = answer();
    answerStatic(request, reply, file, { headers });
    app.noteSuccess(request, reply.raw.statusCode);
  });
}

function startHtml(launch: ShownLaunch | null, assets: DocsAssets): string {
  const running =
    launch === null
      ? ""
      : `<h2>A launch is running</h2>
<ul class="cards"><li><a href="${escapeHtml(launch.path)}"><strong>${escapeHtml(launch.name)}</strong><span>Stand in the demo's line as a fan would. <code>npm run crowd</code> sends others.</span></a></li></ul>`;
  const content = `<h1>A Stanchion server runs here</h1>
<p class="lead">It holds fair lines for launches that far more people want than there is of it.</p>
<p>You wanted to stand in a line? Open the link from the shop again: each line has an address of its own.</p>
${running}
<h2>You run this server?</h2>
<p>Next: make an organization with its keys, beside the running server.</p>
<div class="code"><pre tabindex="0" aria-label="Command"><code>npm run -s stanchion -- init --name "My shop"</code></pre></div>
<p><a href="/docs/guides/first-launch">A first launch</a> goes on from there, and <a href="/docs/guides/hosting">hosting</a> has the settings. <a href="/health/ready">Is it ready?</a></p>
<h2>You build with it?</h2>
<ul class="cards">
<li><a href="/docs"><strong>Documentation</strong><span>Guides, from the first launch to its errors.</span></a></li>
<li><a href="/docs/api"><strong>API reference</strong><span>Every operation, to try out.</span></a></li>
<li><a href="/docs/errors"><strong>Errors</strong><span>A page for each code: why it comes and what to do.</span></a></li>
</ul>`;
  const head = '<meta name="robots" content="noindex">\n';
  return pageHtml({ title: "This server", section: "none", content, head }, assets);
}
