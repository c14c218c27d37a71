/**
 * The script of the API reference, 5 MB that its package keeps inside a module. A process of its own takes it out and
 * compresses it when somebody first asks: here the module would stay in memory for ever.
 */
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { brotliCompressSync, gzipSync, constants as zlib } from "node:zlib";
import { hashOf, type StaticFile } from "./static-answer.ts";

const compressedBytesMax = 16_777_216;
// Higher levels take seconds for a few per cent, and somebody is waiting.
const brotliQuality = 5;
const gzipLevel = 6;

let loading: Promise<StaticFile> | null = null;

/** The address of the script: another version of the package has another. */
export function referenceScriptPath(): string {
  const manifest = new URL("../package.json", import.meta.resolve("@scalar/fastify-api-reference"));
  const { version } = JSON.parse(readFileSync(manifest, "utf8")) as { version: string };
  return `/docs/assets/api-reference-${version}.js`;
}

/** The script, compressed; a failure is tried again with the next request. */
export function loadReferenceScript(): Promise<StaticFile> {
  loading ??= loadInOtherProcess().catch((error: unknown) => {
    loading = null;
    throw error;
  });
  return loading;
}

async function loadInOtherProcess(): Promise<StaticFile> {
  const { stdout } = await promisify(execFile)(process.execPath, [fileURLToPath(import.meta.url)], {
    encoding: "buffer",
    maxBuffer: compressedBytesMax,
  });
  const gzipBytes = stdout.readUInt32BE(0);
  // Copies, so that the buffer which the output was gathered in can go.
  const gzip = Buffer.from(stdout.subarray(4, 4 + gzipBytes));
  const br = Buffer.from(stdout.subarray(4 + gzipBytes));
  return {
    contentType: "text/javascript; charset=utf-8",
    hash: hashOf(gzip),
    body: null,
    compressed: { br, gzip },
  };
}

/** Asks the package for its script in the way that it offers: by a route. */
async function takeScript(): Promise<Buffer> {
  const [{ fastify }, { default: apiReference }] = await Promise.all([
    import("fastify"),
    import("@scalar/fastify-api-reference"),
  ]);
  const app = fastify();
  await app.register(apiReference, { routePrefix: "/reference", configuration: { url: "/openapi.json" } });
  const { statusCode, rawPayload } = await app.inject({ url: "/reference/js/scalar.js" });
  if (statusCode !== 200)
    throw new Error(`the package of the API reference answered ${statusCode} for its script`);
  return rawPayload;
}

async function writeScript(): Promise<void> {
  const script = await takeScript();
  const gzip = gzipSync(script, { level: gzipLevel });
  const br = brotliCompressSync(script, { params: { [zlib.BROTLI_PARAM_QUALITY]: brotliQuality } });
  const head = Buffer.alloc(4);
  head.writeUInt32BE(gzip.length);
  process.stdout.write(Buffer.concat([head, gzip, br]));
}

// Run as a process of its own, it writes the length of the gzip form, that form, and the brotli form.
if (import.meta.main) await writeScript();
