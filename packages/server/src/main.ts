import { ConfigError, readConfig } from "./config.ts";
import { createDemoShop, demoName, makeDemo } from "./demo/index.ts";
import { createLog } from "./platform/log.ts";
import { type RunningServer, startServer } from "./start-server.ts";

const usage = `Usage: stanchion <start | api | worker> [--demo]
  start    the API and the worker in one process
  api      the API alone
  worker   the worker alone
  --demo   with an organization and a queue to try things with`;

const partsOf = {
  start: { api: true, worker: true },
  api: { api: true, worker: false },
  worker: { api: false, worker: true },
} as const;

async function main(args: readonly string[]): Promise<void> {
  const [command = "start", ...flags] = args;
  if (args.includes("--help") || args.includes("-h")) {
    console.log(usage);
    return;
  }
  if (!isCommand(command) || flags.some((flag) => flag !== "--demo")) {
    console.error(usage);
    process.exit(2);
  }
  const config = readConfig(process.env);
  const log = createLog(config.logLevel);
  const isDemo = flags.includes("--demo");
  const shop = createDemoShop();
  const server = await startServer({
    config,
    log,
    parts: partsOf[command],
    say: (line) => console.error(line),
    ...(isDemo
      ? {
          extend: shop.register,
          beforeReady: async (running) => {
            const demo = await makeDemo(running);
            shop.open(demo, running.ownUrl);
            running.api?.startPage.show({ name: demoName, path: `/q/${demo.queueId}` });
          },
        }
      : {}),
  });
  stopOnSignals(server);
  if (!isDemo)
    console.error(`Stanchion ${command} is running${server.ownUrl === "" ? "" : ` at ${server.ownUrl}`}`);
}

function isCommand(text: string): text is keyof typeof partsOf {
  return Object.hasOwn(partsOf, text);
}

const stopMs = 8_000;

function stopOnSignals(server: RunningServer): void {
  let isStopping = false;
  let exitCode = 0;
  const stop = (): void => {
    if (isStopping) return;
    isStopping = true;
    setTimeout(() => process.exit(1), stopMs).unref();
    server.stop().then(
      () => process.exit(exitCode),
      (error: unknown) => {
        server.log.error({ err: error }, "the stop failed");
        process.exit(1);
      },
    );
  };
  for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const)
    process.on(signal, () => {
      server.log.info({ signal }, "stopping");
      stop();
    });
  // What state the process is in is not known then: what is under way is answered, and another process begins anew.
  for (const fault of ["uncaughtException", "unhandledRejection"] as const)
    process.on(fault, (thrown: unknown) => {
      const err = thrown instanceof Error ? thrown : new Error(String(thrown));
      server.log.fatal({ err, fault }, "a fault that nobody has caught; stopping");
      exitCode = 1;
      stop();
    });
}

function listenAdvice({ code, message }: { code?: string; message: string }): string {
  if (code === "EADDRINUSE")
    return `${message}\nSomething listens there already. Stop it, or choose another port: PORT=4801 npm start`;
  if (code === "EACCES") return `${message}\nThis user may not listen there. Choose a PORT above 1023.`;
  return `${message}\nHOST must be an address of this machine, such as 127.0.0.1 or 0.0.0.0.`;
}

function wordsOf({ message, cause }: Error): string {
  const isSaid = !(cause instanceof Error) || message.includes(cause.message);
  return isSaid ? message : `${message}\n${cause.message}`;
}

main(process.argv.slice(2)).catch((error: unknown) => {
  if (error instanceof ConfigError) console.error(error.message);
  else if (Object(error).syscall === "listen") console.error(listenAdvice(Object(error)));
  else console.error(error instanceof Error ? wordsOf(error) : error);
  process.exit(1);
});
