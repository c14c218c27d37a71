/** Waiting rooms in pages of one's own, in a browser on the real server: those of examples/, and one that a server has rendered. */
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import { type AddressInfo, createServer as createListener } from "node:net";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import axe from "axe-core";
import type { Browser, Page } from "playwright-core";
import { createElement, type ReactElement } from "react";
import { renderToString } from "react-dom/server";
import { rolldown } from "rolldown";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { DrawRoom, StanchionProvider, WaitingRoom } from "../packages/react/src/index.ts";
import { startTestServer, type TestServer, type TestShop } from "../packages/server/src/testing/index.ts";
import { installMissing } from "../tools/install-missing.mjs";
import { launchBrowser } from "./browser.ts";

const root = dirname(import.meta.dirname);
const examples = join(root, "examples");
const vite = join(examples, "node_modules/vite/bin/vite.js");
const startMsMax = 60_000;
const checkoutUrl = "https://shop.example/checkout";

let server: TestServer;
let browser: Browser;
const closing: (() => Promise<unknown>)[] = [];
beforeAll(async () => {
  await installMissing(examples, (line: string) => console.warn(line));
  server = await startTestServer();
  browser = await launchBrowser();
}, 240_000);
afterAll(async () => {
  for (const close of closing.splice(0)) await close();
  await browser?.close();
  await server?.stop();
});

let shop: TestShop;
let queueId: string;
beforeEach(async () => {
  shop = await server.shop();
  queueId = (await shop.queue({ maxConcurrentAdmissions: 1 })).id;
});

async function freePort(): Promise<number> {
  const listener = createListener().listen(0, "127.0.0.1");
  await once(listener, "listening");
  const { port } = listener.address() as AddressInfo;
  await new Promise((resolve) => listener.close(resolve));
  return port;
}

/** A process of the examples; answers when it has said the sign. */
async function run(programArguments: string[], env: Record<string, string>, sign: string): Promise<void> {
  const child: ChildProcess = spawn(process.execPath, programArguments, {
    cwd: examples,
    env: { ...process.env, NO_COLOR: "1", FORCE_COLOR: "0", ...env },
  });
  closing.push(async () => {
    const gone = once(child, "exit");
    if (child.exitCode === null && child.kill("SIGTERM")) await gone;
  });
  let said = "";
  await new Promise<void>((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`it did not start: ${said}`)), startMsMax);
    const listen = (chunk: Buffer): void => {
      said += chunk.toString();
      if (!said.includes(sign)) return;
      clearTimeout(timer);
      resolve();
    };
    child.stdout?.on("data", listen);
    child.stderr?.on("data", listen);
    child.once("exit", (code) => reject(new Error(`it ended with ${code}: ${said}`)));
  });
}

async function startPlainPage(): Promise<string> {
  const port = await freePort();
  const env = {
    PORT: String(port),
    STANCHION_URL: server.url,
    STANCHION_PUBLISHABLE_KEY: shop.publishableKey,
    STANCHION_QUEUE_ID: queueId,
    CHECKOUT_URL: checkoutUrl,
  };
  await run(["plain-html/serve.ts"], env, "The shop is at ");
  return `http://127.0.0.1:${port}`;
}

async function startViteApp(): Promise<string> {
  const port = await freePort();
  const env = {
    VITE_STANCHION_URL: server.url,
    VITE_STANCHION_PUBLISHABLE_KEY: shop.publishableKey,
    VITE_STANCHION_QUEUE_ID: queueId,
    VITE_CHECKOUT_URL: checkoutUrl,
  };
  const outDir = join(examples, "dist", `react-vite-${port}`);
  const cwd = join(examples, "react-vite");
  await promisify(execFile)(process.execPath, [vite, "build", "--outDir", outDir], {
    cwd,
    env: { ...process.env, ...env },
  });
  const preview = ["preview", "react-vite", "--outDir", outDir, "--strictPort", "--host", "127.0.0.1"];
  await run([vite, ...preview, "--port", String(port)], env, "Local:");
  return `http://127.0.0.1:${port}`;
}

const startRenderedPage = () =>
  renderPage("WaitingRoom", createElement(WaitingRoom, { queueId, checkoutUrl }));

/** A page that a server has rendered, and the script that brings it to life. */
async function renderPage(name: string, rendered: ReactElement): Promise<string> {
  const options = { publishableKey: shop.publishableKey, baseUrl: server.url };
  const room = createElement(StanchionProvider, { options }, rendered);
  const html = `<!doctype html><html lang="en"><meta charset="utf-8"><title>A room</title>
<link rel="icon" href="data:,"><main><h1>The friday shoe</h1><div id="app">${renderToString(room)}</div></main><script type="module" src="/main.js"></script>`;
  const program = `import { createElement, StrictMode } from "react";
import { hydrateRoot } from "react-dom/client";
import { StanchionProvider, ${name} } from ${JSON.stringify(join(root, "packages/react/src/index.ts"))};
const room = createElement(StanchionProvider, { options: ${JSON.stringify(options)} }, createElement(${name}, ${JSON.stringify(rendered.props)}));
hydrateRoot(document.querySelector("#app"), createElement(StrictMode, null, room), {
  onRecoverableError: (error) => console.error("recovered from", error),
});`;
  const entry = join(root, "tests/rendered-page.js");
  const bundle = await rolldown({
    input: entry,
    platform: "browser",
    logLevel: "silent",
    plugins: [
      {
        name: "entry",
        load: (id) => (id === entry ? program : null),
        resolveId: (id) => (id === entry ? id : null),
      },
    ],
  });
  const { output } = await bundle.generate({
    format: "esm",
    chunkFileNames: "[name].js",
    entryFileNames: "main.js",
  });
  const codes = new Map(
    output.flatMap((part) => (part.type === "chunk" ? [[`/${part.fileName}`, part.code]] : [])),
  );
  const site = createServer((request, response) => {
    const code = codes.get(request.url ?? "");
    response.setHeader("content-type", code === undefined ? "text/html" : "text/javascript");
    response.end(code ?? html);
  }).listen(0, "127.0.0.1");
  await once(site, "listening");
  closing.push(async () => {
    site.closeAllConnections();
    await new Promise((resolve) => site.close(resolve));
  });
  return `http://127.0.0.1:${(site.address() as AddressInfo).port}`;
}

async function newFan(url: string): Promise<{ page: Page; complaints: string[] }> {
  const page = await (await browser.newContext()).newPage();
  const complaints: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(String(error)));
  await page.goto(url);
  return { page, complaints };
}

/** What a checker of accessibility finds wrong. */
async function findBarriers(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  return page.evaluate(async () => {
    const { axe: checker } = globalThis as unknown as { axe: typeof import("axe-core") };
    const { violations } = await checker.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21aa"] });
    return violations.map(({ id }) => id);
  });
}

it.each([
  { what: "a page of plain HTML", start: startPlainPage },
  { what: "an app of Vite and React", start: startViteApp },
  { what: "a page that a server has rendered with React", start: startRenderedPage },
])(
  "$what leads a fan to the checkout, and keeps the next in line",
  async ({ start }) => {
    const url = await start();
    const first = await newFan(url);
    await first.page.getByRole("button", { name: "Join the line" }).click();
    await first.page.getByText("It is your turn.").waitFor();
    const link = first.page.getByRole("link", { name: "Go to the checkout" });
    expect(await link.getAttribute("href")).toMatch(/^https:\/\/shop\.example\/checkout\?admission_token=ey/);

    const second = await newFan(url);
    await second.page.getByText("You are not in line yet.").waitFor();
    await second.page.getByRole("button", { name: "Join the line" }).click();
    await second.page.getByText("Your place: 1").waitFor();
    expect(await findBarriers(second.page)).toEqual([]);
    await second.page.reload();
    await second.page.getByText("Your place: 1").waitFor();
    await second.page.getByRole("button", { name: "Leave the line" }).click();
    await second.page.getByText("You have left the line.").waitFor();
    expect(await findBarriers(first.page)).toEqual([]);
    expect([...first.complaints, ...second.complaints]).toEqual([]);
    await first.page.context().close();
    await second.page.context().close();
  },
  240_000,
);

it("a room for a draw, rendered by a server, leads a fan through the result to the checkout", async () => {
  const [row] = await server.db.query<{ now: Date }>("select stanchion_now() as now");
  const openMs = 120_000;
  const closeAt = new Date((row?.now.getTime() ?? 0) + openMs).toISOString();
  const { id: drawId } = await shop.draw({ winnerCount: 1, closeAt, drawAt: closeAt });
  const url = await renderPage("DrawRoom", createElement(DrawRoom, { drawId, checkoutUrl }));
  const fan = await newFan(url);
  await fan.page.getByText("You are not in the draw yet.").waitFor();
  expect(await findBarriers(fan.page)).toEqual([]);
  await fan.page.getByRole("button", { name: "Enter the draw" }).click();
  await fan.page.getByText("You are in the draw.").waitFor();
  await fan.page.getByText("1 person is in it.").waitFor();
  expect(await findBarriers(fan.page)).toEqual([]);
  await keepPicture(fan.page, "draw-entered");
  const late = await newFan(url);
  await late.page.getByText("You are not in the draw yet.").waitFor();

  await server.advance(openMs);
  await fan.page.getByText("You have won, and it is your turn to buy.").waitFor({ timeout: 60_000 });
  await fan.page.getByRole("timer").waitFor();
  const link = fan.page.getByRole("link", { name: "Go to the checkout" });
  expect(await link.getAttribute("href")).toMatch(/^https:\/\/shop\.example\/checkout\?admission_token=ey/);
  expect(await findBarriers(fan.page)).toEqual([]);
  await keepPicture(fan.page, "draw-won");
  await late.page.getByText("The draw is over. The winners have been drawn.").waitFor();
  await fan.page.getByRole("button", { name: "Give up what I have won" }).click();
  await fan.page.getByText("You have left the draw.").waitFor();
  expect([...fan.complaints, ...late.complaints]).toEqual([]);
  for (const { page } of [fan, late]) await page.context().close();
}, 240_000);

async function keepPicture(page: Page, name: string): Promise<void> {
  const { SCREENSHOTS: folder } = process.env;
  if (folder) await page.screenshot({ path: join(folder, `${name}.png`) });
}
