import { operationNames, operationOf } from "@stanchion/contract";

/** The validating proxy that stands before the servers of this run, and the header that tells its relay which of them is meant. */
const proxyUrl = process.env.STANCHION_TEST_PROXY;
export const upstreamHeader = "x-test-upstream";

interface Sent {
  readonly method: string;
  readonly route: string;
  readonly body: unknown;
  readonly rawBody: unknown;
}

/**
 * Where to send a call of a test, and what to send besides: through the proxy where there is one and it can pass the call on
 * unchanged, so that an answer outside the OpenAPI document fails the test.
 */
export function throughProxy(url: string, sent: Sent): { url: string; headers: Record<string, string> } {
  return proxyUrl !== undefined && isPassedOnUnchanged(sent)
    ? { url: proxyUrl, headers: { [upstreamHeader]: url } }
    : { url, headers: {} };
}

// Bytes are read as text by the proxy, and a stream is held back until it ends.
const notJudged: readonly string[] = ["readDepartedSegment", "streamBoard", "streamDraw", "streamEvents"];

const documented = operationNames
  .filter((name) => !notJudged.includes(name))
  .map((name) => {
    const { method, path } = operationOf(name);
    const pattern = path.replace(/[.]/g, "\\.").replace(/\{\w+\}/g, "[A-Za-z0-9_-]+");
    return new RegExp(`^${method} ${pattern}(\\?[A-Za-z0-9_=&.-]*)?$`);
  });

/**
 * The proxy answers by itself what is not in the document (other routes and methods, HEAD among them), and reads a body and
 * writes it anew: what only a raw body can say must go past it.
 */
function isPassedOnUnchanged({ method, route, body, rawBody }: Sent): boolean {
  const isPlain =
    rawBody === undefined && (body === undefined || (typeof body === "object" && body !== null));
  // The proxy reads the query into an object.
  return (
    isPlain &&
    !route.includes("__proto__") &&
    documented.some((pattern) => pattern.test(`${method} ${route}`))
  );
}

/** Throws where an answer is the proxy's own: the server's was outside the document, or the proxy could not pass it on. */
export function refuseProxyAnswer(asked: string, headers: Headers, text: string): void {
  if (proxyUrl === undefined) return;
  if (headers.get("x-request-id") === null) throw new Error(`${asked} was answered by the proxy: ${text}`);
  // A status that the document does not know is only a warning to the proxy, in a header of its own.
  const violations = headers.get("sl-violations");
  if (violations?.includes('"location":["response"') === true)
    throw new Error(`${asked} was answered outside the OpenAPI document: ${violations}`);
}
