import { connect, type Socket } from "node:net";

export interface LoadResult {
  readonly requests: number;
  readonly seconds: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
  readonly statuses: Readonly<Record<string, number>>;
}

/**
 * Sends `total` requests over `connections` sockets, one under way on each: callers who wait for their answer.
 * With `keepsAwake` the callers never sleep, which takes a core of their own.
 * Requests are made by `requestOf` as whole HTTP texts; answers are read by Content-Length and not parsed further.
 */
export async function runLoad(
  port: number,
  connections: number,
  total: number,
  requestOf: (index: number) => string,
  onAnswer?: (index: number, status: number, text: () => string) => void,
  keepsAwake = true,
): Promise<LoadResult> {
  let next = 0;
  const latencies = new Float64Array(total);
  const statuses: Record<string, number> = {};
  const startedAt = performance.now();
  const lane = (socket: Socket): Promise<void> =>
    new Promise((resolve, reject) => {
      let received: Buffer = Buffer.alloc(0);
      let index = -1;
      let sentAt = 0;
      const send = (): void => {
        if (next >= total) {
          socket.end();
          resolve();
          return;
        }
        index = next;
        next += 1;
        sentAt = performance.now();
        socket.write(requestOf(index));
      };
      socket.on("data", (chunk: Buffer) => {
        received = received.length === 0 ? chunk : Buffer.concat([received, chunk]);
        const headEnd = received.indexOf("\r\n\r\n");
        if (headEnd < 0) return;
        const head = received.toString("latin1", 0, headEnd);
        const length = Number(/content-length: (\d+)/i.exec(head)?.[1] ?? 0);
        if (received.length < headEnd + 4 + length) return;
        const body = received.subarray(headEnd + 4, headEnd + 4 + length);
        received = received.subarray(headEnd + 4 + length);
        latencies[index] = performance.now() - sentAt;
        const status = head.slice(9, 12);
        statuses[status] = (statuses[status] ?? 0) + 1;
        onAnswer?.(index, Number(status), () => body.toString());
        send();
      });
      socket.on("error", reject);
      send();
    });
  const sockets = await Promise.all(
    Array.from(
      { length: connections },
      () =>
        new Promise<Socket>((resolve, reject) => {
          const socket = connect({ port, host: "127.0.0.1", noDelay: true }, () => resolve(socket));
          socket.once("error", reject);
        }),
    ),
  );
  let isRunning = true;
  // Kept awake: waking a caller that sleeps would be counted as the server's time, many µs for each answer in a virtual machine.
  const spin = (): void => {
    if (isRunning && keepsAwake) setImmediate(spin);
  };
  spin();
  await Promise.all(sockets.map(lane));
  isRunning = false;
  const seconds = (performance.now() - startedAt) / 1000;
  latencies.sort();
  const at = (share: number): number => latencies[Math.min(total - 1, Math.floor(total * share))] ?? 0;
  return { requests: total, seconds, p50: at(0.5), p99: at(0.99), statuses };
}
