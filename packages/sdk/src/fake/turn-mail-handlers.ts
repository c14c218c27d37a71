import { pickLanguage, type TurnMail } from "@stanchion/contract";
import type { FakeHandlers } from "./fake-answers.ts";
import type { FakeCall } from "./fake-call.ts";
import { timeOf } from "./fake-ids.ts";
import type { FakeQueue, FakeStay } from "./fake-queue.ts";
import type { FakeConsumer, FakeWorld } from "./fake-world.ts";
import { fingerprintFor, requireSameDevice } from "./fingerprints.ts";
import { callerOf, queueOf } from "./queue-handlers.ts";
import { type Refusal, refuse } from "./refusal.ts";

interface OwnPlace {
  readonly queue: FakeQueue;
  readonly stay: FakeStay;
  readonly consumer: FakeConsumer;
}

/** The mail by which a fan who waits is told of the turn. The fake sends it when it admits. */
export const turnMailHandlers: FakeHandlers = {
  readTurnMail: (world, call) => ({ json: turnMailOf(ownPlace(world, call)) }),
  requestTurnMail: (world, call) => {
    call.body("noBody");
    const place = ownPlace(world, call);
    if (place.consumer.email === null) throw refuse("EMAIL_REQUIRED", { details: codeRoutes });
    const refusal = whyNotWaiting(place);
    if (refusal !== null) throw refusal;
    const language = pickLanguage(wishedLanguages(call.header("accept-language") ?? ""));
    const requestedAtMs = place.stay.turnMail?.requestedAtMs ?? world.clock.now();
    place.stay.turnMail = { language, requestedAtMs, sentAtMs: null };
    return { json: turnMailOf(place) };
  },
  cancelTurnMail: (world, call) => {
    const { stay } = ownPlace(world, call);
    if (stay.turnMail?.sentAtMs === null) stay.turnMail = null;
    return { status: 204 };
  },
};

const codeRoutes = { requestCode: "/api/v1/auth/otp/request", verifyCode: "/api/v1/auth/otp/verify" };

function ownPlace(world: FakeWorld, call: FakeCall): OwnPlace {
  const queue = queueOf(world, call);
  const device = fingerprintFor(call, queue.settings);
  const consumer = callerOf(world, call);
  const stay = queue.latestOf(consumer.id);
  requireSameDevice(stay, device, queue.settings);
  return { queue, stay, consumer };
}

const isOut = "You are not in this line any more: there is no turn to tell you of.";

function whyNotWaiting({ queue, stay }: OwnPlace): Refusal | null {
  const state = queue.statusOf(stay);
  if (state === "QUEUED") return null;
  if (state === "COMPLETED") return refuse("ALREADY_COMPLETED", { details: { state } });
  if (state === "EXPIRED") return refuse("ADMISSION_EXPIRED", { details: { state } });
  const hint = state === "ADMITTED" ? "It is your turn already." : isOut;
  return refuse("INVALID_STATE", { details: { state, hint } });
}

function turnMailOf({ queue, stay, consumer }: OwnPlace): TurnMail {
  const { turnMail: asked, entryId } = stay;
  const state = queue.statusOf(stay);
  // Of a place that was given up before its turn no mail comes.
  const isMoot = asked?.sentAtMs === null && state !== "QUEUED" && state !== "ADMITTED";
  const mail = isMoot ? null : asked;
  const sentAtMs = mail?.sentAtMs ?? null;
  return {
    queueId: queue.id,
    entryId,
    isAvailable: true,
    status: mail === null ? "NONE" : sentAtMs === null ? "REQUESTED" : "SENT",
    email: consumer.email === null ? null : hiddenAddress(consumer.email),
    language: mail?.language ?? null,
    requestedAt: mail === null ? null : timeOf(mail.requestedAtMs),
    sentAt: sentAtMs === null ? null : timeOf(sentAtMs),
  };
}

/** `f***@example.com` */
function hiddenAddress(email: string): string {
  return email.replace(/^(.).*@/u, "$1***@");
}

/** The tags of an Accept-Language, what is wished for most first. */
function wishedLanguages(header: string): string[] {
  const wishes = header.split(",").map((member) => {
    const [tag = "", ...parameters] = member.split(";").map((part) => part.trim());
    const quality = parameters.find((parameter) => parameter.startsWith("q="));
    return { tag, weight: quality === undefined ? 1 : Number(quality.slice(2)) };
  });
  return wishes
    .filter(({ weight }) => weight > 0)
    .sort((a, b) => b.weight - a.weight)
    .map(({ tag }) => tag);
}
