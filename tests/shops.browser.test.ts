/** Every shop of examples/ with a browser on the real server: from the line to the paid order, and then the next fan. */
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { startTestServer, type TestServer, type TestShop } from "../packages/server/src/testing/index.ts";
import { installMissing } from "../tools/install-missing.mjs";
import { launchBrowser } from "./browser.ts";

const root = dirname(import.meta.dirname);
const examples = join(root, "examples");
const startMsMax = 60_000;
const nginx = ["/usr/sbin/nginx", "/usr/bin/nginx", "/opt/homebrew/bin/nginx"].find(existsSync);
if (nginx === undefined)
  console.warn("nginx is not installed, so its shop is left out: apt-get install nginx-light");
const next = join(examples, "next-shop/node_modules/next/dist/bin/next");
const hasNext = existsSync(next);
if (!hasNext)
  console.warn("Next is not installed, so its shop is left out: npm install --prefix examples/next-shop");

let server: TestServer;
let browser: Browser;
let folder: string;
const processes: ChildProcess[] = [];

beforeAll(async () => {
  await installMissing(examples, (line: string) => console.warn(line));
  folder = await mkdtemp(join(tmpdir(), "stanchion-shops-"));
  // One after the other: a run that ends while the browser is unpacked would leave half of it behind.
  server = await startTestServer();
  browser = await launchBrowser();
}, 240_000);
afterAll(async () => {
  for (const child of processes.splice(0)) {
    const gone = once(child, "exit");
    if (child.exitCode === null && child.kill("SIGTERM")) await gone;
  }
  await browser?.close();
  await server?.stop();
  await rm(folder, { recursive: true, force: true });
});

async function freePort(): Promise<number> {
  const listener = createServer().listen(0, "127.0.0.1");
  await once(listener, "listening");
  const address = listener.address();
  await new Promise((resolve) => listener.close(resolve));
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}

/** What the shops, nginx and Next say when they are there. */
const signsOfLife = ["The shop is at ", "start worker process", "Ready in"];

/** A process of the examples; answers when it has said that it is there. */
async function run(program: string, programArguments: string[], env: Record<string, string>): Promise<void> {
  const child = spawn(program, programArguments, { cwd: examples, env: { ...process.env, ...env } });
  processes.push(child);
  let said = "";
  await new Promise<void>((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`it did not start: ${said}`)), startMsMax);
    const listen = (chunk: Buffer): void => {
      said += chunk.toString();
      if (!signsOfLife.some((sign) => said.includes(sign))) return;
      clearTimeout(timer);
      resolve();
    };
    child.stdout.on("data", listen);
    child.stderr.on("data", listen);
    child.once("exit", (code) => reject(new Error(`it ended with ${code}: ${said}`)));
  });
}

interface OpenShop {
  readonly url: string;
  readonly shop: TestShop;
  readonly queueId: string;
  readonly endpointId: string;
}

/** A line that lets one in at a time, and the shop that it leads to, told of what happens by webhooks. */
async function openShop(
  start: (port: number, env: Record<string, string>) => Promise<void>,
): Promise<OpenShop> {
  const shop = await server.shop();
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const queue = await shop.queue({ maxConcurrentAdmissions: 1, checkoutUrl: `${url}/checkout` });
  const endpoint = await shop.call("POST", "/api/v1/webhook-endpoints", {
    body: {
      url: `${url}/hooks/stanchion`,
      events: ["order.completed", "queue.consumer.completed", "queue.consumer.denied"],
    },
  });
  await start(port, {
    PORT: String(port),
    STANCHION_URL: server.url,
    STANCHION_ORGANIZATION_ID: shop.organizationId,
    STANCHION_QUEUE_ID: queue.id,
    STANCHION_SECRET_KEY: shop.secretKey,
    STANCHION_PUBLISHABLE_KEY: shop.publishableKey,
    SHOP_URL: url,
    STANCHION_WEBHOOK_SECRET: String(endpoint.body.secret),
    SHOP_COOKIE_SECRET: "a secret of this test's shop, long enough",
  });
  return { url, shop, queueId: queue.id, endpointId: String(endpoint.body.id) };
}

async function startNginx(port: number, env: Record<string, string>): Promise<void> {
  const [shopPort, verifierPort] = [await freePort(), await freePort()];
  const own = { ...env, PORT: String(shopPort), VERIFIER_PORT: String(verifierPort) };
  await run(process.execPath, ["nginx/shop.ts"], own);
  const site = (await readFile(join(examples, "nginx/stanchion.conf"), "utf8"))
    .replace("listen 3000", `listen 127.0.0.1:${port}`)
    .replace(":3001", `:${shopPort}`)
    .replace(":3002", `:${verifierPort}`);
  const paths = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"];
  const kept = paths.map((name) => `${name}_temp_path ${folder}/${name};`).join(" ");
  await mkdir(join(folder, "logs"), { recursive: true });
  const whole = `worker_processes 1; error_log stderr notice; pid ${folder}/nginx.pid; events {}
http { access_log off; ${kept}
${site}
}`;
  await writeFile(join(folder, "nginx.conf"), whole);
  const programArguments = ["-p", folder, "-c", join(folder, "nginx.conf"), "-g", "daemon off;"];
  await run(String(nginx), programArguments, {});
}

const asPage = { accept: "text/html" };

async function startNext(port: number, env: Record<string, string>): Promise<void> {
  const cwd = join(examples, "next-shop");
  const quiet = { ...env, NEXT_TELEMETRY_DISABLED: "1" };
  await promisify(execFile)(process.execPath, [next, "build"], { cwd, env: { ...process.env, ...quiet } });
  await run(process.execPath, [next, "start", "next-shop", "--port", String(port)], quiet);
}

async function newFan(url: string): Promise<Page> {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(url);
  return page;
}

async function joinLine(page: Page): Promise<void> {
  await page.getByRole("button", { name: /join/i }).click();
}

async function goToCheckout(page: Page): Promise<void> {
  await page.getByRole("link", { name: /checkout/i }).click();
  await page.getByRole("heading", { name: "Checkout" }).waitFor();
}

/** Three clicks at once, in the page. */
function payThrice(): Promise<{ status: number; text: string }[]> {
  const pay = async () => {
    const answer = await fetch("/checkout/pay", { method: "POST" });
    return { status: answer.status, text: await answer.text() };
  };
  return Promise.all([pay(), pay(), pay()]);
}

/** The line in a page of the shop's own, rendered by its server: from there to the checkout, without a complaint of the browser. */
async function comeByOwnRoom(url: string): Promise<void> {
  const page = await newFan(url);
  const complaints: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(String(error)));
  const rendered = await (await page.request.get(`${url}/line`)).text();
  expect(rendered).toContain("Looking for your place in line");
  await page.getByRole("link", { name: "Wait in line here" }).click();
  await page.getByText("You are not in line yet.").waitFor();
  await page.getByRole("button", { name: "Join the line" }).click();
  await page.getByText("It is your turn.").waitFor();
  await page.getByRole("timer").waitFor();
  if (process.env.SCREENSHOTS) await page.screenshot({ path: join(process.env.SCREENSHOTS, "own-room.png") });
  await goToCheckout(page);
  expect(page.url()).toBe(`${url}/checkout?shoe=42`);
  expect(complaints).toEqual([]);
  await page.context().close();
}

const shops: [string, (port: number, env: Record<string, string>) => Promise<void>, boolean][] = [
  ["Express", (_, env) => run(process.execPath, ["express-shop/shop.ts"], env), true],
  ["Fastify", (_, env) => run(process.execPath, ["fastify-shop/shop.ts"], env), true],
  ["Hono", (_, env) => run(process.execPath, ["hono-shop/shop.ts"], env), true],
  ["a Worker", (_, env) => run(process.execPath, ["worker-shop/serve.ts"], env), true],
  ["nginx", startNginx, nginx !== undefined],
  ["Next", startNext, hasNext],
];

it.each(shops.filter(([, , isThere]) => isThere))(
  "a shop with %s lets the admitted buy, and then the next",
  async (name, start) => {
    const { url, shop, queueId, endpointId } = await openShop(start);

    const first = await newFan(url);
    await first.getByRole("link", { name: "Buy" }).click();
    await first.waitForURL(`${server.url}/q/${queueId}`);
    await joinLine(first);
    await goToCheckout(first);
    expect(first.url()).toBe(`${url}/checkout?shoe=42`);
    expect(await first.getByText("Size 42").count()).toBe(1);
    const cookies = await first.context().cookies(url);
    const own = cookies.filter(({ name }) => name === `__Host-stanchion_${queueId}`);
    expect(own).toMatchObject([{ httpOnly: true, secure: true, sameSite: "Lax" }]);
    await first.reload();
    expect(await first.getByRole("button", { name: "Pay" }).count()).toBe(1);

    const second = await newFan(`${url}/checkout`);
    await joinLine(second);
    await second
      .getByText(/next|in front|line/i)
      .filter({ visible: true })
      .first()
      .waitFor();
    expect(await second.getByRole("link", { name: /checkout/i }).count()).toBe(0);
    const asProgram = await fetch(`${url}/checkout/pay`, { method: "POST", headers: { accept: "*/*" } });
    const refusal = { status: asProgram.status, body: (await asProgram.json()) as { code: string } };
    expect(refusal).toMatchObject({ status: 401, body: { code: "AUTHENTICATION_REQUIRED" } });
    const forged = await fetch(`${url}/hooks/stanchion`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: '{"id":"evt_1","type":"queue.consumer.completed","data":{}}',
    });
    expect(forged.status).toBe(401);

    await first.getByRole("button", { name: "Pay" }).click();
    await first.getByText("It is paid.").waitFor();
    await first.getByText("The line has confirmed it.").waitFor();
    const delivered = await server.until(
      () => shop.call("GET", `/api/v1/webhook-endpoints/${endpointId}/deliveries?status=DELIVERED`),
      (answer) => (answer.body.data as unknown[]).length === 2,
    );
    const types = (delivered.body.data as { type: string }[]).map(({ type }) => type);
    expect(types.toSorted()).toEqual(["order.completed", "queue.consumer.completed"]);
    const { body } = await shop.call("GET", "/api/v1/orders");
    expect(body.data).toMatchObject([{ status: "PAID", total: "120.00", distributionId: queueId }]);
    // Behind nginx the session ends when the webhook has come.
    await server.until(
      async () => (await first.request.get(`${url}/checkout`, { maxRedirects: 0, headers: asPage })).status(),
      (status) => status === 303,
    );
    await first.goto(`${url}/checkout`);
    await first.waitForURL(`${server.url}/q/${queueId}`);

    await goToCheckout(second);
    const answers = await second.evaluate(payThrice);
    expect(answers.filter(({ status }) => status >= 500)).toEqual([]);
    expect(answers.some(({ text }) => text.includes("It is paid."))).toBe(true);
    const all = await shop.call("GET", "/api/v1/orders");
    const states = (all.body.data as { status: string }[]).map(({ status }) => status);
    expect(states).toEqual(["PAID", "PAID"]);
    await first.context().close();
    await second.context().close();
    if (name === "Next") await comeByOwnRoom(url);
  },
  240_000,
);

it.each([examples, ...(hasNext ? [join(examples, "next-shop")] : [])])(
  "what is in %s compiles",
  async (project) => {
    const tsc = join(root, "node_modules/.bin/tsc");
    const complaints = await promisify(execFile)(tsc, ["--project", project]).then(
      () => "",
      (error: { stdout?: string }) => error.stdout || String(error),
    );
    expect(complaints).toBe("");
  },
  120_000,
);
