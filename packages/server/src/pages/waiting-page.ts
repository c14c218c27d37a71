import { decodeId } from "@stanchion/contract";
import { waitingPageAssets, waitingPageHtml, waitingPageWords } from "@stanchion/dashboard";
import type { FastifyInstance, FastifyRequest } from "fastify";
import type { Mailer } from "../delivery/mail/index.ts";
import type { LineView } from "../distributions/queues/index.ts";
import { pageKeyOf } from "../identity/index.ts";
import { isOwnOrigin, noteRoute, writeAnswer } from "../platform/http/index.ts";
import { registerAsset, registerShared, registerThemeStyles } from "./page-assets.ts";
import { pageHeadersWith } from "./page-headers.ts";
import { readPageLanguage } from "./page-language.ts";
import { readPageTheme } from "./page-theme.ts";
import { type PlainPageDeps, registerPlainPage } from "./plain-page.ts";
import { readPlainSession } from "./plain-session.ts";
import { answerFailedPage, refuseLine } from "./refused-page.ts";

/** The fan's waiting page at /q/{queueId} with what it loads. */
export async function registerWaitingPage(
  app: FastifyInstance,
  deps: Omit<PlainPageDeps, "stylePath"> & { readonly mailer: Pick<Mailer, "isSetUp"> },
): Promise<void> {
  const [assets, words] = await Promise.all([waitingPageAssets(), waitingPageWords()]);
  for (const asset of [assets.script, assets.extras, assets.style, ...words.assets])
    registerAsset(app, asset);
  registerShared(app, "/stanchion-line.js", assets.script);
  registerShared(app, "/stanchion-line-extras.js", assets.extras);
  registerShared(app, "/stanchion-line.css", assets.style);
  for (const asset of words.assets) registerShared(app, sharedWordsPath(asset.path), asset);
  registerThemeStyles(app);
  registerPlainPage(app, { ...deps, stylePath: assets.style.path });

  noteRoute("GET", "/q/{queueId}");
  const errorHandler = answerFailedPage(assets.style.path);
  app.get("/q/:queueId", { errorHandler }, async (request, reply) => {
    const queueId = decodeId("queue", (request.params as { queueId?: string }).queueId ?? "");
    const view = queueId === null ? null : await deps.views.get(queueId);
    if (view === null) return refuseLine(request, reply, assets.style.path);
    const { row } = view;
    const language = readPageLanguage(request);
    const { shown, imageSource } = await readPageTheme(deps.themes, row, language);
    const body = waitingPageHtml({
      queueId: view.wireId,
      queueName: row.name,
      publishableKey: pageKeyOf(deps.secrets, row.organizationId, row.isLive),
      checkoutUrl: row.checkoutUrl,
      scriptPath: assets.script.path,
      stylePath: assets.style.path,
      extrasPath: assets.extras.path,
      theme: shown,
      hasPlainPlace: (readPlainSession(request, view, deps.publicUrl())?.entryId ?? "") !== "",
      hasTurnMail: deps.mailer.isSetUp(row.isLive) && isReachedByMail(row, request, deps.publicUrl()),
      wordsPath: words.path,
      language: language.language,
      askedLanguage: language.asked,
    });
    writeAnswer(request, reply, {
      status: 200,
      body,
      contentType: "text/html; charset=utf-8",
      headers: [...pageHeadersWith(imageSource), ...language.headers],
    });
    app.noteSuccess(request, 200);
  });
}

/** Does the mail at the turn lead to this site? A place that was got here is on no other. */
function isReachedByMail(
  { pageUrl }: LineView["row"],
  { headers }: FastifyRequest,
  publicUrl: string | null,
): boolean {
  return pageUrl === null || isOwnOrigin(new URL(pageUrl).origin, headers.host, publicUrl);
}

/** `/assets/words-de-0123456789.json` as `/stanchion-line-de.json`. */
function sharedWordsPath(path: string): string {
  return path.replace(/^\/assets\/words-(.*)-\w+\.json$/, "/stanchion-line-$1.json");
}
