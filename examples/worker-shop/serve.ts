/** Serves the worker without a cloud, in a context that has what the web's runtimes have and nothing of Node: node examples/worker-shop/serve.ts */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { fileURLToPath } from "node:url";
import { EdgeVM } from "@edge-runtime/vm";
import { rolldown } from "rolldown";

const bundle = await rolldown({
  input: fileURLToPath(new URL("worker.ts", import.meta.url)),
  platform: "neutral",
});
const { output } = await bundle.generate({ format: "iife", name: "worker", exports: "default" });
const vm = new EdgeVM();
vm.evaluate(`${output[0].code}; globalThis.worker = worker;`);
const env = { ...process.env };

createServer((request, response) => {
  answer(request, response).catch((error: unknown) => {
    console.error(error);
    response.writeHead(500).end();
  });
}).listen(Number(env.PORT ?? "3000"), () =>
  console.log(`The shop is at http://127.0.0.1:${env.PORT ?? "3000"}`),
);

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const pieces: Uint8Array[] = [];
  for await (const piece of request) pieces.push(piece);
  const { Request, worker } = vm.context as unknown as {
    Request: typeof globalThis.Request;
    worker: { fetch(request: Request, env: object): Promise<Response> };
  };
  const { method = "GET", headers, url = "/" } = request;
  const asked = new Request(new URL(url, `http://${headers.host}`).href, {
    method,
    headers: Object.entries(headers).map(([name, value]) => [name, String(value)] as [string, string]),
    ...(pieces.length === 0 ? {} : { body: Buffer.concat(pieces).toString() }),
  });
  const answered = await worker.fetch(asked, env);
  response.statusCode = answered.status;
  for (const [name, value] of answered.headers) response.appendHeader(name, value);
  response.end(await answered.text());
}
