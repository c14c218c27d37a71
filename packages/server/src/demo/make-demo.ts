import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import path from "node:path";
import { createOrganization } from "../identity/index.ts";
import type { RunningServer } from "../start-server.ts";

/** What a visitor needs to try things: kept in demo.json of the data folder. */
export interface Demo {
  readonly url: string;
  readonly organizationId: string;
  readonly publishableKey: string;
  readonly secretKey: string;
  readonly queueId: string;
}

const demoRateLimits = {
  general: { limit: 1_000_000, windowSeconds: 60 },
  webhook: { limit: 1_000_000, windowSeconds: 60 },
};

/** Makes the demo at the first start and keeps it over all later ones; says where to look. */
export async function makeDemo(server: RunningServer): Promise<Demo> {
  const file = path.join(server.config.dataFolder, "demo.json");
  const url = server.config.publicUrl ?? server.ownUrl;
  const kept = await readDemo(file);
  const demo =
    kept !== null && (await stands(server, kept)) ? { ...kept, url } : await createDemo(server, url);
  await mkdir(server.config.dataFolder, { recursive: true });
  await writeFile(`${file}.new`, `${JSON.stringify(demo, null, 2)}\n`, { mode: 0o600 });
  await rename(`${file}.new`, file);
  console.error(`
Stanchion is running at ${url}

  The waiting page   ${url}/q/${demo.queueId}
  Send a crowd       npm run crowd -- --fans 2000
  The API            ${url}/openapi.json, errors at ${url}/docs
  Keys for trying    ${file}

Ctrl-C stops it; everything is kept.
`);
  return demo;
}

async function readDemo(file: string): Promise<Demo | null> {
  try {
    return JSON.parse(await readFile(file, "utf8")) as Demo;
  } catch (error) {
    if (Object(error).code === "ENOENT" || error instanceof SyntaxError) return null;
    throw error;
  }
}

async function stands(server: RunningServer, demo: Demo): Promise<boolean> {
  const answer = await fetch(`${server.ownUrl}/api/v1/queues/${demo.queueId}`, {
    headers: { Authorization: `Bearer ${demo.secretKey}` },
  });
  return answer.status === 200;
}

async function createDemo(server: RunningServer, url: string): Promise<Demo> {
  const organization = await createOrganization(server.database, {
    name: "Demo",
    rateLimits: demoRateLimits,
  });
  const answer = await fetch(`${server.ownUrl}/api/v1/queues`, {
    method: "POST",
    headers: { Authorization: `Bearer ${organization.secretKey}`, "Content-Type": "application/json" },
    body: JSON.stringify({ name: "The demo drop", admitRate: 6_000 }),
  });
  if (answer.status !== 201)
    throw new Error(`The demo queue could not be made: ${answer.status} ${await answer.text()}`);
  const { id } = (await answer.json()) as { id: string };
  return { url, ...organization, queueId: id };
}
