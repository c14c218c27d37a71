/** Where the parts of a draw's evidence are, as URLs. */
export interface DrawAddresses {
  readonly id: string;
  readonly proof: string;
  readonly leaves: string;
  readonly jwks: string;
  /** Of one entry's proof. */
  readonly entry: (entryId: string) => string;
  /** Of an organization's fairness log. */
  readonly log: (organizationId: string) => string;
}

/**
 * The addresses of a draw, from any that leads to it: the fan's page of the draw, the draw's own address, its proof's, or that of the
 * page that verifies. Null for what is no address of a draw.
 *
 * @example findDrawAddresses("https://shop.example/d/draw_01…")?.leaves
 */
export function findDrawAddresses(address: string): DrawAddresses | null {
  if (!URL.canParse(address)) return null;
  const url = new URL(address);
  const ofPath = /\/(?:draws|d)\/(draw_\w+)(?:\/|$)/.exec(url.pathname)?.[1];
  const drawId = url.searchParams.get("draw") ?? ofPath;
  const isOfWeb = url.protocol === "https:" || url.protocol === "http:";
  if (!isOfWeb || drawId === undefined || !/^draw_\w+$/.test(drawId)) return null;
  // A server may stand below a path of its host.
  const base = url.pathname
    .replace(/(?:\/api\/v1\/draws\/.*|\/d\/draw_.*|\/verify\/?)$/, "")
    .replace(/\/$/, "");
  const proof = `${url.origin}${base}/api/v1/draws/${drawId}/proof`;
  return {
    id: drawId,
    proof,
    leaves: `${proof}/leaves`,
    jwks: `${url.origin}${base}/.well-known/jwks.json`,
    log: (organizationId) =>
      `${url.origin}${base}/api/v1/organizations/${encodeURIComponent(organizationId)}/fairness-log`,
    entry: (entryId) => `${proof}/entries/${encodeURIComponent(entryId)}`,
  };
}
