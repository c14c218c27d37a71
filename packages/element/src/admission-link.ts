/** The checkout's address with the token in its query; null where there is none that a page may link to. */
export function checkoutHref(checkoutUrl: string | null, token: string): string | null {
  if (checkoutUrl === null || !/^https?:/i.test(checkoutUrl)) return null;
  try {
    const url = new URL(checkoutUrl);
    url.searchParams.set("admission_token", token);
    return url.href;
  } catch {
    return null;
  }
}

/** Is the token good for at least `marginMs` more? Not verified: the shop does that. True when it cannot be read. */
export function isTokenFresh(token: string, serverNowMs: number, marginMs: number): boolean {
  try {
    const payload = (token.split(".")[1] ?? "").replaceAll("-", "+").replaceAll("_", "/");
    const { exp } = JSON.parse(atob(payload)) as { readonly exp?: unknown };
    return typeof exp !== "number" || exp * 1_000 - serverNowMs >= marginMs;
  } catch {
    return true;
  }
}
