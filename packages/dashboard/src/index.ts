/** The pages that people see: the fan's waiting page, and the page that verifies a draw. */
export { type Asset, type WaitingPageAssets, waitingPageAssets } from "./assets.ts";
export { type MessagePageInput, messagePageHtml, type WaitingPageInput, waitingPageHtml } from "./html.ts";
export { type VerifyPage, verifyPage } from "./verify-page.ts";
