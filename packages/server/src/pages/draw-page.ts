import { decodeId } from "@stanchion/contract";
import {
  drawDocumentWords,
  drawPageHtml,
  drawPageScript,
  drawPageWords,
  waitingPageAssets,
} from "@stanchion/dashboard";
import type { FastifyInstance } from "fastify";
import type { DrawViews } from "../distributions/draws/index.ts";
import type { Themes } from "../experiences/index.ts";
import { pageKeyOf } from "../identity/index.ts";
import { noteRoute, writeAnswer } from "../platform/http/index.ts";
import type { Secrets } from "../platform/secrets.ts";
import { registerAsset, registerShared } from "./page-assets.ts";
import { pageHeadersWith } from "./page-headers.ts";
import { readPageLanguage } from "./page-language.ts";
import { readPageTheme } from "./page-theme.ts";
import { answerFailedPage, refuseDraw } from "./refused-page.ts";

/** The fan's page of a draw at /d/{drawId}, with its script and its words; its style and the module of extras are those of the waiting page. */
export async function registerDrawPage(
  app: FastifyInstance,
  { views, themes, secrets }: { views: DrawViews; themes: Themes; secrets: Secrets },
): Promise<void> {
  const [script, words, { style, extras }] = await Promise.all([
    drawPageScript(),
    drawPageWords(),
    waitingPageAssets(),
  ]);
  registerAsset(app, script);
  registerShared(app, "/stanchion-draw.js", script);
  for (const asset of words.assets) {
    registerAsset(app, asset);
    registerShared(app, sharedWordsPath(asset.path), asset);
  }

  noteRoute("GET", "/d/{drawId}");
  app.get(
    "/d/:drawId",
    { errorHandler: answerFailedPage(style.path, drawDocumentWords) },
    async (request, reply) => {
      const drawId = decodeId("draw", (request.params as { drawId?: string }).drawId ?? "");
      const view = drawId === null ? null : await views.get(drawId);
      if (view === null) return refuseDraw(request, reply, style.path);
      const language = readPageLanguage(request);
      const { shown, imageSource } = await readPageTheme(themes, view, language);
      const body = drawPageHtml({
        drawId: view.wireId,
        drawName: view.name,
        publishableKey: pageKeyOf(secrets, view.organizationId, view.isLive),
        checkoutUrl: view.checkoutUrl,
        scriptPath: script.path,
        stylePath: style.path,
        extrasPath: extras.path,
        theme: shown,
        wordsPath: words.path,
        language: language.language,
      });
      writeAnswer(request, reply, {
        status: 200,
        body,
        contentType: "text/html; charset=utf-8",
        headers: [...pageHeadersWith(imageSource), ...language.headers],
      });
      app.noteSuccess(request, 200);
    },
  );
}

/** `/assets/draw-words-de-0123456789.json` as `/stanchion-draw-de.json`. */
function sharedWordsPath(path: string): string {
  return path.replace(/^\/assets\/draw-words-(.*)-\w+\.json$/, "/stanchion-draw-$1.json");
}
