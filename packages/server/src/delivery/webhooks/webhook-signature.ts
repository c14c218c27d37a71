import { randomBytes } from "node:crypto";
import { Webhook } from "standardwebhooks";
import type { Secrets } from "../../platform/secrets.ts";

const secretBytes = 32;

/** A secret that signs, as it is shown once: `whsec_` and 32 random bytes in base64. */
export function newWebhookSecret(): string {
  return `whsec_${randomBytes(secretBytes).toString("base64")}`;
}

export function sealWebhookSecret(secrets: Secrets, secret: string): Buffer {
  return secrets.encrypt(Buffer.from(secret));
}

export function openWebhookSecret(secrets: Secrets, sealed: Buffer): string {
  return secrets.decrypt(sealed).toString();
}

/** The headers of one attempt by the Standard Webhooks specification: a signature by each secret that is good now. */
export function signedHeaders(
  signingSecrets: readonly string[],
  { id, body, now }: { id: string; body: string; now: Date },
): Record<string, string> {
  return {
    "Content-Type": "application/json; charset=utf-8",
    "User-Agent": "Stanchion-Webhooks/1",
    "webhook-id": id,
    "webhook-timestamp": String(Math.floor(now.getTime() / 1_000)),
    "webhook-signature": signingSecrets.map((secret) => new Webhook(secret).sign(id, now, body)).join(" "),
  };
}
