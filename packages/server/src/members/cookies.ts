import { limits } from "@stanchion/contract";
import type { FastifyRequest } from "fastify";
import { cookieNamed, isPlainHttpHere } from "../platform/http/index.ts";

/** The cookies of the dashboard: who is signed in, and which browsers have signed in before. */
export type CookieName = "session" | "devices";

const ageSeconds: Readonly<Record<CookieName, number>> = {
  session: limits.memberSessionSeconds,
  devices: limits.knownDeviceSeconds,
};

/** The value of a cookie of ours, or null. */
export function readCookie(
  request: FastifyRequest,
  name: CookieName,
  publicUrl: string | null,
): string | null {
  return cookieNamed(request, fullName(name, isPlainHttpHere(request, publicUrl)));
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
