import { pageMaxAgeSeconds } from "./static-answer.ts";

/** What a page may load: its own style and script from this server, and nothing else. */
export const docsPolicy =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** The headers of a page that may be kept for a while. */
export function pageHeaders(contentPolicy: string): readonly string[] {
  return ["Cache-Control", `public, max-age=${pageMaxAgeSeconds}`, ...securityHeaders(contentPolicy)];
}

export function securityHeaders(contentPolicy: string): readonly string[] {
  return [
    "Content-Security-Policy",
    contentPolicy,
    "Referrer-Policy",
    "no-referrer",
    "X-Content-Type-Options",
    "nosniff",
    "Cross-Origin-Opener-Policy",
    "same-origin",
  ];
}
