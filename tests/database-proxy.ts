import { connect, createServer, type Socket } from "node:net";

/** Stands between a server and its database, and can keep the database's answers to itself. */
export interface DatabaseProxy {
  readonly url: string;
  /**
   * From now on a connection that sends what matches gets no answers any more; what it sent has reached the database. A statement
   * that was prepared before is known by its name, which stands in what is sent.
   */
  holdAnswers(sent: RegExp): void;
  readonly heldCount: number;
  release(): void;
  stop(): Promise<void>;
}

export async function startDatabaseProxy(databaseUrl: string): Promise<DatabaseProxy> {
  const target = new URL(databaseUrl);
  const sockets = new Set<Socket>();
  let held: RegExp | null = null;
  let heldCount = 0;
  const server = createServer((fromServer) => {
    const toDatabase = connect(Number(target.port || 5432), target.hostname);
    let isHeld = false;
    for (const socket of [fromServer, toDatabase]) {
      sockets.add(socket);
      socket.on("error", () => {});
    }
    fromServer.on("data", (chunk) => {
      if (!isHeld && held?.test(chunk.toString("latin1"))) {
        isHeld = true;
        heldCount += 1;
      }
      toDatabase.write(chunk);
    });
    toDatabase.on("data", (chunk) => {
      if (!isHeld) fromServer.write(chunk);
    });
    fromServer.on("close", () => {
      sockets.delete(fromServer);
      toDatabase.destroy();
    });
    toDatabase.on("close", () => {
      sockets.delete(toDatabase);
      fromServer.destroy();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  const url = new URL(databaseUrl);
  url.hostname = "127.0.0.1";
  url.port = String(address.port);
  return {
    url: url.href,
    holdAnswers(sent) {
      held = sent;
      heldCount = 0;
    },
    get heldCount() {
      return heldCount;
    },
    release() {
      held = null;
    },
    async stop() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
