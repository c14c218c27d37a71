/** The session of a fan without a script: the tokens that a script would keep, in a cookie that only this server reads. */
import { createHash } from "node:crypto";
import { encodeId, idPrefixes, limits } from "@stanchion/contract";
import type { FastifyRequest } from "fastify";
import type { LineView } from "../distributions/queues/index.ts";
import { cookieNamed, isPlainHttpHere } from "../platform/http/index.ts";

export interface PlainSession {
  readonly accessToken: string;
  readonly refreshToken: string;
  /** Random: by it this browser is told from others. */
  readonly mark: string;
  /** Of the line that was looked at last; another line takes no notice of it. */
  readonly lineToken: string;
  /** The entry in that line and the first position that was shown of it. */
  readonly entryId: string;
  readonly firstPosition: number;
}

const divider = "~";
const tokenPattern = /^[A-Za-z0-9._-]*$/;

/** The session of this browser with the shop of the line, or null. */
export function readPlainSession(
  request: FastifyRequest,
  view: LineView,
  publicUrl: string | null,
): PlainSession | null {
  const value = cookieNamed(request, nameOf(view, isPlainHttpHere(request, publicUrl)));
  const parts = value?.split(divider) ?? [];
  const [accessToken = "", refreshToken = "", mark = "", lineToken = "", entryId = "", first = ""] = parts;
  const isWhole = parts.length === 6 && parts.every((part) => tokenPattern.test(part));
  if (!isWhole || accessToken === "" || refreshToken === "" || mark.length < 16) return null;
  return { accessToken, refreshToken, mark, lineToken, entryId, firstPosition: Number(first) || 0 };
}

/** A Set-Cookie header; null takes the cookie back. */
export function plainSessionCookie(
  request: FastifyRequest,
  view: LineView,
  publicUrl: string | null,
  session: PlainSession | null,
): readonly [string, string] {
  const isPlain = isPlainHttpHere(request, publicUrl);
  const { accessToken, refreshToken, mark, lineToken, entryId, firstPosition } = session ?? {};
  const parts = [accessToken, refreshToken, mark, lineToken, entryId, firstPosition];
  const value = session === null ? "" : parts.join(divider);
  const age = session === null ? 0 : limits.refreshTokenSeconds;
  const secure = isPlain ? "" : "; Secure";
  return [
    "Set-Cookie",
    `${nameOf(view, isPlain)}=${value}; Path=/; Max-Age=${age}; HttpOnly; SameSite=Lax${secure}`,
  ];
}

/** What a form on the fan's own page carries, and nobody else can know. */
export function formTokenOf({ mark }: PlainSession): string {
  return createHash("sha256").update(`form ${mark}`).digest("hex").slice(0, 32);
}

/** One for each shop and mode, so that a browser that has been in many lines does not send ever more. */
function nameOf({ row }: LineView, isPlain: boolean): string {
  const shop = encodeId("organization", row.organizationId).slice(idPrefixes.organization.length + 1);
  return `${isPlain ? "" : "__Host-"}stanchion_fan_${shop}_${row.isLive ? "live" : "test"}`;
}
