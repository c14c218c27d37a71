/** Origins of web pages, as an organization lists them and as browsers send them. */
const label = "[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?";
/** `*` for the first label, with at least two behind it: nobody means all of .com. */
const wildcard = new RegExp(`^(https?://)\\*(\\.${label}(?:\\.${label})+(?::\\d+)?)$`);
/** Apps on phones and extensions send schemes of their own. */
const ofOtherScheme = /^[a-z][a-z0-9+.-]*:\/\/[a-z0-9._-]+(?::\d+)?$/;
const oneLabel = new RegExp(`^${label}$`);

/**
 * Can it stand in a list: an origin exactly as browsers write it, or one with `*` in place of the first label of its host?
 * Never `null`, a path, a port that goes without saying, or `*` anywhere else.
 *
 * @example isListableOrigin("https://*.shop.example") // true
 */
export function isListableOrigin(given: string): boolean {
  const filled = given.replace(wildcard, "$1x$2");
  if (filled.includes("*") || !URL.canParse(filled)) return false;
  const { protocol, origin, hostname } = new URL(filled);
  if (protocol === "http:" || protocol === "https:")
    return origin === filled && (filled === given || !isAddress(hostname));
  return protocol !== "file:" && ofOtherScheme.test(given);
}

/**
 * Is a page's origin in the list? A wildcard stands for exactly one label: `https://*.shop.example` holds
 * `https://www.shop.example`, and neither `https://shop.example` nor `https://a.b.shop.example`.
 */
export function isOriginListed(list: readonly string[], origin: string): boolean {
  return list.some((listed) => (listed.includes("*") ? matchesWildcard(listed, origin) : listed === origin));
}

function matchesWildcard(listed: string, origin: string): boolean {
  const [, before = "", after = ""] = wildcard.exec(listed) ?? [];
  return (
    after !== "" &&
    origin.length > before.length + after.length &&
    origin.startsWith(before) &&
    origin.endsWith(after) &&
    oneLabel.test(origin.slice(before.length, -after.length))
  );
}

/** Browsers read a host whose last label is a number as an address. */
function isAddress(hostname: string): boolean {
  return /(^|\.)\d+$/.test(hostname) || hostname.startsWith("[");
}
