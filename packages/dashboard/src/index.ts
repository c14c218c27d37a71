/** The pages that people see: for now the fan's waiting page. */
export { type Asset, type WaitingPageAssets, waitingPageAssets } from "./assets.ts";
export { type MessagePageInput, messagePageHtml, type WaitingPageInput, waitingPageHtml } from "./html.ts";
