/** Tells of what stands in the way: the page by an event, and the developer who has set it up in the console. */
import { StanchionError } from "@stanchion/sdk";
import type { Tell } from "./line-events.ts";
import { isSetupFault } from "./setup-fault.ts";

/** `hasHeard`: the server has answered before, so that its address is right. */
export type Report = (error: StanchionError, hasHeard: boolean) => void;

/** @param address of the server */
export function reportFrom(host: Pick<Element, "localName">, address: string, tell: Tell): Report {
  const told = new Set<string>();
  return (error, hasHeard) => {
    const { code, message, docs, requestId } = error;
    tell("stanchion-error", { code, message });
    const isAddress = !hasHeard && (code === "NETWORK_ERROR" || code === "INVALID_RESPONSE");
    if (told.has(code) || !(isSetupFault(error) || isAddress || code === "INVALID_ARGUMENT")) return;
    told.add(code);
    console.error(
      [
        `<${host.localName}>: ${code}. ${message}`,
        ...(isAddress || code === "ROUTE_NOT_FOUND"
          ? [
              `The server is taken to be at ${address}: see base-url, and connect-src of the page's Content-Security-Policy.`,
            ]
          : []),
        ...(requestId === null ? [] : [requestId]),
        addressOf(docs, address),
      ].join(" "),
    );
  };
}

/** The page of a code; the server need not be where the attributes say. */
function addressOf(docs: string, address: string): string {
  try {
    return new URL(docs, address).href;
  } catch {
    return docs;
  }
}

/** An attribute that cannot be right. */
export function argumentFault(argument: string, message: string): StanchionError {
  return new StanchionError({
    code: "INVALID_ARGUMENT",
    type: "invalid_argument",
    message,
    details: { argument },
  });
}
