import type { FakeCall } from "./fake-call.ts";
import { sessionOf } from "./fake-sessions.ts";
import type { FakeWorld } from "./fake-world.ts";
import { refuse } from "./refusal.ts";

/** Judges who calls, in the order of the server; throws the 401 that applies. */
export function authenticate(world: FakeWorld, call: FakeCall): void {
  const publishable = call.header("x-publishable-key");
  const bearer = bearerOf(call.header("authorization"));
  const secret = bearer?.startsWith("sk_") ? bearer : null;
  switch (call.operation.access) {
    case "anyone":
    case "visitor":
    case "signed":
      return;
    case "member":
      throw refuse("AUTHENTICATION_REQUIRED");
    case "secret":
      if (secret === null) throw refuse("SECRET_KEY_REQUIRED");
      requireKey(secret, world.secretKey);
      call.isByShop = true;
      return;
    case "consumer":
      if (publishable === null) throw refuse("PUBLISHABLE_KEY_REQUIRED");
      if (bearer === null || secret !== null) throw refuse("AUTHENTICATION_REQUIRED");
      requireKey(publishable, world.publishableKey);
      call.session = sessionOf(world, bearer);
      return;
    case "publishable":
    case "maybeConsumer":
      if (secret !== null) {
        requireKey(secret, world.secretKey);
        call.isByShop = true;
        return;
      }
      if (publishable === null) throw refuse("PUBLISHABLE_KEY_REQUIRED");
      requireKey(publishable, world.publishableKey);
      if (call.operation.access === "maybeConsumer" && bearer !== null)
        call.session = sessionOf(world, bearer);
  }
}

function bearerOf(authorization: string | null): string | null {
  return /^Bearer +(\S+)$/i.exec(authorization ?? "")?.[1] ?? null;
}

function requireKey(given: string, own: string): void {
  if (given === own) return;
  const [kind, field] = own.startsWith("sk_")
    ? ["secret", "Authorization"]
    : ["publishable", "X-Publishable-Key"];
  const hint = `It is the ${kind} key in the header ${field}.`;
  throw refuse("INVALID_TOKEN", { details: { field, credential: "apiKey", hint } });
}
