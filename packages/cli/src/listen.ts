import { setTimeout as wait } from "node:timers/promises";
import { parseArgs } from "node:util";
import { eventTypes, nearestEventType } from "@stanchion/contract";
import { newWebhookSecret } from "@stanchion/server";
import { type AskedServer, askServer, Refusal, readEvents } from "./ask-server.ts";
import { type ForwardedEvent, forwardEvent } from "./forward-event.ts";
import { findAskedServer, readForwardTo, serverOptions } from "./server-options.ts";

const retryMsMin = 500;
const retryMsMax = 10_000;

/** `stanchion listen --forward-to <url>`: what happens, sent on to a receiver on this machine until Ctrl-C. */
export async function listen(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      ...serverOptions,
      "forward-to": { type: "string" },
      events: { type: "string" },
      "max-per-batch": { type: "string" },
    },
  });
  const to = readForwardTo(values["forward-to"] ?? "");
  const types = readTypes(values.events);
  const server = to === null || types === null ? null : await findAskedServer(values);
  if (to === null || types === null || server === null) return 2;
  const stopping = new AbortController();
  for (const name of ["SIGINT", "SIGTERM"] as const) process.once(name, () => stopping.abort());
  const batch = values["max-per-batch"];
  return follow(server, {
    to,
    types,
    secret: newWebhookSecret(),
    signal: stopping.signal,
    ...(batch === undefined ? {} : { maxPerBatch: Number(batch) }),
  });
}

/** The types that were asked for; none: all. Null, told why on stderr: there is none of such a name. */
function readTypes(given: string | undefined): readonly string[] | null {
  if (given === undefined) return [];
  const types = given.split(",").map((type) => type.trim());
  for (const type of types) if (!tellUnknownType(type)) return null;
  return types;
}

/** False, told on stderr with what was probably meant: there is no such event. */
export function tellUnknownType(type: string): boolean {
  if (eventTypes.some((known) => known === type)) return true;
  const near = nearestEventType(type);
  console.error(
    near === null
      ? `There is no event ${type}. There are:\n  ${eventTypes.join("\n  ")}`
      : `There is no event ${type}. Did you mean ${near}?`,
  );
  return false;
}

interface Following {
  readonly to: URL;
  readonly types: readonly string[];
  readonly secret: string;
  readonly maxPerBatch?: number;
  readonly signal: AbortSignal;
}

async function follow(server: AskedServer, following: Following): Promise<number> {
  const { signal, types, maxPerBatch } = following;
  const place: { cursor?: string } = {};
  let retryMs = retryMsMin;
  let isFirst = true;
  while (!signal.aborted) {
    try {
      const query = new URLSearchParams({
        ...(types.length === 0 ? {} : { types: types.join(",") }),
        ...(maxPerBatch === undefined ? {} : { maxPerBatch: String(maxPerBatch) }),
        ...(place.cursor === undefined ? {} : { after: place.cursor }),
      });
      const stream = await askServer(server, "streamEvents", { query, signal });
      for await (const { event, data: told } of readEvents(stream)) {
        if (event === "listening") {
          if (isFirst) tellBeginning(server, following);
          else console.log(told.hasGoneOn === true ? "Back, and nothing was missed." : missed);
          isFirst = false;
          retryMs = retryMsMin;
        } else if (event === "ended") {
          console.error(endings[String(told.reason)] ?? "The server has ended the stream.");
          return 1;
        } else if (event === "event") {
          await forwardEvent(told as unknown as ForwardedEvent, following);
          // Not before it was sent on: else one that was under way when the stream broke would be missed.
          if (typeof told.cursor === "string") place.cursor = told.cursor;
        }
      }
    } catch (error) {
      if (signal.aborted) break;
      if (error instanceof Refusal && !error.isPassing) {
        console.error(error.message);
        return 1;
      }
    }
    if (signal.aborted) break;
    console.error(`The server does not answer; trying again in ${(retryMs / 1_000).toFixed(1)} s.`);
    await wait(retryMs, undefined, { signal }).catch(() => {});
    retryMs = Math.min(retryMs * 2, retryMsMax);
  }
  return 0;
}

const missed = "Back. What happened while the server was not to be reached was missed.";

const endings: Readonly<Record<string, string>> = {
  FELL_BEHIND:
    "Too much waited to be sent on. Ask for fewer with --events, or for --max-per-batch, and start again.",
  CREDENTIAL_ENDED: "The key is revoked or has expired.",
  REPLACED: "Somebody else goes on with this stream.",
};

function tellBeginning({ url, key }: AskedServer, { to, types, secret }: Following): void {
  console.log(`Listening to ${key.startsWith("sk_live_") ? "LIVE" : "test"} events of ${url}: ${types.join(", ") || "all"}.
They are sent on to ${to.href}, signed with this secret, which is good until you end this:

  ${secret}

Press Ctrl-C to end.
`);
}
