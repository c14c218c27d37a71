/** Origins as browsers send them, and whose they are. */
const originPattern = /^[a-z][a-z0-9+.-]*:\/\/[A-Za-z0-9._~%:[\]-]{1,262}$/;

/** Can it be one web page's origin? `null`, lists, addresses with a path and garbage cannot, and are never told anything. */
export function isReadableOrigin(origin: string): boolean {
  return originPattern.test(origin);
}

/**
 * Is it a page of this very server? A browser cannot be made to lie about Origin or Host. Where TLS ends may be known to the
 * public address alone, so its host is believed only with its scheme.
 */
export function isOwnOrigin(origin: string, host: string | undefined, publicUrl: string | null): boolean {
  if (publicUrl !== null) {
    const known = new URL(publicUrl);
    if (known.origin === origin) return true;
    if (known.host === host) return false;
  }
  if (!URL.canParse(origin)) return false;
  const url = new URL(origin);
  const isWrittenByBrowser = url.origin === origin && (url.protocol === "http:" || url.protocol === "https:");
  return isWrittenByBrowser && url.host === host;
}
