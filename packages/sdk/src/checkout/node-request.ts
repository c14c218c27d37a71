/** What Node's http, and so Express and Fastify, hands over; written down here so that no framework is needed. */

/** The parts of an incoming request that are read. */
export interface NodeRequest {
  readonly method?: string | undefined;
  readonly url?: string | undefined;
  /** Where a router has taken a part away from `url`. */
  readonly originalUrl?: string | undefined;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
}

/** The request as `fetch` knows it, without a body. Its host is made up: no answer depends on it. */
export function webRequestOf({ method = "GET", url = "/", originalUrl, headers }: NodeRequest): Request {
  const given = Object.entries(headers).flatMap(([name, value]): [string, string][] => {
    if (value === undefined || name.startsWith(":")) return [];
    return [[name, typeof value === "string" ? value : value.join("; ")]];
  });
  const path = originalUrl ?? url;
  // An address that begins with two slashes would be taken for another host's.
  const address = path.startsWith("/") ? `http://shop.invalid${path}` : "http://shop.invalid/";
  return new Request(address, { method: isForbidden(method) ? "GET" : method, headers: given });
}

/** `fetch` takes no request of these methods, and nobody checks out by them. */
function isForbidden(method: string): boolean {
  return /^(connect|trace|track)$/i.test(method);
}
