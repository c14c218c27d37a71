/** Failures that lie in how the page was set up: its developer can mend them, and no fan can. */
import type { StanchionError } from "@stanchion/sdk/state";

/** Does it lie in the key, the id, the address or the origin of the page? */
export function isSetupFault({ code, details }: StanchionError): boolean {
  switch (code) {
    case "INVALID_TOKEN":
    case "TOKEN_EXPIRED":
      return details.credential === "apiKey";
    case "QUEUE_NOT_FOUND":
    case "DRAW_NOT_FOUND":
    case "OTHER_ORGANIZATION":
    case "ORIGIN_NOT_ALLOWED":
    case "KEY_REVOKED":
    case "PUBLISHABLE_KEY_REQUIRED":
    case "ROUTE_NOT_FOUND":
      return true;
    default:
      return false;
  }
}
