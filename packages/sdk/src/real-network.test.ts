/** The client over a real connection, in a process of its own: Node's own fetch, streams and timers. */
import { spawn } from "node:child_process";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, expect, it } from "vitest";
import { boardWith, entryWith, queueId, tokens } from "./testing/fake-server.ts";

let server: Server;
let origin: string;
let openStreams: number;
beforeEach(async () => {
  openStreams = 0;
  server = createServer((request, response) => {
    const route = `${request.method} ${request.url?.replace("/api/v1", "")}`;
    if (route === `GET /queues/${queueId}/stream`) {
      openStreams += 1;
      response.once("close", () => {
        openStreams -= 1;
      });
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.write(`event: board\ndata: ${JSON.stringify(boardWith({ nowServing: 60 }))}\n\n`);
      return;
    }
    const isGuest = route === "POST /auth/guest";
    response.writeHead(201, { "content-type": "application/json" });
    response.end(JSON.stringify(isGuest ? tokens("cons_1", "access-1") : entryWith()));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

it("enters, follows the stream, and lets the process end by itself once the watch is stopped", async () => {
  const program = `
    import { Stanchion } from ${JSON.stringify(new URL("./index.ts", import.meta.url).href)};
    const stanchion = new Stanchion({ publishableKey: "pk_test_1", baseUrl: "${origin}" });
    await stanchion.queues.enter("${queueId}");
    const watch = stanchion.queues.watch("${queueId}", {
      onChange: ({ connection, position }) => {
        if (connection !== "stream" || position !== 40) return;
        console.log("position", position);
        watch.stop();
      },
    });
  `;
  const child = spawn(process.execPath, ["--input-type=module", "--eval", program]);
  let output = "";
  child.stdout.on("data", (text) => {
    output += text;
  });
  child.stderr.on("data", (text) => {
    output += text;
  });
  const exitCode = await new Promise((resolve) => child.once("exit", resolve));
  expect(output).toBe("position 40\n");
  expect(exitCode).toBe(0);
  expect(openStreams).toBe(0);
});
