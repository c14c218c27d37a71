import { Webhook } from "svix";
import type { CallOptions, TestAnswer, TestServer, TestShop } from "./test-server.ts";

let signed = 0;

/** A call as a system makes it that signs by Standard Webhooks; by another implementation than the server's. */
export function standardSigned(
  secret: string,
  rawBody: string,
  { id, sentAt = new Date() }: { id?: string; sentAt?: Date } = {},
): CallOptions {
  signed += 1;
  const eventId = id ?? `msg_${process.pid}_${signed}`;
  return {
    rawBody,
    headers: {
      "Content-Type": "application/json",
      "webhook-id": eventId,
      "webhook-timestamp": String(Math.floor(sentAt.getTime() / 1_000)),
      "webhook-signature": new Webhook(secret).sign(eventId, sentAt, rawBody),
    },
  };
}

/** A hook of the shop's, and what calls it. */
export async function signedHook(
  server: TestServer,
  shop: TestShop,
): Promise<{
  id: string;
  send(rawBody: string, more?: { id?: string; sentAt?: Date }): Promise<TestAnswer>;
}> {
  const { body } = await shop.call("POST", "/api/v1/hooks", { body: { source: "hmac" } });
  const { id, secret } = body as { id: string; secret: string };
  return {
    id,
    send: (rawBody, more) =>
      server.call("POST", `/api/v1/hooks/${id}`, standardSigned(secret, rawBody, more)),
  };
}
