import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { SMTPServer, type SMTPServerOptions } from "smtp-server";

export interface ReceivedMail {
  readonly from: string;
  readonly to: readonly string[];
  /** The message as it came over the wire. */
  readonly raw: string;
}

/** What a provider does with a connection. */
export type ProviderManners = (socket: Socket) => void;

/** A mail provider on a port of its own: an honest one, which can be told to behave in any other way. */
export interface TestMailProvider {
  readonly port: number;
  /** Without user and password, such as smtp://127.0.0.1:2525. */
  readonly url: string;
  /** What the honest one has accepted, the latest last. */
  readonly mails: readonly ReceivedMail[];
  /** Connections that were ever made, and those that are open now. */
  readonly connections: number;
  readonly open: number;
  /** From now on, and until it is honest again; connections that are open are cut. */
  behave(manners: ProviderManners): void;
  behaveHonestly(): void;
  /** Refuses connections, until it comes back on the same port. */
  goAway(): Promise<void>;
  comeBack(): Promise<void>;
  /** When no connection is open. */
  quiet(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts one; the options are those of the honest server. */
export async function startMailProvider(options: SMTPServerOptions = {}): Promise<TestMailProvider> {
  const mails: ReceivedMail[] = [];
  const honest = await startHonestServer(mails, options);
  const relay: ProviderManners = (socket) => {
    const inner = connect(honest.port, "127.0.0.1");
    socket.pipe(inner).pipe(socket);
    inner.on("error", () => socket.destroy());
    socket.on("close", () => inner.destroy());
  };
  let manners = relay;
  let connections = 0;
  const sockets = new Set<Socket>();
  let onQuiet = Promise.withResolvers<void>();
  const front = createServer((socket) => {
    connections += 1;
    sockets.add(socket);
    socket.on("error", () => {});
    socket.on("close", () => {
      sockets.delete(socket);
      if (sockets.size > 0) return;
      onQuiet.resolve();
      onQuiet = Promise.withResolvers<void>();
    });
    manners(socket);
    // Reads on, so that it hears of the other end's going.
    socket.resume();
  });
  const cut = (): void => sockets.forEach((socket) => void socket.destroy());
  const listen = async (port: number): Promise<void> => {
    front.listen(port, "127.0.0.1");
    await once(front, "listening");
  };
  const goAway = async (): Promise<void> => {
    cut();
    await new Promise<void>((resolve) => front.close(() => resolve()));
  };
  await listen(0);
  const { port } = front.address() as AddressInfo;
  return {
    port,
    url: `smtp://127.0.0.1:${port}`,
    mails,
    get connections() {
      return connections;
    },
    get open() {
      return sockets.size;
    },
    behave(next) {
      manners = next;
      cut();
    },
    behaveHonestly() {
      manners = relay;
      cut();
    },
    goAway,
    comeBack: () => listen(port),
    quiet: () => (sockets.size === 0 ? Promise.resolve() : onQuiet.promise),
    async stop() {
      if (front.listening) await goAway();
      await honest.stop();
    },
  };
}

async function startHonestServer(mails: ReceivedMail[], options: SMTPServerOptions) {
  const server = new SMTPServer({
    authOptional: true,
    disableReverseLookup: true,
    closeTimeout: 100,
    logger: false,
    onData(stream, session, done) {
      const chunks: Buffer[] = [];
      stream.on("data", (chunk: Buffer) => chunks.push(chunk));
      stream.on("end", () => {
        const { mailFrom, rcptTo } = session.envelope;
        mails.push({
          from: mailFrom === false ? "" : mailFrom.address,
          to: rcptTo.map((recipient) => recipient.address),
          raw: Buffer.concat(chunks).toString(),
        });
        done();
      });
    },
    ...options,
  });
  // A client that breaks off is part of many tests.
  server.on("error", () => {});
  const listening = server.listen(0, "127.0.0.1");
  await once(listening, "listening");
  const { port } = listening.address() as AddressInfo;
  return { port, stop: () => new Promise<void>((resolve) => server.close(() => resolve())) };
}
