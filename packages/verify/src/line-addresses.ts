/** Where the parts of a line's evidence are, as URLs. */
export interface LineAddresses {
  readonly id: string;
  readonly proof: string;
  readonly leaves: string;
  readonly jwks: string;
  /** Of an organization's fairness log. */
  readonly log: (organizationId: string) => string;
}

/**
 * The addresses of a line's opening, from any that leads to it: the fan's page of the line, the line's own address, its proof's, or
 * that of the page that verifies. Null for what is no address of a line.
 *
 * @example findLineAddresses("https://shop.example/q/queue_01…")?.leaves
 */
export function findLineAddresses(address: string): LineAddresses | null {
  if (!URL.canParse(address)) return null;
  const url = new URL(address);
  const ofPath = /\/(?:queues|q)\/(queue_\w+)(?:\/|$)/.exec(url.pathname)?.[1];
  const queueId = url.searchParams.get("queue") ?? ofPath;
  const isOfWeb = url.protocol === "https:" || url.protocol === "http:";
  if (!isOfWeb || queueId === undefined || !/^queue_\w+$/.test(queueId)) return null;
  // A server may stand below a path of its host.
  const base = url.pathname
    .replace(/(?:\/api\/v1\/queues\/.*|\/q\/queue_.*|\/verify\/?)$/, "")
    .replace(/\/$/, "");
  const proof = `${url.origin}${base}/api/v1/queues/${queueId}/proof`;
  return {
    id: queueId,
    proof,
    leaves: `${proof}/leaves`,
    jwks: `${url.origin}${base}/.well-known/jwks.json`,
    log: (organizationId) =>
      `${url.origin}${base}/api/v1/organizations/${encodeURIComponent(organizationId)}/fairness-log`,
  };
}
