import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import path from "node:path";
import { createOrganization } from "../identity/index.ts";
import type { RunningServer } from "../start-server.ts";
import { checkoutPath } from "./demo-shop.ts";

/** What a visitor needs to try things: kept in demo.json of the data folder. */
export interface Demo {
  readonly url: string;
  readonly organizationId: string;
  readonly publishableKey: string;
  readonly secretKey: string;
  readonly queueId: string;
}

/** What the demo's queue is called when it is made. */
export const demoName = "The demo drop";

const demoRateLimits = {
  general: { limit: 1_000_000, windowSeconds: 60 },
  webhook: { limit: 1_000_000, windowSeconds: 60 },
};

/** Makes the demo at the first start and keeps it over all later ones; says where to look. */
export async function makeDemo(server: RunningServer): Promise<Demo> {
  const file = path.join(server.config.dataFolder, "demo.json");
  const url = server.config.publicUrl ?? server.ownUrl;
  const kept = await readDemo(file);
  const queue = kept === null ? null : await readQueue(server, kept);
  if (kept !== null && queue !== null && kept.url !== url && (await isServedAt(kept))) {
    console.error(
      `\nStanchion is running at ${url}, beside the server at ${kept.url} on the same data: ${file} stays that one's.\n`,
    );
    return kept;
  }
  const demo = kept === null || queue === null ? await createDemo(server, url) : { ...kept, url };
  if (queue !== null) await moveCheckout(server, demo, queue.checkoutUrl);
  await mkdir(server.config.dataFolder, { recursive: true });
  await writeFile(`${file}.new`, `${JSON.stringify(demo, null, 2)}\n`, { mode: 0o600 });
  await rename(`${file}.new`, file);
  console.error(`
Stanchion is running at ${url}

  The waiting page   ${url}/q/${demo.queueId}
  Send a crowd       npm run crowd -- --fans 2000
  Documentation      ${url}/docs: guides, the API, a page for each error
  Keys for trying    ${file}

Ctrl-C stops it; everything is kept.
`);
  return demo;
}

const besideMs = 1_000;

/** Does another server with this very demo answer at the address that was kept? */
async function isServedAt({ url, queueId, secretKey }: Demo): Promise<boolean> {
  const asked = fetch(`${url}/api/v1/queues/${queueId}`, {
    headers: { Authorization: `Bearer ${secretKey}` },
    signal: AbortSignal.timeout(besideMs),
  });
  return asked.then(
    ({ status }) => status === 200,
    () => false,
  );
}

async function readDemo(file: string): Promise<Demo | null> {
  try {
    return JSON.parse(await readFile(file, "utf8")) as Demo;
  } catch (error) {
    if (Object(error).code === "ENOENT" || error instanceof SyntaxError) return null;
    throw error;
  }
}

/** The kept demo's queue, or null where it is gone: another database, or deleted. */
async function readQueue(server: RunningServer, demo: Demo): Promise<{ checkoutUrl: string | null } | null> {
  const answer = await fetch(queueUrl(server, demo.queueId), { headers: shopHeaders(demo.secretKey) });
  return answer.status === 200 ? ((await answer.json()) as { checkoutUrl: string | null }) : null;
}

/** The shop moves with the server's address; an address that somebody has put in its place stays. */
async function moveCheckout(server: RunningServer, demo: Demo, checkoutUrl: string | null): Promise<void> {
  const here = demo.url + checkoutPath;
  const isOurs = checkoutUrl === null || checkoutUrl.endsWith(checkoutPath);
  if (!isOurs || checkoutUrl === here) return;
  const answer = await fetch(queueUrl(server, demo.queueId), {
    method: "PATCH",
    headers: shopHeaders(demo.secretKey),
    body: JSON.stringify({ checkoutUrl: here }),
  });
  if (answer.status !== 200)
    throw new Error(`The demo's checkout could not be moved: ${answer.status} ${await answer.text()}`);
}

function queueUrl(server: RunningServer, queueId: string): string {
  return `${server.ownUrl}/api/v1/queues/${queueId}`;
}

function shopHeaders(secretKey: string): Record<string, string> {
  return { Authorization: `Bearer ${secretKey}`, "Content-Type": "application/json" };
}

async function createDemo(server: RunningServer, url: string): Promise<Demo> {
  const organization = await createOrganization(server.database, {
    name: "Demo",
    rateLimits: demoRateLimits,
  });
  const answer = await fetch(`${server.ownUrl}/api/v1/queues`, {
    method: "POST",
    headers: shopHeaders(organization.secretKey),
    body: JSON.stringify({ name: demoName, admitRate: 6_000, checkoutUrl: url + checkoutPath }),
  });
  if (answer.status !== 201)
    throw new Error(`The demo queue could not be made: ${answer.status} ${await answer.text()}`);
  const { id } = (await answer.json()) as { id: string };
  return { url, ...organization, queueId: id };
}
