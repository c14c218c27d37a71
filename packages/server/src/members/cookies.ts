import { limits } from "@stanchion/contract";
import type { FastifyRequest } from "fastify";

/** The cookies of the dashboard: who is signed in, and which browsers have signed in before. */
export type CookieName = "session" | "devices";

const ageSeconds: Readonly<Record<CookieName, number>> = {
  session: limits.memberSessionSeconds,
  devices: limits.knownDeviceSeconds,
};

/**
 * Over plain http on the machine itself browsers refuse cookies that ask for TLS, so there they go by a plain name. Everywhere
 * else only the name with `__Host-` is set and read: no page of a sister domain can plant one.
 */
export function isPlainHttpHere(request: FastifyRequest, publicUrl: string | null): boolean {
  if (publicUrl?.startsWith("https:")) return false;
  const host = (request.headers.host ?? "").replace(/:\d+$/, "");
  return host === "localhost" || host === "[::1]" || /^127\.\d+\.\d+\.\d+$/.test(host);
}

/** The value of a cookie of ours, or null. */
export function readCookie(
  request: FastifyRequest,
  name: CookieName,
  publicUrl: string | null,
): string | null {
  const { cookie } = request.headers;
  if (cookie === undefined) return null;
  const start = `${fullName(name, isPlainHttpHere(request, publicUrl))}=`;
  for (const part of cookie.split(";")) {
    const trimmed = part.trim();
    if (trimmed.startsWith(start)) return trimmed.slice(start.length);
  }
  return null;
}

/** A Set-Cookie header; a value of null takes the cookie back. */
export function cookieHeader(
  request: FastifyRequest,
  name: CookieName,
  value: string | null,
  publicUrl: string | null,
): readonly ["Set-Cookie", string] {
  const isPlain = isPlainHttpHere(request, publicUrl);
  const age = value === null ? 0 : ageSeconds[name];
  const secure = isPlain ? "" : "; Secure";
  return [
    "Set-Cookie",
    `${fullName(name, isPlain)}=${value ?? ""}; Path=/; Max-Age=${age}; HttpOnly; SameSite=Strict${secure}`,
  ];
}

function fullName(name: CookieName, isPlain: boolean): string {
  return `${isPlain ? "" : "__Host-"}stanchion_${name}`;
}
