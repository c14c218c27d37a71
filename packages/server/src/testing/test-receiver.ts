import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** One request that a shop's system has been sent. */
export interface ReceivedWebhook {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  /** As it came over the wire. */
  readonly text: string;
  readonly body: { readonly id: string; readonly type: string; readonly data: Record<string, unknown> };
  readonly atMs: number;
}

/** A system of the shop's that is told what happens. */
export interface TestReceiver {
  readonly url: string;
  readonly received: readonly ReceivedWebhook[];
  /** What it does with a request from now on; at first it answers 204. */
  answer: (webhook: ReceivedWebhook, response: ServerResponse) => void;
  stop(): Promise<void>;
}

export async function startTestReceiver(): Promise<TestReceiver> {
  const received: ReceivedWebhook[] = [];
  const http = createServer((request, response) => {
    const pieces: Buffer[] = [];
    request.on("data", (piece: Buffer) => pieces.push(piece));
    request.on("end", () => {
      const text = Buffer.concat(pieces).toString();
      const { headers, url = "" } = request;
      const webhook = { path: url, headers, text, body: JSON.parse(text), atMs: Date.now() };
      received.push(webhook);
      receiver.answer(webhook, response);
    });
  });
  await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
  const receiver: TestReceiver = {
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}`,
    received,
    answer: (_, response) => void response.writeHead(204).end(),
    async stop() {
      http.closeAllConnections();
      await new Promise((resolve) => http.close(resolve));
    },
  };
  return receiver;
}
