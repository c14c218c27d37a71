import { type EventType, eventData, eventTypes, parseObject, sampleEventData } from "@stanchion/contract";
import { bytesOf, fromBase64 } from "../server/encodings.ts";
import { idOf } from "./fake-ids.ts";

/** A webhook as the server would send it. */
export interface FakeWebhook {
  /** The body, to the byte. */
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
  /** The same as a request to this address. */
  requestTo(url: string): Request;
}

/**
 * Signs a webhook of this type. What `data` leaves out is an example's.
 *
 * @throws {TypeError} Where there is no such event, or `data` has members that it cannot have.
 */
export async function signWebhook(
  { organizationId, secret, nowMs }: { organizationId: string; secret: string; nowMs: number },
  type: EventType,
  data: Readonly<Record<string, unknown>>,
): Promise<FakeWebhook> {
  if (!eventTypes.includes(type))
    throw new TypeError(`There is no event ${type}. There are: ${eventTypes.join(", ")}.`);
  const whole = { ...sampleEventData(type, new Date(nowMs)), ...data };
  requireData(type, whole);
  const id = idOf("event");
  const timestamp = new Date(nowMs).toISOString();
  const body = JSON.stringify({ id, type, timestamp, organizationId, data: whole });
  const seconds = String(Math.floor(nowMs / 1_000));
  const headers = {
    "content-type": "application/json",
    "webhook-id": id,
    "webhook-timestamp": seconds,
    "webhook-signature": `v1,${await macOf(secret, `${id}.${seconds}.${body}`)}`,
  };
  return { body, headers, requestTo: (url) => new Request(url, { method: "POST", headers, body }) };
}

function requireData(type: EventType, data: object): void {
  const parsed = parseObject(eventData[type], data);
  const faults = parsed.ok ? [] : parsed.issues.map(({ message }) => message);
  if (faults.length > 0) throw new TypeError(`The data of ${type} cannot be so: ${faults.join(" ")}`);
}

async function macOf(secret: string, text: string): Promise<string> {
  const bytes = fromBase64(secret.replace(/^whsec_/, "")) ?? new Uint8Array();
  const key = await crypto.subtle.importKey("raw", bytes, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  const mac = await crypto.subtle.sign("HMAC", key, bytesOf(text));
  return btoa(String.fromCharCode(...new Uint8Array(mac)));
}
