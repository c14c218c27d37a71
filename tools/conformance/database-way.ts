import { type AddressInfo, connect, createServer, type Socket } from "node:net";

/** A way to the database that can be cut. */
export interface DatabaseWay {
  /** The database's address by this way. */
  readonly url: string;
  /** Ends every connection and takes no more. */
  cut(): Promise<void>;
}

export async function openDatabaseWay(databaseUrl: string): Promise<DatabaseWay> {
  const target = new URL(databaseUrl);
  const sockets = new Set<Socket>();
  const gate = createServer((near) => {
    const far = connect(Number(target.port || 5432), target.hostname);
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on("error", () => {});
      socket.on("close", () => sockets.delete(socket));
    }
    near.pipe(far).pipe(near);
  });
  await new Promise<void>((resolve) => void gate.listen(0, "127.0.0.1", resolve));
  const url = new URL(target);
  url.host = `127.0.0.1:${(gate.address() as AddressInfo).port}`;
  return {
    url: url.href,
    async cut() {
      const closed = new Promise((resolve) => gate.close(resolve));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
