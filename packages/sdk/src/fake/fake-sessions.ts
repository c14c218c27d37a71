import { canonicalEmail, limits, type SessionTokens } from "@stanchion/contract";
import { randomHex, timeOf } from "./fake-ids.ts";
import { type FakeConsumer, type FakeSession, type FakeWorld, levelOf, newConsumer } from "./fake-world.ts";
import { type Refusal, refuse } from "./refusal.ts";

/** Starts a session of this consumer. */
export function startSession(world: FakeWorld, consumer: FakeConsumer): SessionTokens {
  const session: FakeSession = {
    consumerId: consumer.id,
    spent: new Set(),
    isEnded: false,
    isCarried: false,
    ...newTokens(world),
  };
  world.sessions.push(session);
  return tokensOf(session, consumer);
}

export function startGuest(world: FakeWorld): SessionTokens {
  return startSession(world, newConsumer(world));
}

/** Exchanges a refresh token; one that was used before ends the session. */
export function refreshSession(world: FakeWorld, refreshToken: string): SessionTokens {
  const session = world.sessions.find(
    (one) => one.refreshToken === refreshToken || one.spent.has(refreshToken),
  );
  if (session === undefined || session.isEnded) throw sessionOver(session);
  if (session.spent.has(refreshToken)) {
    // An answer can be lost: the last token is good once more for a moment, for the same successor.
    const isLast = [...session.spent].at(-1) === refreshToken;
    const sinceMs = world.clock.now() - (session.accessEndsAtMs - limits.accessTokenSeconds * 1_000);
    if (isLast && sinceMs <= limits.refreshGraceSeconds * 1_000)
      return tokensOf(session, consumerOf(world, session));
    session.isEnded = true;
    throw refuse("TOKEN_REUSED");
  }
  if (session.refreshEndsAtMs <= world.clock.now()) throw refuse("TOKEN_EXPIRED");
  session.spent.add(refreshToken);
  Object.assign(session, newTokens(world));
  return tokensOf(session, consumerOf(world, session));
}

/** Whose access token this is. */
export function sessionOf(world: FakeWorld, accessToken: string): FakeSession {
  const session = world.sessions.find((one) => one.accessToken === accessToken);
  if (session === undefined || session.isEnded) throw sessionOver(session);
  if (session.accessEndsAtMs <= world.clock.now()) throw refuse("TOKEN_EXPIRED");
  return session;
}

const carriedHint = "Another device goes on with this session and its places.";

function sessionOver(session: FakeSession | undefined): Refusal {
  return refuse(
    "INVALID_TOKEN",
    session?.isCarried ? { details: { reason: "carried", hint: carriedHint } } : {},
  );
}

export function consumerOf(world: FakeWorld, { consumerId }: FakeSession): FakeConsumer {
  const consumer = world.consumers.get(consumerId);
  if (consumer === undefined) throw refuse("INVALID_TOKEN");
  return consumer;
}

/** Keeps a one-time code, which the test reads by `codeFor`. */
export function sendCode(world: FakeWorld, email: string): void {
  const code = String(crypto.getRandomValues(new Uint32Array(1))[0])
    .padStart(6, "0")
    .slice(-6);
  world.codes.set(canonicalEmail(email), {
    code,
    endsAtMs: world.clock.now() + limits.oneTimeCodeSeconds * 1_000,
  });
}

/** Signs in by a one-time code. */
export function verifyCode(
  world: FakeWorld,
  given: { readonly email: string; readonly code: string },
  present: FakeSession | null,
): SessionTokens {
  const email = canonicalEmail(given.email);
  const sent = world.codes.get(email);
  if (sent === undefined || sent.code !== given.code) throw refuse("INVALID_OTP");
  if (sent.endsAtMs <= world.clock.now()) throw refuse("OTP_EXPIRED");
  const known = findByEmail(world, email);
  const own = present === null ? null : consumerOf(world, present);
  const consumer =
    known !== undefined ? signInAs(world, own, known) : own?.email === null ? own : newConsumer(world);
  consumer.email = email;
  world.codes.delete(email);
  if (present !== null && consumer === own) present.isEnded = true;
  return startSession(world, consumer);
}

export function findByEmail(world: FakeWorld, email: string): FakeConsumer | undefined {
  return [...world.consumers.values()].find((consumer) => consumer.email === email);
}

/**
 * Who the caller is from now on. A guest becomes the person as whom nobody has signed in before; where somebody has, the guest's
 * places stand in the way. Throws IDENTITY_TAKEN.
 */
export function signInAs(world: FakeWorld, own: FakeConsumer | null, known: FakeConsumer): FakeConsumer {
  const guest = own !== null && levelOf(own) === "guest" ? own : null;
  if (guest === null || !known.awaitsPerson) {
    if (guest !== null) refuseHeldPlaces(world, guest);
    known.awaitsPerson = false;
    return known;
  }
  guest.email = known.email;
  guest.accounts.push(...known.accounts);
  world.consumers.delete(known.id);
  for (const vouched of world.vouched.values())
    if (vouched.consumerId === known.id) vouched.consumerId = guest.id;
  return guest;
}

function refuseHeldPlaces(world: FakeWorld, { id }: FakeConsumer): void {
  const inQueues = [...world.queues.values()].filter((queue) => queue.liveStayOf(id) !== undefined);
  const inDraws = [...world.draws.values()].filter((draw) => draw.liveEntryOf(id) !== undefined);
  const activeEntries = inQueues.length + inDraws.length;
  if (activeEntries > 0) throw refuse("IDENTITY_TAKEN", { details: { activeEntries } });
}

function newTokens({ clock }: FakeWorld) {
  return {
    accessToken: `fake_access_${randomHex(24)}`,
    accessEndsAtMs: clock.now() + limits.accessTokenSeconds * 1_000,
    refreshToken: `fake_refresh_${randomHex(24)}`,
    refreshEndsAtMs: clock.now() + limits.refreshTokenSeconds * 1_000,
  };
}

function tokensOf(session: FakeSession, consumer: FakeConsumer): SessionTokens {
  return {
    session: {
      type: levelOf(consumer) === "guest" ? "guest" : "authenticated",
      consumerId: consumer.id,
      expiresAt: timeOf(session.refreshEndsAtMs),
    },
    tokenType: "Bearer",
    accessToken: session.accessToken,
    refreshToken: session.refreshToken,
    expiresIn: limits.accessTokenSeconds,
    refreshExpiresIn: limits.refreshTokenSeconds,
  };
}
