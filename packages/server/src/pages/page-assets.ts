import { type Asset, readThemeStyle } from "@stanchion/dashboard";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { apiError } from "../platform/errors/index.ts";
import { hasETag, noteRoute, writeAnswer } from "../platform/http/index.ts";

const forEver = [
  "Cache-Control",
  "public, max-age=31536000, immutable",
  "X-Content-Type-Options",
  "nosniff",
] as const;

const sharedSeconds = 300;
const byEncoding = ["Vary", "Accept-Encoding"] as const;
const encodings = ["br", "gzip", "plain"] as const;

/** A file that never changes under its path. */
export function registerAsset(app: FastifyInstance, asset: Asset): void {
  noteRoute("GET", asset.path);
  app.get(asset.path, async (request, reply) => {
    const { body, headers } = await packedFor(request, asset);
    writeAnswer(request, reply, {
      status: 200,
      body,
      contentType: asset.contentType,
      headers: [...forEver, ...headers],
    });
    app.noteSuccess(request, 200);
  });
}

/** The same file under an address that stays, for pages of other sites: they ask again after a while. */
export function registerShared(app: FastifyInstance, path: string, asset: Asset): void {
  const hash = hashOf(asset.path);
  noteRoute("GET", path);
  app.get(path, async (request, reply) => {
    const packed = await packedFor(request, asset);
    const headers = [
      "Cache-Control",
      `public, max-age=${sharedSeconds}`,
      "ETag",
      `"${hash}-${packed.encoding}"`,
      "Cross-Origin-Resource-Policy",
      "cross-origin",
      "Access-Control-Allow-Origin",
      "*",
      "X-Content-Type-Options",
      "nosniff",
    ];
    const known = request.headers["if-none-match"];
    // However it is packed, it is the same file.
    if (encodings.some((encoding) => hasETag(known, `"${hash}-${encoding}"`))) {
      writeAnswer(request, reply, { status: 304, headers: [...headers, ...byEncoding] });
      return app.noteSuccess(request, 304);
    }
    writeAnswer(request, reply, {
      status: 200,
      body: packed.body,
      contentType: asset.contentType,
      headers: [...headers, ...packed.headers],
    });
    app.noteSuccess(request, 200);
  });
}

/** It stands in the name already. */
function hashOf(path: string): string {
  return /-(\w+)\.\w+$/.exec(path)?.[1] ?? "";
}

interface Packed {
  readonly encoding: (typeof encodings)[number];
  readonly body: Buffer;
  readonly headers: readonly string[];
}

/** The smallest form that the browser takes; browsers offer Brotli where the connection is safe. */
async function packedFor(request: FastifyRequest, asset: Asset): Promise<Packed> {
  const accepted = String(request.headers["accept-encoding"] ?? "");
  if (asset.brotli !== undefined && /\bbr\b/.test(accepted))
    return {
      encoding: "br",
      body: await asset.brotli(),
      headers: ["Content-Encoding", "br", ...byEncoding],
    };
  if (accepted.includes("gzip"))
    return { encoding: "gzip", body: asset.gzip, headers: ["Content-Encoding", "gzip", ...byEncoding] };
  return { encoding: "plain", body: asset.body, headers: byEncoding };
}

/** The styles of themes: each is made from its own name, by any process. */
export function registerThemeStyles(app: FastifyInstance): void {
  noteRoute("GET", "/assets/themes/{file}");
  app.get("/assets/themes/:file", (request, reply) => {
    const found = readThemeStyle((request.params as { file?: string }).file ?? "");
    if (found === null) throw apiError("ROUTE_NOT_FOUND");
    writeAnswer(request, reply, {
      status: 200,
      body: found.style,
      contentType: "text/css; charset=utf-8",
      // Of a page that another version of the server made, during a deployment: it is shown, and not kept.
      headers: found.isCurrent ? forEver : ["X-Content-Type-Options", "nosniff"],
    });
    app.noteSuccess(request, 200);
  });
}
