/** Starts the server as the operating system sees it: a process of its own that can be told to stop, or killed. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { noteLogLine, noteSecretsOf, wideLimits } from "../packages/server/src/testing/index.ts";

const sourceMain = join(import.meta.dirname, "../packages/server/src/main.ts");
/** What every process of a test is started with, so that they understand each other. */
export const processSecret = "a secret of the tests, long enough to be one";
const startMsMax = 60_000;

export interface ServerProcess {
  /** Where it listens; empty for a worker. */
  readonly url: string;
  readonly child: ChildProcess;
  /** Resolves to its exit code, null after a kill. */
  readonly exited: Promise<number | null>;
  /** The lines that it has logged so far. */
  readonly logged: () => readonly string[];
  kill(signal: NodeJS.Signals): Promise<number | null>;
}

/**
 * A server process on this database; answers once it says that it runs. Port 0: any that is free; `main` is what
 * Node starts, the sources' own unless told.
 */
export async function startServerProcess(
  command: "start" | "api" | "worker",
  options: {
    databaseUrl: string;
    port?: number;
    main?: string;
    nodeArguments?: readonly string[];
    /** In the place of what it is started with otherwise. */
    env?: Readonly<Record<string, string>>;
  },
): Promise<ServerProcess> {
  const folder = await mkdtemp(join(tmpdir(), "stanchion-process-"));
  const child = spawn(
    process.execPath,
    [...(options.nodeArguments ?? []), options.main ?? sourceMain, command],
    {
      stdio: ["ignore", "pipe", "pipe"],
      env: {
        ...process.env,
        PORT: String(options.port ?? 0),
        STANCHION_DATA: folder,
        DATABASE_URL: options.databaseUrl,
        STANCHION_SECRET: processSecret,
        RATE_LIMITS: JSON.stringify(wideLimits),
        LOG_LEVEL: "debug",
        ...options.env,
      },
    },
  );
  let logged = "";
  child.stdout.on("data", (chunk: Buffer) => {
    logged += chunk.toString();
  });
  const exited = once(child, "exit").then(async ([code]) => {
    await rm(folder, { recursive: true, force: true });
    for (const line of logged.split("\n")) noteLogLine(line);
    return code as number | null;
  });
  return {
    url: await readAddress(child),
    child,
    exited,
    logged: () => logged.split("\n").slice(0, -1),
    kill(signal) {
      child.kill(signal);
      return exited;
    },
  };
}

/** What it says about where it runs. */
function readAddress(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = "";
    const timer = setTimeout(() => reject(new Error(`it did not start: ${said}`)), startMsMax);
    child.stderr?.on("data", (chunk: Buffer) => {
      said += chunk.toString();
      const running = /is running(?: at (\S+))?\n/.exec(said);
      if (running === null) return;
      clearTimeout(timer);
      resolve(running[1] ?? "");
    });
    child.once("exit", (code) => {
      clearTimeout(timer);
      reject(new Error(`it ended with ${code} before it ran: ${said}`));
    });
  });
}

export interface Guest {
  readonly consumerId: string;
  /** The headers that say who asks. */
  readonly credentials: Readonly<Record<string, string>>;
  /** A call as this guest; null where the connection failed. */
  call(url: string, method: string, path: string, headers?: Record<string, string>): Promise<Answered | null>;
}

export interface Answered {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Record<string, unknown>;
}

/** Guests of the organization that this publishable key belongs to. */
export async function makeGuests(url: string, publishableKey: string, count: number): Promise<Guest[]> {
  const one = async (): Promise<Guest> => {
    const answer = await fetch(`${url}/api/v1/auth/guest`, {
      method: "POST",
      headers: { "X-Publishable-Key": publishableKey },
    });
    const tokens = (await answer.json()) as { accessToken: string; session: { consumerId: string } };
    noteSecretsOf({ headers: {}, body: { publishableKey, ...tokens } });
    const own = { "X-Publishable-Key": publishableKey, Authorization: `Bearer ${tokens.accessToken}` };
    return {
      consumerId: tokens.session.consumerId,
      credentials: own,
      call: (at, method, path, headers = {}) =>
        fetch(at + path, { method, headers: { ...own, ...headers } })
          .then(async (reply) => ({
            status: reply.status,
            headers: reply.headers,
            body: (await reply.json()) as Record<string, unknown>,
          }))
          .catch(() => null),
    };
  };
  return Promise.all(Array.from({ length: count }, one));
}

/** Asks until the answer is as wished. */
export async function until<T>(
  ask: () => Promise<T>,
  isWished: (value: T) => boolean,
  patienceMs = 20_000,
): Promise<T> {
  const deadline = Date.now() + patienceMs;
  for (;;) {
    const value = await ask();
    if (isWished(value)) return value;
    if (Date.now() > deadline)
      throw new Error(`it did not come to that within ${patienceMs} ms; last: ${JSON.stringify(value)}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** A queue of a new organization, with the keys to it. */
export async function makeQueue(url: string, secretKey: string, settings: object): Promise<string> {
  const answer = await fetch(`${url}/api/v1/queues`, {
    method: "POST",
    headers: { Authorization: `Bearer ${secretKey}`, "Content-Type": "application/json" },
    body: JSON.stringify({ name: "Drop", ...settings }),
  });
  const body = (await answer.json()) as { id: string };
  if (answer.status !== 201) throw new Error(`no queue: ${JSON.stringify(body)}`);
  return body.id;
}
