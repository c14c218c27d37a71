import { limits, type SessionTokens } from "@stanchion/contract";
import { consumerOf, startSession } from "./fake-sessions.ts";
import type { FakeSession, FakeWorld } from "./fake-world.ts";
import { isOtherDevice, type KnownDevice } from "./fingerprints.ts";
import { type Refusal, refuse } from "./refusal.ts";

/** The one code by which another device may go on with a consumer's session. */
export interface FakeCarryCode {
  readonly code: string;
  readonly endsAtMs: number;
  readonly session: FakeSession;
  /** Entries of the device that made it, which move, and those of others, which stay. */
  readonly own: ReadonlySet<string>;
  readonly others: ReadonlySet<string>;
  isSpent: boolean;
}

interface LivePlace {
  readonly entry: KnownDevice & { readonly entryId: string };
  readonly requiresDevice: boolean;
}

/** Makes a code, in the place of an older one; what moves is what this device may go on with itself. Throws FP001. */
export function makeCarryCode(
  world: FakeWorld,
  session: FakeSession,
  fingerprint: string | null,
): FakeCarryCode {
  const places = livePlacesOf(world, session.consumerId);
  requireDevice(places, fingerprint);
  const idsOf = (isOther: boolean): Set<string> =>
    new Set(
      places.flatMap(({ entry }) => (isOtherDevice(entry, fingerprint) === isOther ? entry.entryId : [])),
    );
  const made: FakeCarryCode = {
    code: newCode(),
    endsAtMs: world.clock.now() + limits.carryCodeSeconds * 1_000,
    session,
    own: idsOf(false),
    others: idsOf(true),
    isSpent: false,
  };
  world.carryCodes.set(session.consumerId, made);
  return made;
}

/**
 * Goes on with the session on another device, whose the places are from now on. The fake knows no keys of devices, so a code that was
 * used is good for nobody. Throws INVALID_TOKEN, and FP001, which leaves the code good.
 */
export function spendCarryCode(world: FakeWorld, code: string, fingerprint: string | null): SessionTokens {
  const made = [...world.carryCodes.values()].find((one) => one.code === code);
  if (made === undefined || made.isSpent || made.session.isEnded || made.endsAtMs <= world.clock.now())
    throw refusedCode();
  const places = livePlacesOf(world, made.session.consumerId);
  const isKnown = ({ entry: { device, entryId } }: LivePlace): boolean =>
    device === null || made.own.has(entryId) || made.others.has(entryId);
  if (!places.every(isKnown)) throw refusedCode({ hint: placeSinceHint });
  const moving = places.filter(({ entry }) => !made.others.has(entry.entryId));
  requireDevice(moving, fingerprint);
  for (const { entry } of moving) entry.device = fingerprint;
  made.isSpent = true;
  Object.assign(made.session, { isEnded: true, isCarried: true });
  return startSession(world, consumerOf(world, made.session));
}

const placeSinceHint = "A place was taken since the code was made: make a new code on the old device.";

/** Where a consumer waits, holds an admission, or is in a draw that has something to come. */
function livePlacesOf(world: FakeWorld, consumerId: string): LivePlace[] {
  const inLines = [...world.queues.values()].flatMap((queue): LivePlace[] => {
    const entry = queue.liveStayOf(consumerId);
    return entry === undefined ? [] : [{ entry, requiresDevice: queue.settings.requireFingerprint }];
  });
  const inDraws = [...world.draws.values()].flatMap((draw): LivePlace[] => {
    const entry = draw.liveEntryOf(consumerId);
    const isLive =
      entry !== undefined && draw.status !== "CANCELLED" && ["ENTERED", "WON"].includes(draw.statusOf(entry));
    return isLive ? [{ entry, requiresDevice: draw.settings.requireFingerprint }] : [];
  });
  return [...inLines, ...inDraws];
}

function requireDevice(places: readonly LivePlace[], fingerprint: string | null): void {
  if (fingerprint === null && places.some(({ requiresDevice }) => requiresDevice)) throw refuse("FP001");
}

/** 32 random bytes in base64url. */
function newCode(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(32));
  return btoa(String.fromCharCode(...bytes))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");
}

function refusedCode(more: { readonly hint?: string } = {}): Refusal {
  return refuse("INVALID_TOKEN", { details: { field: "carryCode", ...more } });
}
