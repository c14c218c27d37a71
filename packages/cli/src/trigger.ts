import { randomUUID } from "node:crypto";
import { parseArgs } from "node:util";
import { type EventType, encodeId, sampleEventData } from "@stanchion/contract";
import { newWebhookSecret } from "@stanchion/server";
import { askServer, Refusal } from "./ask-server.ts";
import { forwardEvent } from "./forward-event.ts";
import { tellUnknownType } from "./listen.ts";
import { findAskedServer, readForwardTo, serverOptions } from "./server-options.ts";

/** `stanchion trigger <type>`: an example of an event, to who listens, to an endpoint, or straight to an address. */
export async function trigger(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      ...serverOptions,
      endpoint: { type: "string" },
      "forward-to": { type: "string" },
      secret: { type: "string" },
    },
  });
  const [type, ...more] = positionals;
  if (type === undefined || more.length > 0) {
    console.error("trigger needs one type of event, such as queue.consumer.admitted.");
    return 2;
  }
  if (!tellUnknownType(type)) return 2;
  // One of the types: just looked for among them.
  const known = type as EventType;
  const to = values["forward-to"];
  if (to !== undefined) return sendStraight(known, to, values.secret);
  const server = await findAskedServer(values);
  if (server === null) return 2;
  const { endpoint } = values;
  const body = { type: known, ...(endpoint === undefined ? {} : { webhookEndpointId: endpoint }) };
  try {
    const answer = await askServer(server, "triggerEvent", { body });
    const { listeners, deliveryId, eventId } = (await answer.json()) as Record<string, unknown>;
    if (endpoint === undefined && listeners === 0) {
      console.error(
        `Nobody listens to ${type}. Run stanchion listen first, or name an endpoint with --endpoint whe_….`,
      );
      return 1;
    }
    const who = endpoint === undefined ? `${listeners} listening` : `${endpoint}, as ${deliveryId}`;
    console.log(`An example of ${type}, ${eventId}, goes to ${who}.`);
    return 0;
  } catch (error) {
    if (!(error instanceof Refusal)) throw new Error(`${server.url} does not answer.`, { cause: error });
    console.error(error.message);
    return 1;
  }
}

async function sendStraight(type: EventType, given: string, secret: string | undefined): Promise<number> {
  const to = readForwardTo(given);
  if (to === null) return 2;
  const now = new Date();
  const id = encodeId("event", randomUUID());
  const organizationId = encodeId("organization", "00000000-0000-0000-0000-000000000000");
  const data = sampleEventData(type, now);
  const body = JSON.stringify({ id, type, timestamp: now.toISOString(), organizationId, sample: true, data });
  const signing = secret ?? newWebhookSecret();
  if (secret === undefined) console.log(`Signed with ${signing}; name one of your own with --secret.`);
  return (await forwardEvent({ id, type, body }, { to, secret: signing })) ? 0 : 1;
}
