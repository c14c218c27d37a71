import { connect, type Socket } from "node:net";

export interface OpenLoadResult {
  readonly offered: number;
  /** Answered with the expected status within the deadline of their arrival, per second, once it is under way. */
  readonly goodPerSecond: number;
  /** Answered 503, per second, once it is under way. */
  readonly refusedPerSecond: number;
  /** Milliseconds from arrival to answer, of all that were answered as expected. */
  readonly p50: number;
  readonly p99: number;
}

const tickMs = 5;

/**
 * Requests that arrive at a fixed rate whatever is answered, over connections that are kept, as a proxy keeps them: each
 * takes the connection that has been free for longest, or waits for one, as long as `patienceMs`; who has found one is answered
 * in time within `deadlineMs` of its arrival.
 * Answers are told by their first line only: reading more would take time from the server.
 */
export async function runOpenLoad(options: {
  port: number;
  connections: number;
  perSecond: number;
  seconds: number;
  patienceMs: number;
  deadlineMs: number;
  /** Until the queues have filled up nothing is counted. */
  warmUpMs: number;
  expected: string;
  requestOf: (index: number) => string;
  /** Ends it before its time. */
  signal?: AbortSignal;
}): Promise<OpenLoadResult> {
  const { port, connections, perSecond, seconds, patienceMs, deadlineMs, warmUpMs, expected, requestOf } =
    options;
  const total = Math.round(perSecond * seconds);
  const arrivedAtMs = new Float64Array(total);
  const latencies: number[] = [];
  const count = { arrived: 0, good: 0, refused: 0 };
  const free: Socket[] = await openAll(port, connections);
  const all = [...free];
  const underWay = new Map<Socket, number>();
  /** The next arrival that no connection has taken yet. */
  let next = 0;
  let startedAt = 0;

  const send = (): void => {
    const now = performance.now();
    while (next < count.arrived && now - (arrivedAtMs[next] ?? 0) > patienceMs) next += 1;
    while (next < count.arrived) {
      const socket = free.shift();
      if (socket === undefined) return;
      underWay.set(socket, next);
      socket.write(requestOf(next));
      next += 1;
    }
  };
  for (const socket of all)
    socket.on("data", (chunk: Buffer) => {
      const index = underWay.get(socket);
      if (index === undefined) return;
      underWay.delete(socket);
      const status = chunk.toString("latin1", 9, 12);
      const tookMs = performance.now() - (arrivedAtMs[index] ?? 0);
      if (status === expected) latencies.push(tookMs);
      free.push(socket);
      if (performance.now() - startedAt < warmUpMs) return;
      if (status === expected && tookMs <= deadlineMs) count.good += 1;
      if (status === "503") count.refused += 1;
    });

  startedAt = performance.now();
  await new Promise<void>((resolve) => {
    const timer = setInterval(() => {
      const now = performance.now();
      const due = Math.min(total, Math.floor(((now - startedAt) / 1000) * perSecond));
      for (; count.arrived < due; count.arrived += 1)
        arrivedAtMs[count.arrived] = startedAt + (count.arrived / perSecond) * 1000;
      send();
      if (now - startedAt < seconds * 1000 && options.signal?.aborted !== true) return;
      clearInterval(timer);
      resolve();
    }, tickMs);
  });
  const tookSeconds = (performance.now() - startedAt - warmUpMs) / 1000;
  for (const socket of all) socket.destroy();
  latencies.sort((a, b) => a - b);
  const at = (share: number): number => latencies[Math.floor((latencies.length - 1) * share)] ?? 0;
  return {
    offered: count.arrived,
    goodPerSecond: count.good / tookSeconds,
    refusedPerSecond: count.refused / tookSeconds,
    p50: at(0.5),
    p99: at(0.99),
  };
}

async function openAll(port: number, connections: number): Promise<Socket[]> {
  const sockets: Socket[] = [];
  while (sockets.length < connections)
    sockets.push(
      ...(await Promise.all(
        Array.from({ length: Math.min(100, connections - sockets.length) }, () => openOne(port)),
      )),
    );
  return sockets;
}

function openOne(port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: "127.0.0.1", noDelay: true }, () => resolve(socket));
    socket.once("error", reject);
  });
}
