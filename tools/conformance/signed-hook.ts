/** Calls as a shop system makes them, which signs by Standard Webhooks. */
import { Webhook } from "svix";
import type { CaseContext, SendOptions } from "./case-context.ts";
import type { Exchange } from "./exchange.ts";

export interface SignedHook {
  readonly id: string;
  readonly secret: string;
}

let sent = 0;

/** A hook of one's own, made when first asked for. */
export function signedHook(ctx: CaseContext): Promise<SignedHook> {
  return ctx.once("own hook", async () => {
    const { id, secret } = await ctx.make("/api/v1/hooks", { source: "hmac" });
    return { id, secret: String(secret) };
  });
}

/** Sends a body to a hook, signed with its secret. */
export function sendSigned(
  ctx: CaseContext,
  { id, secret }: SignedHook,
  { body, rawBody = body === undefined ? "" : JSON.stringify(body), headers = {} }: SendOptions,
  search = "",
): Promise<Exchange> {
  sent += 1;
  const messageId = `msg_${process.pid}_${sent}`;
  const now = new Date();
  const signature = {
    "webhook-id": messageId,
    "webhook-timestamp": String(Math.floor(now.getTime() / 1_000)),
    "webhook-signature": new Webhook(secret).sign(messageId, now, rawBody),
  };
  const type = { "Content-Type": "application/json" };
  const bytes = rawBody === "" ? {} : { rawBody };
  return ctx.send("POST", `/api/v1/hooks/${id}${search}`, {
    ...bytes,
    headers: { ...type, ...signature, ...headers },
  });
}
