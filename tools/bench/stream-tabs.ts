import { once } from "node:events";
import { connect, type Socket } from "node:net";
import type { MeasuredServer } from "./measured-server.ts";

const openedAtOnce = 50;
const settleMs = 2_000;

export interface TabsInput {
  readonly tabs: number;
  readonly seconds: number;
  readonly queueId: string;
  readonly joinsPerSecond: number;
  readonly admitsPerMinute: number;
  /** One fan joins; answers with the status. */
  join(index: number): Promise<number>;
}

/** What one tab was told. */
interface Tab {
  readonly socket: Socket;
  bytes: number;
  messages: number;
  isOver: boolean;
}

/** So many tabs on the stream of one line that moves: what each is told, and what that takes the server. */
export async function measureTabs(
  server: MeasuredServer,
  { tabs: count, seconds, queueId, joinsPerSecond, admitsPerMinute, join }: TabsInput,
): Promise<Record<string, unknown>> {
  const tabs: Tab[] = [];
  while (tabs.length < count) {
    const next = Math.min(openedAtOnce, count - tabs.length);
    tabs.push(...(await Promise.all(Array.from({ length: next }, () => openTab(server.port, queueId)))));
  }
  await pass(settleMs);
  for (const tab of tabs) Object.assign(tab, { bytes: 0, messages: 0 });
  const before = await server.facts();
  const beganAtMs = performance.now();
  const statuses = await joinEvenly(joinsPerSecond, seconds, join);
  const after = await server.facts();
  const minutes = (performance.now() - beganAtMs) / 60_000;
  for (const { socket } of tabs) socket.destroy();

  const sum = (of: (tab: Tab) => number): number => tabs.reduce((all, tab) => all + of(tab), 0);
  const cpuSeconds = (after.cpuMicros - before.cpuMicros) / 1_000_000;
  const result = {
    tabs: count,
    seconds: minutes * 60,
    over: tabs.filter(({ isOver }) => isOver).length,
    joined: statuses["201"] ?? 0,
    messagesPerTabAndMinute: sum(({ messages }) => messages) / count / minutes,
    bytesPerTabAndMinute: sum(({ bytes }) => bytes) / count / minutes,
    cpuPercentOfOneCore: (cpuSeconds / (minutes * 60)) * 100,
    cpuMicrosPerMessage: (cpuSeconds * 1_000_000) / sum(({ messages }) => messages),
    residentMegabytes: Math.round(after.residentBytes / 1_048_576),
  };
  console.log(`
${count.toLocaleString("en")} tabs on one stream of one process, for ${result.seconds.toFixed(0)} s, while ${joinsPerSecond} a second join and ${admitsPerMinute} a minute are admitted:
- ${result.joined} have joined (${JSON.stringify(statuses)}); ${result.over} of the streams have ended
- each fan is sent ${result.messagesPerTabAndMinute.toFixed(1)} messages and ${Math.round(result.bytesPerTabAndMinute).toLocaleString("en")} bytes a minute, heads of chunks included
- the process takes ${result.cpuPercentOfOneCore.toFixed(1)} % of one core, joins and worker included: ${result.cpuMicrosPerMessage.toFixed(1)} µs for each message to each fan; it holds ${result.residentMegabytes} MB`);
  return result;
}

async function openTab(port: number, queueId: string): Promise<Tab> {
  const socket = connect(port, "127.0.0.1");
  const tab: Tab = { socket, bytes: 0, messages: 0, isOver: false };
  let rest = "";
  socket.setEncoding("latin1");
  socket.on("error", () => {});
  socket.on("close", () => {
    tab.isOver = true;
  });
  socket.on("data", (chunk: string) => {
    tab.bytes += chunk.length;
    const lines = (rest + chunk).split("\n");
    rest = lines.pop() ?? "";
    tab.messages += lines.filter((line) => line.startsWith("event:")).length;
  });
  socket.write(
    `GET /api/v1/queues/${queueId}/stream HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: text/event-stream\r\n\r\n`,
  );
  const [head] = (await once(socket, "data")) as [string];
  if (!head.startsWith("HTTP/1.1 200")) throw new Error(`a stream was refused: ${head.slice(0, 300)}`);
  return tab;
}

/** The statuses of all, counted. */
async function joinEvenly(
  perSecond: number,
  seconds: number,
  join: (index: number) => Promise<number>,
): Promise<Record<string, number>> {
  const statuses: Record<string, number> = {};
  const beganAtMs = performance.now();
  const joins: Promise<void>[] = [];
  for (let index = 0; index < perSecond * seconds; index += 1) {
    await pass(beganAtMs + (index * 1_000) / perSecond - performance.now());
    const joined = join(index).then((status) => {
      statuses[status] = (statuses[status] ?? 0) + 1;
    });
    joins.push(joined);
  }
  await pass(beganAtMs + seconds * 1_000 - performance.now());
  await Promise.all(joins);
  return statuses;
}

function pass(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, Math.max(0, ms)));
}
