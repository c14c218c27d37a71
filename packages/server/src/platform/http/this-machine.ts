import type { FastifyRequest } from "fastify";

const loopbackAddresses: readonly string[] = ["127.0.0.1", "::1", "::ffff:127.0.0.1"];
const forwardingHeaders = ["x-forwarded-for", "x-forwarded-host", "x-real-ip", "forwarded", "via"];

/** Does the caller sit on this machine, and not behind a proxy on it? */
export function isFromThisMachine(request: FastifyRequest): boolean {
  const isForwarded = forwardingHeaders.some((name) => request.headers[name] !== undefined);
  return !isForwarded && loopbackAddresses.includes(request.raw.socket.remoteAddress ?? "");
}
