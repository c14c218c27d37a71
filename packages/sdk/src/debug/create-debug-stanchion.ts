import type { Watch } from "../live-watch.ts";
import type { DrawSnapshot, QueueSnapshot } from "../snapshot.ts";
import { Stanchion, type StanchionOptions } from "../stanchion.ts";
import { type DebugEvent, type DebugWatch, describeEvent } from "./debug-event.ts";
import { debugFetch } from "./debug-fetch.ts";

/** Where a debug log goes. */
export interface DebugOptions {
  /** Gets each event as a line and as data; `console.debug` of the line by default. What it throws changes nothing for the client. */
  readonly write?: ((line: string, event: DebugEvent) => void) | undefined;
}

/**
 * A client as `new Stanchion(options)`, which tells of every request with its status, duration and request id, of every change of its
 * watches, and of every failure. What it tells holds no key, no token, no header and no body. Options keep their meaning: `fetch` is
 * what requests are sent with, and `onError` hears of failures too.
 *
 * @throws {TypeError} When an option cannot be right, as `new Stanchion`.
 * @example
 * const stanchion = createDebugStanchion({ publishableKey: "pk_test_…", baseUrl: "https://line.example.com" });
 * await stanchion.queues.enter(queueId); // stanchion POST /api/v1/queues/queue_…/enter 201 35 ms req_…
 */
export function createDebugStanchion(options: StanchionOptions, debug: DebugOptions = {}): Stanchion {
  const tell = (event: DebugEvent): void => tellEvent(debug.write ?? writeToConsole, event);
  const fetch = options.fetch ?? ((input, init) => globalThis.fetch(input, init));
  const client = new Stanchion({
    ...options,
    fetch: debugFetch(fetch, options.now ?? Date.now, tell),
    onError: (error, call) => {
      const { code, status, requestId, docs } = error;
      tell({ kind: "error", call, code, status, requestId, docs });
      options.onError?.(error, call);
    },
  });
  // Its own fields, written before anybody has the client: the class needs no way in for this, which every fan would load.
  return Object.assign(client, {
    queues: followWatches("queue", client.queues, tell),
    draws: followWatches("draw", client.draws, tell),
  });
}

type Snapshot = QueueSnapshot | DrawSnapshot;

/** The same calls, of which `watch` tells how what it makes goes on. */
function followWatches<Desk extends { watch(...args: [id: string]): Watch<Snapshot> }>(
  of: DebugWatch["of"],
  desk: Desk,
  tell: (event: DebugWatch) => void,
): Desk {
  return new Proxy(desk, {
    get(_, name) {
      const member: unknown = Reflect.get(desk, name);
      if (name !== "watch") return member;
      return (...args: [id: string]): Watch<Snapshot> => {
        const watch = desk.watch(...args);
        followWatch(of, args[0], watch, tell);
        return watch;
      };
    },
  });
}

function followWatch(
  of: DebugWatch["of"],
  id: string,
  watch: Watch<Snapshot>,
  tell: (event: DebugWatch) => void,
): void {
  let last = "";
  const note = ({ phase, connection, error }: Snapshot): void => {
    const event: DebugWatch = { kind: "watch", of, id, phase, connection, code: error?.code ?? null };
    const state = describeEvent(event);
    if (state !== last) tell(event);
    last = state;
  };
  note(watch.snapshot);
  watch.subscribe(note);
}

function writeToConsole(line: string): void {
  console.debug(line);
}

function tellEvent(write: NonNullable<DebugOptions["write"]>, event: DebugEvent): void {
  try {
    write(describeEvent(event), event);
  } catch (reason) {
    console.error("The debug log's write threw:", reason);
  }
}
