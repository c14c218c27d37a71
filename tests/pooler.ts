/** A connection pooler in transaction mode in front of a test's database, if the machine has one: PgBouncer. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { access, chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import pg from "pg";

const program = "pgbouncer";
const startMsMax = 10_000;

export interface Pooler {
  /** The database behind it. */
  readonly url: string;
  /** Lets it make new connections for whatever comes next, as its operator would. */
  reconnect(): Promise<void>;
  stop(): Promise<void>;
}

/** Where the program is; null: this machine does not have it. */
export async function findPooler(): Promise<string | null> {
  const folders = [...(process.env.PATH ?? "").split(delimiter), "/usr/sbin", "/usr/local/sbin"];
  for (const folder of folders) {
    const file = join(folder, program);
    if (
      await access(file).then(
        () => true,
        () => false,
      )
    )
      return file;
  }
  return null;
}

/** Puts a pooler in front of a database, with so few connections that everybody shares them. */
export async function startPooler(file: string, databaseUrl: string, connections: number): Promise<Pooler> {
  const folder = await mkdtemp(join(tmpdir(), "stanchion-pooler-"));
  // It refuses to run as root, and whom it runs as must be able to read this.
  await chmod(folder, 0o755);
  const port = await findFreePort();
  const { hostname, port: databasePort, pathname, username, password } = new URL(databaseUrl);
  const name = pathname.slice(1);
  const target = [`host=${hostname}`, `port=${databasePort || "5432"}`, `dbname=${name}`, `user=${username}`];
  if (password !== "") target.push(`password=${password}`);
  const settings = join(folder, "pooler.ini");
  await writeFile(
    settings,
    `[databases]
${name} = ${target.join(" ")}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = any
admin_users = anybody
pool_mode = transaction
default_pool_size = ${connections}
max_client_conn = 500
`,
  );
  const child = spawn(file, [...(process.getuid?.() === 0 ? ["-u", "nobody"] : []), settings], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  let said = "";
  const isUp = new Promise<void>((resolve, reject) => {
    child.stderr.on("data", (chunk: Buffer) => {
      said += chunk.toString();
      if (said.includes("process up")) resolve();
    });
    child.on("exit", () => reject(new Error(`the pooler did not start: ${said}`)));
    setTimeout(() => reject(new Error(`the pooler does not come up: ${said}`)), startMsMax).unref();
  });
  await isUp;
  return {
    url: `postgres://anybody@127.0.0.1:${port}/${name}`,
    async reconnect() {
      const client = new pg.Client({ connectionString: `postgres://anybody@127.0.0.1:${port}/pgbouncer` });
      await client.connect();
      await client.query("RECONNECT");
      await client.end();
    },
    async stop() {
      const exited = once(child, "exit");
      child.kill("SIGKILL");
      await exited;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function findFreePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}
