import { parentPort, type Transferable, Worker, workerData } from "node:worker_threads";

interface Order {
  readonly task: string;
  readonly input: unknown;
}

/** What came out, and the buffers in it that go over to whoever asked without a copy. */
interface Worked<Answer> {
  readonly answer: Answer;
  readonly moved?: readonly Transferable[];
}

/**
 * Has a module of ours work a task out in a thread of its own, so that nobody waits for this one meanwhile. The module offers the
 * task by `offerInThread`, and may be the very one that asks.
 * @param module its `import.meta.url`
 * @throws what the task threw, or an Error when it took longer than `timeLimitMs`
 */
export async function runInThread<Answer>(
  module: string,
  task: string,
  input: unknown,
  { timeLimitMs }: { readonly timeLimitMs: number },
): Promise<Answer> {
  const order: Order = { task, input };
  const thread = new Worker(new URL(module), { workerData: order, execArgv: [], stdin: false });
  let timer: NodeJS.Timeout | undefined;
  try {
    return await new Promise<Answer>((resolve, reject) => {
      thread.once("message", resolve);
      thread.once("error", reject);
      thread.once("exit", () => reject(new Error(`The thread of "${task}" ended without an answer.`)));
      timer = setTimeout(() => reject(new Error(`"${task}" took more than ${timeLimitMs} ms.`)), timeLimitMs);
    });
  } finally {
    clearTimeout(timer);
    await thread.terminate();
  }
}

/** Answers the task where this module is what a thread was started with; elsewhere it does nothing. */
export function offerInThread<Input, Answer>(
  task: string,
  work: (input: Input) => Worked<Answer> | Promise<Worked<Answer>>,
): void {
  const order = workerData as Order | null;
  if (parentPort === null || order?.task !== task) return;
  const port = parentPort;
  // What it throws ends the thread, and reaches whoever asked.
  void Promise.resolve(work(order.input as Input)).then(({ answer, moved = [] }) =>
    port.postMessage(answer, moved),
  );
}
