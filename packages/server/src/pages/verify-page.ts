import { verifyPage } from "@stanchion/dashboard";
import type { FastifyInstance } from "fastify";
import { noteRoute, writeAnswer } from "../platform/http/index.ts";

const path = "/verify";
const maxAgeSeconds = 300;

/** The page that recomputes a draw in the reader's browser. It is the same for everybody, and asks this server for proofs only. */
export function registerVerifyPage(app: FastifyInstance): void {
  noteRoute("GET", path);
  app.get(path, async (request, reply) => {
    const { body, gzip, policy } = await verifyPage();
    const isGzip = String(request.headers["accept-encoding"] ?? "").includes("gzip");
    writeAnswer(request, reply, {
      status: 200,
      body: isGzip ? gzip : body,
      contentType: "text/html; charset=utf-8",
      headers: [
        "Content-Security-Policy",
        policy,
        "Referrer-Policy",
        "no-referrer",
        "X-Content-Type-Options",
        "nosniff",
        "Cache-Control",
        `public, max-age=${maxAgeSeconds}`,
        "Vary",
        "Accept-Encoding",
        ...(isGzip ? ["Content-Encoding", "gzip"] : []),
      ],
    });
    app.noteSuccess(request, 200);
  });
}
