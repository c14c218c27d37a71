const tokenParameter = "admission_token";
const pathCharactersMax = 1_024;

/** The admission token in an address; null where there is none. */
export function tokenIn(url: URL): string | null {
  return url.searchParams.get(tokenParameter) || null;
}

/** Path and query of an address without the token: always of this very site, whatever the address holds. */
export function pathWithoutToken(url: URL): string {
  const query = new URLSearchParams(url.search);
  query.delete(tokenParameter);
  const path = url.pathname.replace(/^[/\\]+/, "/");
  const whole = query.size === 0 ? path : `${path}?${query}`;
  return whole.length > pathCharactersMax ? path.slice(0, pathCharactersMax) : whole;
}

/** Is it a path of this site, and no address of another? */
export function isOwnPath(path: unknown): path is string {
  return typeof path === "string" && /^\/(?![/\\])[\x21-\x7e]*$/.test(path);
}
