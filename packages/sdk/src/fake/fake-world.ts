import type { EntryAdmission, Order } from "@stanchion/contract";
import type { FakeCarryCode } from "./fake-carry.ts";
import type { FakeClock } from "./fake-clock.ts";
import type { FakeDraw } from "./fake-draw.ts";
import { idOf, timeOf } from "./fake-ids.ts";
import type { FakeQueue } from "./fake-queue.ts";
import type { FakeSigner } from "./fake-signer.ts";
import type { FakeStreams } from "./fake-streams.ts";
import { refuse } from "./refusal.ts";

export const levels = ["guest", "confirmed", "external"] as const;
export type Level = (typeof levels)[number];

export interface FakeConsumer {
  readonly id: string;
  /** Of who has confirmed an address. */
  email: string | null;
  /** Of the shop's own, which have vouched for this person. */
  readonly accounts: FakeAccount[];
  /** Noted for an account, and nobody has signed in as this person as yet. */
  awaitsPerson: boolean;
}

/** An account of the shop's own: all three say whose it is. */
export interface FakeAccount {
  readonly provider: string;
  readonly issuer: string;
  readonly subject: string;
}

export interface FakeSession {
  readonly consumerId: string;
  accessToken: string;
  accessEndsAtMs: number;
  refreshToken: string;
  refreshEndsAtMs: number;
  /** Those that were exchanged before. */
  readonly spent: Set<string>;
  isEnded: boolean;
  /** It has ended since another device goes on with it. */
  isCarried: boolean;
}

/** Everything that a fake server knows. */
export interface FakeWorld {
  readonly url: string;
  readonly organizationId: string;
  readonly publishableKey: string;
  readonly secretKey: string;
  readonly clock: FakeClock;
  readonly signer: FakeSigner;
  readonly streams: FakeStreams;
  readonly consumers: Map<string, FakeConsumer>;
  readonly sessions: FakeSession[];
  /** One-time codes by address. */
  readonly codes: Map<string, { readonly code: string; readonly endsAtMs: number }>;
  /** Whom the shop vouches for, by the code that says so. */
  readonly vouched: Map<string, { consumerId: string; readonly endsAtMs: number }>;
  /** By consumer. */
  readonly carryCodes: Map<string, FakeCarryCode>;
  readonly queues: Map<string, FakeQueue>;
  readonly draws: Map<string, FakeDraw>;
  readonly orders: Map<string, { order: Order; holder: AdmissionHolder | null }>;
}

/** Time to buy, of a line or a draw. */
export interface FakeAdmission {
  readonly id: string;
  readonly admittedAtMs: number;
  expiresAtMs: number;
  /** Until then, behind the end, a checkout under way is honoured. */
  releaseAtMs: number;
  usedBy: string | null;
}

/** Who holds an admission, as an order sees it. */
export interface AdmissionHolder {
  readonly distributionId: string;
  readonly consumerId: string;
  /** Undefined: was never let in. */
  readonly admission: FakeAdmission | undefined;
  /** Throws why it cannot be used. */
  requireUsable(): void;
  use(orderId: string | null): void;
}

export function newConsumer(world: FakeWorld, email: string | null = null): FakeConsumer {
  const consumer: FakeConsumer = { id: idOf("consumer"), email, accounts: [], awaitsPerson: false };
  world.consumers.set(consumer.id, consumer);
  return consumer;
}

export function levelOf({ email, accounts }: FakeConsumer): Level {
  if (accounts.length > 0) return "external";
  return email === null ? "guest" : "confirmed";
}

export function requireLevel(needed: Level, consumer: FakeConsumer): void {
  if (levels.indexOf(levelOf(consumer)) < levels.indexOf(needed))
    throw refuse("RESOURCE_RESTRICTED", { details: { entryLevel: needed } });
}

export function newAdmission(
  nowMs: number,
  settings: { readonly admissionExpirationSeconds: number; readonly completionGraceSeconds: number },
): FakeAdmission {
  const expiresAtMs = nowMs + settings.admissionExpirationSeconds * 1_000;
  const releaseAtMs = expiresAtMs + settings.completionGraceSeconds * 1_000;
  return { id: idOf("admission"), admittedAtMs: nowMs, expiresAtMs, releaseAtMs, usedBy: null };
}

/** Ends an admission now, and its grace too. */
export function endAdmission(admission: FakeAdmission, nowMs: number): void {
  admission.expiresAtMs = Math.min(admission.expiresAtMs, nowMs);
  admission.releaseAtMs = Math.min(admission.releaseAtMs, nowMs);
}

/** An admission as its holder gets it, with a token of this moment. */
export async function admissionWithToken(
  world: FakeWorld,
  { id, expiresAtMs }: FakeAdmission,
  { consumerId, distributionId }: Pick<AdmissionHolder, "consumerId" | "distributionId">,
): Promise<EntryAdmission> {
  const { signer, organizationId, url: issuer, clock } = world;
  const grant = { issuer, organizationId, consumerId, admissionId: id, distributionId, expiresAtMs };
  return { id, token: await signer.sign(grant, clock.now()), expiresAt: timeOf(expiresAtMs) };
}
