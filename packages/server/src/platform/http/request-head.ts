import type { IncomingMessage } from "node:http";
import { limits } from "@stanchion/contract";

const requestIdPattern = new RegExp(`^[A-Za-z0-9_-]{1,${limits.requestIdCharactersMax}}$`);

/** May a caller's own request id be kept? */
export function isRequestId(given: string): boolean {
  return requestIdPattern.test(given);
}

/**
 * Is it a request of HTTP/1 that means one thing to everybody on its way? Node accepts other versions, no Host and several of
 * what must stand once, and then takes the first while a proxy may take the last.
 */
export function isSoundHead({ httpVersion, rawHeaders }: IncomingMessage): boolean {
  let hosts = 0;
  let credentials = 0;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] ?? "";
    if (name.length === 4 && name.toLowerCase() === "host") hosts += 1;
    else if (name.length === 13 && name.toLowerCase() === "authorization") credentials += 1;
  }
  if (hosts > 1 || credentials > 1) return false;
  return httpVersion === "1.1" ? hosts === 1 : httpVersion === "1.0";
}

/** The path of a request as the router sees it: without scheme and host, query and fragment, and with its escapes read. */
export function pathOf(target: string): string {
  const [path = ""] = target.replace(/^https?:\/\/[^/?#]*/i, "").split(/[?#]/, 1);
  try {
    return decodeURI(path) || "/";
  } catch {
    return path;
  }
}

/** Is a part of the path empty, as in `/queues/`? The router takes that for an empty parameter; nothing has an empty id. */
export function hasEmptyPart(target: string): boolean {
  if (!target.includes("//") && !target.endsWith("/") && !target.includes("/?")) return false;
  const path = pathOf(target);
  return path !== "/" && /\/(\/|$)/.test(path);
}

/** Does a body follow the head? */
export function hasBody({ headers }: IncomingMessage): boolean {
  const length = headers["content-length"];
  return headers["transfer-encoding"] !== undefined || (length !== undefined && Number(length) > 0);
}
