/** A shop's site on a port of its own, whose pages a test writes. */
import { createServer, type OutgoingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";

export interface ShopSite {
  /** Without a slash at its end. */
  readonly url: string;
  /** What its page is from now on, whatever the path. */
  show(html: string, headers?: OutgoingHttpHeaders): void;
  close(): Promise<void>;
}

export async function startShopSite(): Promise<ShopSite> {
  let page: { html: string; headers: OutgoingHttpHeaders } = { html: "", headers: {} };
  const server = createServer((_request, response) => {
    response.writeHead(200, { "Content-Type": "text/html; charset=utf-8", ...page.headers });
    response.end(`<!doctype html><link rel="icon" href="data:,"><title>A shop</title>${page.html}`);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    show(html, headers = {}) {
      page = { html, headers };
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
