/** Serves the verify page as the server does, and beside it draws and a line that were made for the tests. */
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { proveEntry } from "../../../verify/src/testing/make-draw-entry-proof.ts";
import type { LoggedLine } from "../../../verify/src/testing/make-line-log.ts";
import { type LoggedDraw, wholeLog } from "../../../verify/src/testing/make-log.ts";
import { verifyPage } from "../verify-page.ts";

export interface FakeDrawServer {
  readonly url: string;
  /** The draw that every id leads to. */
  draw: LoggedDraw;
  /** The line that every id leads to, whose organization's log is shown then. */
  line: LoggedLine | null;
  /** Leaves that come and never end, until this is false again. */
  isSlow: boolean;
  readonly asked: string[];
  close(): Promise<void>;
}

export async function startFakeDrawServer(draw: LoggedDraw): Promise<FakeDrawServer> {
  const { body, policy } = await verifyPage();
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? "", "http://server");
    fake.asked.push(pathname);
    if (pathname === "/verify") {
      response.setHeader("Content-Security-Policy", policy);
      response.setHeader("Content-Type", "text/html; charset=utf-8");
      response.end(body);
    } else answer(pathname, response);
  });
  const answer = (pathname: string, response: ServerResponse): void => {
    const shown = fake.line ?? fake.draw;
    const { proof, leaves, jwks } = shown;
    const [, rest] = /^\/api\/v1\/(?:draws|queues)\/\w+\/proof(\/.*)?$/.exec(pathname) ?? [null, null];
    const entryId = /^\/entries\/(.*)$/.exec(rest ?? "")?.[1];
    if (pathname === "/.well-known/jwks.json") response.end(JSON.stringify(jwks));
    else if (pathname.endsWith("/fairness-log")) response.end(JSON.stringify(wholeLog(shown)));
    else if (rest === undefined) response.end(JSON.stringify(proof));
    else if (rest === "/leaves" && fake.isSlow) response.write(`${leaves[0]}\n`);
    else if (rest === "/leaves") response.end(leaves.map((leaf) => `${leaf}\n`).join(""));
    else if (entryId !== undefined) {
      const index = leaves.findIndex((leaf) => leaf.includes(entryId));
      response.end(JSON.stringify(proveEntry(fake.draw, index)));
    } else response.writeHead(404).end();
  };
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const fake: FakeDrawServer = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    draw,
    line: null,
    isSlow: false,
    asked: [],
    close: () =>
      new Promise((done) => {
        server.closeAllConnections();
        server.close(() => done());
      }),
  };
  return fake;
}
