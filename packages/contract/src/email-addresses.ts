/** E-mail addresses as they can be delivered by every provider: RFC 5322's dot-atom, `@`, and a host name in ASCII. */
const atom = "[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+";
const dotAtom = new RegExp(`^${atom}(?:\\.${atom})*$`);
const hostLabel = "[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?";
const hostName = new RegExp(`^${hostLabel}(?:\\.${hostLabel})*$`);
/** What a host name of another script is written in; everything else is left out, which URLs would read as something of theirs. */
const internationalHost = /^[\p{L}\p{M}\p{N}.。-]+$/u;
const isAscii = (text: string): boolean => /^\p{ASCII}*$/u.test(text);
/** Of RFC 5321, for the whole of it. */
const hostCharactersMax = 253;

/** Does it end in a host name, behind one `@` with a dot-atom before it? Hosts of other scripts count by their ASCII form. */
export function isEmailAddress(given: string): boolean {
  const { local, host } = partsOf(given);
  return dotAtom.test(local) && asciiHost(host) !== null;
}

/** Is everything before the `@` ASCII? Only few providers take mail for other addresses (RFC 6531). */
export function isLocalPartAscii(given: string): boolean {
  return isAscii(partsOf(given).local);
}

/**
 * An address as it is kept and compared: in lower case, a host of another script in its ASCII form (RFC 5890).
 *
 * @example canonicalEmail("Ada@Exämple.org") // "ada@xn--exmple-cua.org"
 */
export function canonicalEmail(given: string): string {
  const { local, host } = partsOf(given);
  const ascii = asciiHost(host);
  return ascii === null ? given.toLowerCase() : `${local}@${ascii}`.toLowerCase();
}

function partsOf(given: string): { local: string; host: string } {
  const at = given.lastIndexOf("@");
  return at < 0 ? { local: "", host: "" } : { local: given.slice(0, at), host: given.slice(at + 1) };
}

function asciiHost(host: string): string | null {
  if (isAscii(host)) return hostName.test(host) ? host : null;
  const address = `http://${host}`;
  if (!internationalHost.test(host) || !URL.canParse(address)) return null;
  const { hostname } = new URL(address);
  // A last label of digits makes it an address of the network to URLs.
  const isName = hostName.test(hostname) && !/(^|\.)\d+$/.test(hostname);
  return isName && hostname.length <= hostCharactersMax ? hostname : null;
}
