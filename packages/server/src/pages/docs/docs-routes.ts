/** The documentation under /docs: guides, the API reference and a page for each error, all from this server. */
import {
  clientErrorCodes,
  type ErrorCode,
  type ErrorExample,
  errorCodes,
  errorExamples,
  errorPagePath,
} from "@stanchion/contract";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { noteRoute, writeAnswer } from "../../platform/http/index.ts";
import { apiReferencePage, apiReferencePolicy } from "./api-reference-page.ts";
import { clientErrorPage } from "./client-error-page.ts";
import { type DocsAssets, readDocsAssets } from "./docs-assets.ts";
import { errorIndexPage } from "./error-index.ts";
import { errorPage } from "./error-page.ts";
import { type Guide, guidePage, operationsPage, readGuides, startPage } from "./guides.ts";
import { missingPage } from "./missing-page.ts";
import { docsPolicy, pageHeaders, securityHeaders } from "./page-headers.ts";
import { type DocsPage, pageHtml } from "./page-layout.ts";
import { loadReferenceScript, referenceScriptPath } from "./reference-script.ts";
import { answerStatic, immutable, pageMaxAgeSeconds, type StaticFile, staticFile } from "./static-answer.ts";

const assetHeaders = ["Cache-Control", immutable, "X-Content-Type-Options", "nosniff"];
// A page without its example is better than none; a test fails for it.
const examples: Partial<Record<ErrorCode, ErrorExample>> = errorExamples;
const html = "text/html; charset=utf-8";
const knownCodes = [...errorCodes, ...clientErrorCodes];
/** Addresses that are none of {@link DocsPages}. */
const otherAddresses = ["/docs/api", "/docs/guides"];

/** Registers every address below /docs. What the pages are made from is read when one is first asked for. */
export function registerDocs(app: FastifyInstance): void {
  const assets = readDocsAssets();
  const docs = new DocsPages(assets);
  for (const { path, file } of Object.values(assets))
    get(app, path, (request, reply) => {
      answerStatic(request, reply, file, { headers: assetHeaders });
    });
  registerApiReference(app, assets);
  get(app, "/docs", (request, reply) => docs.answer(request, reply, "/docs"));
  get(app, "/docs/operations", (request, reply) => docs.answer(request, reply, "/docs/operations"));
  get(app, "/docs/errors", (request, reply) => docs.answer(request, reply, "/docs/errors"));
  get(app, "/docs/errors/:name", (request, reply) => docs.answerAt(request, reply));
  get(app, "/docs/guides/:name", (request, reply) => docs.answerAt(request, reply));
  get(app, "/docs/guides", (request, reply) => redirect(request, reply, "/docs"));
  // Not noted among the routes: whatever has no page is 404 with every method.
  app.get("/docs/*", { config: { takesEmptyParts: true } }, (request, reply) => {
    docs.answerAt(request, reply);
    if (reply.raw.statusCode < 400) app.noteSuccess(request, reply.raw.statusCode);
  });
}

function get(
  app: FastifyInstance,
  url: string,
  answer: (request: FastifyRequest, reply: FastifyReply) => unknown,
): void {
  noteRoute("GET", url.replace(/:(\w+)/g, "{$1}"));
  app.get(url, { config: { takesEmptyParts: true } }, async (request, reply) => {
    await answer(request, reply);
    if (reply.raw.statusCode < 400) app.noteSuccess(request, reply.raw.statusCode);
  });
}

/** The pages that stay as they are for as long as the process lives, each made when it is first asked for. */
class DocsPages {
  readonly #assets: DocsAssets;
  readonly #made = new Map<string, StaticFile>();
  #guides: readonly Guide[] | null = null;

  constructor(assets: DocsAssets) {
    this.#assets = assets;
  }

  /** The page at the request's own address; one that is spelled in another way, with a slash at its end too, leads there. */
  answerAt(request: FastifyRequest, reply: FastifyReply): unknown {
    const [path = "", query] = request.url.split(/\?(.*)/s);
    const address = this.#addressOf(path);
    if (address === null || address === path) return this.answer(request, reply, path);
    return redirect(request, reply, query === undefined ? address : `${address}?${query}`);
  }

  #addressOf(path: string): string | null {
    const bare = path.replace(/\/+$/, "");
    const [, name] = /^\/docs\/errors\/(\w+)$/.exec(bare) ?? [];
    const code = knownCodes.find((known) => known === name?.toUpperCase());
    if (code !== undefined) return errorPagePath(code);
    const isThere = otherAddresses.includes(bare) || this.#made.has(bare) || this.#pageAt(bare) !== null;
    return isThere ? bare : null;
  }

  /** The page at this path; where there is none, a page that says so to a person and the contract's error to a program. */
  answer(request: FastifyRequest, reply: FastifyReply, path: string): unknown {
    const file = this.#made.get(path) ?? this.#make(path);
    if (file === null) return this.#refuse(request, reply, path);
    answerStatic(request, reply, file, { headers: pageHeaders(docsPolicy) });
    return undefined;
  }

  #make(path: string): StaticFile | null {
    const page = this.#pageAt(path);
    if (page === null) return null;
    const file = staticFile(Buffer.from(pageHtml(page, this.#assets)), html);
    this.#made.set(path, file);
    return file;
  }

  #pageAt(path: string): DocsPage | null {
    this.#guides ??= readGuides();
    if (path === "/docs") return startPage(this.#guides);
    if (path === "/docs/errors") return errorIndexPage();
    if (path === "/docs/operations") return operationsPage();
    const code = errorCodes.find((known) => errorPagePath(known) === path);
    if (code !== undefined) return errorPage(code, examples[code]);
    const clientCode = clientErrorCodes.find((known) => errorPagePath(known) === path);
    if (clientCode !== undefined) return clientErrorPage(clientCode);
    const guide = this.#guides.find(({ name }) => `/docs/guides/${name}` === path);
    return guide === undefined ? null : guidePage(guide);
  }

  #refuse(request: FastifyRequest, reply: FastifyReply, path: string): unknown {
    if (!request.headers.accept?.includes("text/html")) return reply.callNotFound();
    const page = missingPage(path.split("?")[0] ?? "", request.call.requestId);
    writeAnswer(request, reply, {
      status: 404,
      body: pageHtml(page, this.#assets),
      contentType: html,
      headers: [...securityHeaders(docsPolicy), "Vary", "Accept"],
    });
    return undefined;
  }
}

function registerApiReference(app: FastifyInstance, assets: DocsAssets): void {
  const scriptPath = referenceScriptPath();
  let page: StaticFile | null = null;
  get(app, scriptPath, async (request, reply) => {
    const file = await loadReferenceScript();
    answerStatic(request, reply, file, { headers: assetHeaders });
  });
  get(app, "/docs/api", (request, reply) => {
    // Begun before the browser comes for it; whoever comes hears of a failure.
    loadReferenceScript().catch(() => {});
    page ??= staticFile(Buffer.from(pageHtml(apiReferencePage(assets, scriptPath), assets)), html);
    answerStatic(request, reply, page, { headers: pageHeaders(apiReferencePolicy) });
  });
}

function redirect(request: FastifyRequest, reply: FastifyReply, address: string): void {
  writeAnswer(request, reply, {
    status: 308,
    headers: ["Location", address, "Cache-Control", `public, max-age=${pageMaxAgeSeconds}`],
  });
}
