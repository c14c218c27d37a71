import type { Draw, DrawRules, Queue, shapes } from "@stanchion/contract";
import type { DrawSettings } from "./fake-draw.ts";
import { idOf, randomHex, timeOf } from "./fake-ids.ts";
import type { QueueSettings } from "./fake-queue.ts";
import type { FakeWorld } from "./fake-world.ts";
import { NotFaked } from "./refusal.ts";

/** The value that a schema of the contract gives. */
export type Value<Shape extends keyof typeof shapes> = NonNullable<
  (typeof shapes)[Shape] extends { readonly "~types"?: { readonly output: infer Output } | undefined }
    ? Output
    : never
>;

/** What a queue is made with; a name and a rate are there where the test gives none. */
export type FakeQueueOptions = Partial<Value<"queueCreate">>;
export type FakeDrawOptions = Partial<Value<"drawCreate">>;

/** The settings of a queue as the server makes them of a body. */
export function queueSettingsOf(world: FakeWorld, body: FakeQueueOptions): QueueSettings {
  if (body.shuffleBeforeOpen || body.joinFrom)
    throw new NotFaked("The fake draws no order at an opening: make the queue without shuffleBeforeOpen.");
  refuseUnknown(body);
  const createdAt = timeOf(world.clock.now());
  return {
    id: body.id ?? idOf("queue"),
    name: body.name ?? "A queue of the fake server",
    experienceId: idOf("experience"),
    sequenceId: body.sequenceId ?? idOf("sequence"),
    openAt: isoOf(body.openAt),
    closeAt: isoOf(body.closeAt),
    timeZone: body.timeZone ?? "UTC",
    waitlistUrl: body.waitlistUrl ?? null,
    capacity: body.capacity ?? null,
    shuffleBeforeOpen: false,
    joinFrom: null,
    beacon: { kind: "none" },
    rulesHash: randomHex(32),
    admitRate: body.admitRate ?? 60,
    maxConcurrentAdmissions: body.maxConcurrentAdmissions ?? null,
    maxAdmissions: body.maxAdmissions ?? null,
    admissionExpirationSeconds: body.admissionExpirationSeconds ?? 600,
    completionGraceSeconds: body.completionGraceSeconds ?? 120,
    entryLevel: body.entryLevel ?? "guest",
    requireFingerprint: body.requireFingerprint ?? false,
    checkoutUrl: body.checkoutUrl ?? null,
    pageUrl: body.pageUrl ?? null,
    holds: [],
    whenSoldOut: body.whenSoldOut ?? "end",
    createdAt,
  } satisfies Omit<Queue, "status" | "waiting" | "version" | "isPaused" | "updatedAt">;
}

/** The settings of a draw as the server makes them of a body. */
export function drawSettingsOf(world: FakeWorld, body: FakeDrawOptions): DrawSettings {
  refuseUnknown(body);
  const inAnHour = timeOf(world.clock.now() + 3_600_000);
  const closeAt = isoOf(body.closeAt) ?? inAnHour;
  const id = body.id ?? idOf("draw");
  const settings = {
    openAt: isoOf(body.openAt),
    closeAt,
    drawAt: isoOf(body.drawAt) ?? closeAt,
    winnerCount: body.winnerCount ?? 1,
    capacity: body.capacity ?? null,
    backfill: body.backfill ?? false,
    entryLevel: body.entryLevel ?? "guest",
    admissionExpirationSeconds: body.admissionExpirationSeconds ?? 600,
    completionGraceSeconds: body.completionGraceSeconds ?? 120,
  } as const;
  const commitment = randomHex(32);
  const { organizationId } = world;
  const rules: DrawRules = {
    ...settings,
    algorithm: "fair-draw-v1",
    beacon: { kind: "none" },
    commitment,
    drawId: id,
    mode: "test",
    organizationId,
    unit: "consumer",
  };
  return {
    ...settings,
    id,
    name: body.name ?? "A draw of the fake server",
    experienceId: idOf("experience"),
    sequenceId: body.sequenceId ?? idOf("sequence"),
    beacon: { kind: "none" },
    rules,
    rulesHash: randomHex(32),
    commitment,
    admitRate: body.admitRate ?? null,
    requireFingerprint: body.requireFingerprint ?? false,
    checkoutUrl: body.checkoutUrl ?? null,
    holds: [],
    createdAt: timeOf(world.clock.now()),
  } satisfies Omit<Draw, "status" | "entries" | "drawnAt" | "cancelledAt" | "version" | "updatedAt">;
}

function refuseUnknown({ holds, beacon }: FakeQueueOptions | FakeDrawOptions): void {
  if (holds && holds.length > 0)
    throw new NotFaked(
      "The fake has no catalogue, so nothing can be held: leave holds out, and call sellOut().",
    );
  if (beacon && beacon.kind !== "none")
    throw new NotFaked("The fake has no randomness beacon: leave beacon out, and say who wins.");
}

function isoOf(time: string | null | undefined): string | null {
  return time === null || time === undefined ? null : new Date(time).toISOString();
}
