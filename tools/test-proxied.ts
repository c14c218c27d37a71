/**
 * npm run test:proxied: runs the tests of the server that speak HTTP through a proxy that judges every answer by the OpenAPI
 * document. Requests are not judged: many are meant to be invalid.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { glob, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { Agent, createServer, request, type Server } from "node:http";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { openapiDocument } from "@stanchion/contract";

const root = dirname(import.meta.dirname);
const prism = join(root, "tools/trade/node_modules/@stoplight/prism-cli/dist/index.js");
const startMs = 60_000;
/**
 * Streams are held back by the proxy; exact limits are about many calls at the same moment and the connection's own address; strange
 * requests are bytes that no proxy passes on as they are, and strange origins headers that none does; every fault of every field is
 * judged by the same document in the conformance run, and takes minutes here; two cookies of one answer come out of the proxy as one. The others hold time and load to account, which a proxy beside them changes.
 */
const leftOut =
  /stream|rate-limits|strange-requests|browser-origins|read-json|validation\.test|http-server\.test|\/line-|admission-rate|request-code|clashes|own-member-routes|many-wrong-sign-ins|held-connections/;

process.exitCode = await main(process.argv.slice(2));

async function main(given: readonly string[]): Promise<number> {
  await installTools();
  const folder = await mkdtemp(join(tmpdir(), "stanchion-proxied-"));
  const relay = await startRelay();
  const port = await findFreePort();
  const document = join(folder, "openapi.json");
  await writeFile(document, JSON.stringify(withoutSecurity(openapiDocument("/"))));
  const proxy = startProxy(document, relay.url, port);
  try {
    await whenListening(port, proxy);
    const files = given.length > 0 ? given : await findTests();
    const code = await runTests(files, `http://127.0.0.1:${port}`);
    console.error(`${relay.passed()} requests went through the proxy.`);
    return relay.passed() === 0 ? 1 : code;
  } finally {
    proxy.kill("SIGTERM");
    relay.server.closeAllConnections();
    relay.server.close();
    await rm(folder, { recursive: true, force: true });
  }
}

async function installTools(): Promise<void> {
  const installing = spawn(process.execPath, [join(root, "tools/trade/install.mjs")], { stdio: "inherit" });
  const [code] = (await once(installing, "exit")) as [number | null];
  if (code !== 0) throw new Error("The proxy could not be installed.");
}

/** The proxy has one upstream, the tests have many servers: a header says which is meant. */
async function startRelay(): Promise<{ server: Server; url: string; passed: () => number }> {
  let passed = 0;
  // A server that was stopped must not be met again on a connection that was kept.
  const agent = new Agent({ keepAlive: false });
  const server = createServer((incoming, answer) => {
    const { "x-test-upstream": upstream, ...headers } = incoming.headers;
    passed += 1;
    const onward = request(
      `${upstream}${incoming.url}`,
      {
        agent,
        method: incoming.method ?? "GET",
        headers: { ...headers, host: new URL(String(upstream)).host },
      },
      (response) => {
        answer.writeHead(response.statusCode ?? 502, response.rawHeaders);
        response.pipe(answer);
      },
    );
    onward.on("error", () => answer.destroy());
    incoming.pipe(onward);
  });
  // The proxy keeps its connections and sends on one that was closed a moment ago.
  server.keepAliveTimeout = 0;
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  return {
    server,
    url: `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}`,
    passed: () => passed,
  };
}

async function findFreePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  return typeof address === "object" ? (address?.port ?? 0) : 0;
}

/** Who may call is judged by the server: the proxy would answer 401 by itself, whether or not its requests are judged. */
function withoutSecurity(document: Record<string, unknown>): unknown {
  return JSON.parse(JSON.stringify(document), (key, value) => (key === "security" ? undefined : value));
}

function startProxy(document: string, upstream: string, port: number): ChildProcess {
  const options = ["--errors", "--validate-request=false", "--cors=false", "--verboseLevel", "fatal"];
  return spawn(process.execPath, [prism, "proxy", document, upstream, "--port", String(port), ...options], {
    stdio: ["ignore", "ignore", "inherit"],
    env: { ...process.env, SCARF_ANALYTICS: "false" },
  });
}

async function whenListening(port: number, proxy: ChildProcess): Promise<void> {
  const deadline = Date.now() + startMs;
  for (;;) {
    if (proxy.exitCode !== null) throw new Error(`The proxy ended with exit code ${proxy.exitCode}.`);
    if (Date.now() > deadline) throw new Error("The proxy did not listen in time.");
    const socket = connect(port, "127.0.0.1");
    const isListening = await new Promise<boolean>((done) => {
      socket.once("connect", () => done(true));
      socket.once("error", () => done(false));
    });
    socket.destroy();
    if (isListening) return;
    await sleep(100);
  }
}

/** The tests that ask a server of their own by HTTP. */
async function findTests(): Promise<string[]> {
  const found: string[] = [];
  for await (const file of glob("packages/server/src/**/*.test.ts", { cwd: root })) {
    if (!leftOut.test(file) && (await readFile(join(root, file), "utf8")).includes("startTestServer("))
      found.push(file);
  }
  return found.sort();
}

async function runTests(files: readonly string[], proxyUrl: string): Promise<number> {
  const tests = spawn(process.execPath, [join(root, "tools/test.ts"), ...files], {
    cwd: root,
    stdio: "inherit",
    env: { ...process.env, STANCHION_TEST_PROXY: proxyUrl },
  });
  const [code] = (await once(tests, "exit")) as [number | null];
  return code ?? 1;
}
