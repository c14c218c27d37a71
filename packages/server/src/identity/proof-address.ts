import { isOwnOrigin } from "../platform/http/index.ts";

/**
 * Is `htu` the address that the request was sent to? Compared without query and fragment, and normalized as RFC 3986 says. Where
 * the public address is known, it alone counts: of a proof that was made for another server, that server could send us the Host.
 */
export function isAddressOf(
  htu: string,
  request: { readonly target: string; readonly host: string | undefined },
  publicUrl: string | null,
): boolean {
  const base = "http://this.server";
  if (!URL.canParse(htu) || !URL.canParse(request.target, base)) return false;
  const given = new URL(htu);
  const path = new URL(request.target, base).pathname;
  if (publicUrl === null)
    return isOwnOrigin(given.origin, request.host, null) && isSamePath(given.pathname, path);
  const known = new URL(publicUrl);
  const prefix = known.pathname.replace(/\/$/, "");
  return given.origin === known.origin && isSamePath(given.pathname, prefix + path);
}

function isSamePath(one: string, other: string): boolean {
  return one === other || normalized(one) === normalized(other);
}

const escapeOfUnreserved = /%(?:2[DdEe]|3[0-9]|[46][1-9A-Fa-f]|[57][0-9Aa]|5[Ff]|7[Ee])/g;

function normalized(path: string): string {
  return path
    .replace(escapeOfUnreserved, (found) => decodeURIComponent(found))
    .replace(/%[0-9a-f]{2}/gi, (found) => found.toUpperCase());
}
