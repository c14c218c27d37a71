import type { FastifyRequest } from "fastify";
import { clientNetwork } from "../rate-limits/index.ts";

/**
 * What the client of a request is counted by. From the connection; from X-Forwarded-For only as far as the proxies that
 * TRUST_PROXY names vouch for it: read from the right, the first address that is none of theirs.
 */
export function clientNetworkOf(request: FastifyRequest): string {
  const { raw } = request;
  const forwarded = raw.headers["x-forwarded-for"];
  return clientNetwork(forwarded === undefined ? (raw.socket.remoteAddress ?? "") : request.ip);
}
