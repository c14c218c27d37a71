import { type ClientErrorCode, clientErrorCodes, clientErrorTable, errorPagePath } from "@stanchion/contract";
import { adviceHtml, codeHtml, escapeHtml, proseHtml } from "./html.ts";
import type { DocsPage } from "./page-layout.ts";

/** The page of a failure that the SDK finds by itself: no answer of this server has its code. */
export function clientErrorPage(code: ClientErrorCode): DocsPage {
  const row = clientErrorTable[code];
  const verdict = { yes: "yes", no: "no" }[row.retryable as string] ?? "wait";
  const content = `<p class="crumbs"><a href="/docs/errors">Errors</a> › <a href="/docs/errors#client">Made by the SDK</a></p>
<h1><code>${code}</code></h1>
<ul class="facts"><li>Made by the SDK, not by the server</li><li><code>${escapeHtml(row.type)}</code></li><li class="${verdict}">${escapeHtml(shortRetry(code))}</li></ul>
${adviceHtml(row, row.retry)}
<h2>In your code</h2>
${codeHtml(clientErrorSample(code), "With the SDK")}
<p>All of it in one place: <a href="/docs/guides/handling-errors">Handling errors with the SDK</a>.</p>
<h2>Related</h2>
<ul>${clientErrorCodes
    .filter((other) => other !== code)
    .map(linkHtml)
    .join("")}<li><a href="/docs/guides/common-problems">Common problems</a></li></ul>
<h2>Still stuck?</h2>
<p>There may be no request id, since there may have been no answer: <a href="/docs/guides/asking-for-help">how to ask for help</a> all the same.</p>`;
  return { title: code, section: "errors", content };
}

/** The SDK's own codes as a table, for the page of all errors. */
export function clientErrorsHtml(): string {
  const rows = clientErrorCodes.map((code) => {
    const { type, when } = clientErrorTable[code];
    return `<tr><td><a href="${errorPagePath(code)}"><code>${code}</code></a></td><td class="inline"><code>${escapeHtml(type)}</code></td><td>${proseHtml(when)}</td></tr>`;
  });
  return `<h2 id="client">Made by the SDK</h2>
<p>No answer of the server has these: the SDK throws them where there was no answer, where somebody else gave it, or before it sends anything.</p>
<table class="errors"><thead><tr><th scope="col">Code</th><th scope="col">Type</th><th scope="col">When</th></tr></thead>
<tbody>
${rows.join("\n")}
</tbody></table>`;
}

/** What to do where it is caught. */
export function clientErrorSample(code: ClientErrorCode): string {
  if (code === "WEBHOOK_NOT_VERIFIED") return webhookSample;
  return `import { StanchionError } from "@stanchion/sdk";

try {
  await stanchion.queues.status(queueId);
} catch (error) {
  if (!(error instanceof StanchionError) || error.code !== "${code}") throw error;
${handling[code]}
}`;
}

const webhookSample = `import { StanchionError, verifyWebhook } from "@stanchion/sdk/server";

export async function receive(request: Request): Promise<Response> {
  try {
    const event = await verifyWebhook(await request.text(), request.headers, "whsec_…");
    console.log(event.type, event.data);
    return new Response(null, { status: 204 });
  } catch (error) {
    if (!(error instanceof StanchionError) || error.code !== "WEBHOOK_NOT_VERIFIED") throw error;
    console.warn(error.details.reason);
    return new Response(null, { status: 401 });
  }
}`;

const handling: Record<Exclude<ClientErrorCode, "WEBHOOK_NOT_VERIFIED">, string> = {
  NETWORK_ERROR:
    '  // Three tries have failed by now; their waits are behind us.\n  show("No connection. Your place is kept.");\n  console.error(error.cause);',
  TIMEOUT:
    '  // Three tries have failed by now; their waits are behind us.\n  show("The line is slow to answer. Your place is kept.");',
  ABORTED: "  // Your own signal: nothing has failed.",
  INVALID_RESPONSE: '  console.error("who answers there?", error.status, error.message);',
  INVALID_ARGUMENT: '  console.error("where does it come from?", error.details.argument);',
};

function shortRetry(code: ClientErrorCode): string {
  const { retryable } = clientErrorTable[code];
  if (retryable === "yes") return "Send it again a little later";
  return retryable === "no" ? "Do not send it again unchanged" : `Send it again ${retryable}`;
}

function linkHtml(code: ClientErrorCode): string {
  return `<li><a href="${errorPagePath(code)}"><code>${code}</code></a>: ${proseHtml(clientErrorTable[code].when)}</li>`;
}
