import type { FastifyRequest } from "fastify";
import { clientNetwork } from "../rate-limits/index.ts";

const forwardingHeaders = [
  "forwarded",
  "via",
  "x-real-ip",
  "x-client-ip",
  "true-client-ip",
  "x-cluster-client-ip",
];

/**
 * Does the request come from this very machine, through no proxy? The connection alone is believed. A page that a browser here
 * shows speaks for its site, not for the machine.
 */
export function isFromThisMachine(request: FastifyRequest): boolean {
  const { headers, socket } = request.raw;
  const address = socket.remoteAddress ?? "";
  const isLoopback = address === "::1" || clientNetwork(address).startsWith("127.");
  const isForwarded = Object.keys(headers).some(
    (name) => name.startsWith("x-forwarded-") || forwardingHeaders.includes(name),
  );
  return isLoopback && !isForwarded && headers.origin === undefined;
}
