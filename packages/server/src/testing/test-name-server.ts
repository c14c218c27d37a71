import { createSocket } from "node:dgram";
import { once } from "node:events";
import { decode, encode, type RecordType } from "dns-packet";

/** A server of names on this machine, which answers what it is told to; what it has no answer for there is not. */
export interface TestNameServer {
  /** As resolvers take it. */
  readonly address: string;
  /** The answers of a name one after the other, the last for ever: IPv4 and IPv6 addresses. */
  answer(name: string, ...answers: (readonly string[])[]): void;
  /** How often an IPv4 address of the name was asked for. */
  asked(name: string): number;
  stop(): void;
}

export async function startTestNameServer(): Promise<TestNameServer> {
  const answers = new Map<string, (readonly string[])[]>();
  const counts = new Map<string, number>();
  const socket = createSocket("udp4");
  socket.on("message", (message, from) => {
    const { id, questions = [] } = decode(message);
    const [question] = questions;
    if (question === undefined) return;
    const { name, type } = question;
    const known = answers.get(name);
    // Both families are asked for, IPv4 first: they see the same answer.
    if (type === "A") counts.set(name, (counts.get(name) ?? 0) + 1);
    const turn = Math.max(0, (counts.get(name) ?? 1) - 1);
    const found = known?.[Math.min(turn, known.length - 1)] ?? [];
    const matching = found.filter((address) => address.includes(":") === (type === "AAAA"));
    const notThere = known === undefined ? 3 : 0;
    socket.send(
      encode({
        type: "response",
        id: id ?? 0,
        flags: 0x8180 | notThere,
        questions,
        answers: matching.map((data) => ({ name, type: type as RecordType & ("A" | "AAAA"), ttl: 0, data })),
      }),
      from.port,
      from.address,
    );
  });
  socket.bind(0, "127.0.0.1");
  await once(socket, "listening");
  return {
    address: `127.0.0.1:${socket.address().port}`,
    answer: (name, ...given) => void answers.set(name, given),
    asked: (name) => counts.get(name) ?? 0,
    stop: () => void socket.close(),
  };
}
