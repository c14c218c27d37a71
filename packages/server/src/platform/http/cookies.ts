import type { FastifyRequest } from "fastify";

/**
 * Over plain http on the machine itself browsers refuse cookies that ask for TLS, so there they go by a plain name. Everywhere
 * else only the name with `__Host-` is set and read: no page of a sister domain can plant one.
 */
export function isPlainHttpHere(request: FastifyRequest, publicUrl: string | null): boolean {
  if (publicUrl?.startsWith("https:")) return false;
  const host = (request.headers.host ?? "").replace(/:\d+$/, "");
  return host === "localhost" || host === "[::1]" || /^127\.\d+\.\d+\.\d+$/.test(host);
}

/** The value of the cookie with this whole name, or null. */
export function cookieNamed(request: FastifyRequest, fullName: string): string | null {
  const start = `${fullName}=`;
  for (const part of (request.headers.cookie ?? "").split(";")) {
    const trimmed = part.trim();
    if (trimmed.startsWith(start)) return trimmed.slice(start.length);
  }
  return null;
}
