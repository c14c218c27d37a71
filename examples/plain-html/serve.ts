/** Serves the page with the SDK's modules from this repository: node examples/plain-html/serve.ts */
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { fileURLToPath } from "node:url";
import { rolldown } from "rolldown";

const names = ["STANCHION_URL", "STANCHION_PUBLISHABLE_KEY", "STANCHION_QUEUE_ID", "CHECKOUT_URL"];
const port = Number(process.env.PORT ?? "3000");

const bundle = await rolldown({
  input: fileURLToPath(import.meta.resolve("@stanchion/sdk")),
  platform: "browser",
});
const { output } = await bundle.generate({
  format: "esm",
  entryFileNames: "index.js",
  chunkFileNames: "[name].js",
});
const modules = new Map(
  output.flatMap((part) => (part.type === "chunk" ? [[`/sdk/${part.fileName}`, part.code]] : [])),
);
modules.set("/room.js", await readOwn("room.js"));
const page = names.reduce(
  (text, name) => text.replace(`%${name}%`, () => asAttribute(process.env[name] ?? "")),
  await readOwn("index.html"),
);

createServer((request, response) => {
  const { pathname } = new URL(request.url ?? "/", "http://localhost");
  const code = modules.get(pathname);
  if (code !== undefined) response.writeHead(200, { "content-type": "text/javascript" }).end(code);
  else if (pathname === "/")
    response.writeHead(200, { "content-type": "text/html; charset=utf-8" }).end(page);
  else response.writeHead(404, { "content-type": "text/plain" }).end("There is no such page.");
}).listen(port, () => console.log(`The shop is at http://127.0.0.1:${port}`));

function readOwn(name: string): Promise<string> {
  return readFile(new URL(name, import.meta.url), "utf8");
}

function asAttribute(value: string): string {
  return value.replaceAll("&", "&amp;").replaceAll('"', "&quot;");
}
