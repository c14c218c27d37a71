import type { ConformanceServer } from "./conformance-server.ts";
import { type Exchange, jsonOf, sendRequest } from "./exchange.ts";

/** Follows the docs address of every code once. */
export interface DocsCheck {
  note(server: ConformanceServer, exchange: Exchange): void;
  /** Addresses that do not lead to a page which names the code. */
  faults(): Promise<string[]>;
}

export function createDocsCheck(): DocsCheck {
  const pages = new Map<string, string>();
  let home: string | null = null;
  return {
    note(server, { answer }) {
      // A server that stops cannot be asked afterwards; its pages are those of the others.
      if (!server.runsAlone) home ??= server.url;
      const body = answer.status >= 400 ? jsonOf(answer) : null;
      if (typeof body?.docs !== "string" || typeof body.code !== "string") return;
      // The public address may be one that is not reached from here; the page is the server's own.
      if (URL.canParse(body.docs, server.url)) pages.set(new URL(body.docs, server.url).pathname, body.code);
    },
    async faults() {
      const serverUrl = home;
      if (serverUrl === null) return [];
      const found = await Promise.all([...pages].map(([path, code]) => faultOf(serverUrl, path, code)));
      return found.filter((fault) => fault !== null);
    },
  };
}

async function faultOf(serverUrl: string, path: string, code: string): Promise<string | null> {
  const request = { method: "GET", path, headers: { Accept: "text/html" }, body: null, isRaw: false };
  const page = await sendRequest(serverUrl, request).catch(() => null);
  const isPage = page?.status === 200 && page.headers.get("content-type")?.startsWith("text/html");
  if (isPage && page.text.includes(code)) return null;
  return `the docs address of ${code} answers ${page?.status ?? "nothing"}, or not with a page that names it`;
}
