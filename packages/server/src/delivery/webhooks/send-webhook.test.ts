import { createServer, type Socket } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createAddressGuard } from "./address-guard.ts";
import { type Outcome, sendWebhook } from "./send-webhook.ts";

const guard = createAddressGuard({ allowsPrivateNetworks: true });

describe("a receiver", () => {
  let manner: (socket: Socket) => void = () => {};
  let port = 0;
  let connections = 0;
  const sockets = new Set<Socket>();
  const listener = createServer((socket) => {
    connections += 1;
    sockets.add(socket);
    socket.on("error", () => {}).on("close", () => sockets.delete(socket));
    manner(socket);
  });
  beforeAll(async () => {
    await new Promise<void>((resolve) => listener.listen(0, "127.0.0.1", resolve));
    port = Object(listener.address()).port;
  });
  afterAll(() => {
    guard.close();
    for (const socket of sockets) socket.destroy();
    listener.close();
  });
  const send = async (
    to: (socket: Socket) => void,
    scheme = "http",
    isKept = false,
  ): Promise<Outcome & { tookMs: number }> => {
    manner = to;
    if (!isKept) for (const socket of sockets) socket.destroy();
    const startedAtMs = performance.now();
    const request = { url: `${scheme}://127.0.0.1:${port}/`, headers: {}, body: "{}" };
    const outcome = await sendWebhook(guard, request, { timeoutMs: 400 });
    return { ...outcome, tookMs: performance.now() - startedAtMs };
  };
  const answering = (text: string) => (socket: Socket) => void socket.on("data", () => socket.write(text));

  it("that says nothing is too slow at the end of the time, and so is one whose head never ends", async () => {
    for (const slow of [
      () => {},
      (socket: Socket) => {
        socket.write("HTTP/1.1 200 OK\r\n");
        const drip = setInterval(() => socket.write("X: y\r\n"), 20);
        socket.on("close", () => clearInterval(drip));
      },
    ]) {
      const outcome = await send(slow);
      expect(outcome).toMatchObject({ status: null, failure: "TOO_SLOW" });
      expect(outcome.tookMs).toBeLessThan(2_000);
    }
  });

  it("that has said a status is believed, however slowly the rest comes", async () => {
    const outcome = await send((socket) => {
      socket.write("HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n");
      const drip = setInterval(() => socket.write("y"), 20);
      socket.on("close", () => clearInterval(drip));
    });
    expect(outcome).toMatchObject({ status: 200, failure: null, answer: expect.stringMatching(/^y+$/) });
    expect(outcome.tookMs).toBeLessThan(2_000);
  });

  it("that sends without end is read no further than what is shown", async () => {
    let sent = 0;
    const outcome = await send((socket) => {
      socket.once("data", () => {
        socket.write("HTTP/1.1 500 No\r\nTransfer-Encoding: chunked\r\n\r\n");
        const chunk = `10000\r\n${"z".repeat(65_536)}\r\n`;
        const pour = (): void => {
          while (!socket.destroyed && socket.write(chunk)) sent += 65_536;
        };
        socket.on("drain", pour);
        pour();
      });
    });
    expect(outcome).toMatchObject({ status: 500, answer: "z".repeat(1_000) });
    expect(sent).toBeLessThan(30_000_000);
  });

  it("that breaks off, speaks no HTTP or has a head of any size has given no answer", async () => {
    for (const broken of [
      (socket: Socket) => void socket.destroy(),
      answering("SSH-2.0-OpenSSH\r\n\r\n"),
      answering(`HTTP/1.1 200 OK\r\nX: ${"x".repeat(20_000)}\r\n\r\n`),
    ])
      expect(await send(broken)).toMatchObject({ status: null, failure: "BROKEN_OFF" });
  });

  it("that speaks no TLS is not secure", async () => {
    expect(await send(answering("HTTP/1.1 200 OK\r\n\r\n"), "https")).toMatchObject({
      failure: "NOT_SECURE",
    });
  });

  it("that is not there is not connected", async () => {
    const request = { url: "http://127.0.0.1:1/", headers: {}, body: "{}" };
    expect(await sendWebhook(guard, request)).toMatchObject({ status: null, failure: "NOT_CONNECTED" });
  });

  it("that has closed a kept connection is sent to once more on a new one", async () => {
    const answer = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
    expect(await send(answering(answer))).toMatchObject({ status: 200 });
    const before = connections;
    for (const socket of sockets) {
      socket.removeAllListeners("data");
      socket.on("data", () => socket.resetAndDestroy());
    }
    expect(await send(answering(answer), "http", true)).toMatchObject({ status: 200 });
    expect(connections).toBe(before + 1);
  });

  it.each([
    ["7", 7],
    ["0", 0],
    ["Thu, 01 Jan 1970 00:00:00 GMT", 0],
    ["soon", null],
  ])("that asks for %s before the next is heard", async (given, expected) => {
    const outcome = await send(
      answering(`HTTP/1.1 503 No\r\nRetry-After: ${given}\r\nContent-Length: 0\r\n\r\n`),
    );
    expect(outcome.retryAfterSeconds).toEqual(expected);
  });
});
