import { signedHeaders } from "@stanchion/server";

export interface ForwardedEvent {
  /** `evt_…` */
  readonly id: string;
  readonly type: string;
  /** As a webhook has it, byte for byte. */
  readonly body: string;
}

const answerMsMax = 30_000;

/** Sends an event as a webhook is sent, and tells the receiver's answer in a line; true: it was taken. */
export async function forwardEvent(
  { id, type, body }: ForwardedEvent,
  { to, secret, signal }: { to: URL; secret: string; signal?: AbortSignal },
): Promise<boolean> {
  const startedAt = performance.now();
  const headers = signedHeaders([secret], { id, body, now: new Date() });
  const patience = AbortSignal.timeout(answerMsMax);
  let answer: string;
  let isTaken = false;
  try {
    const response = await fetch(to, {
      method: "POST",
      headers,
      body,
      redirect: "manual",
      signal: signal === undefined ? patience : AbortSignal.any([patience, signal]),
    });
    await response.body?.cancel();
    answer = String(response.status);
    isTaken = response.ok;
  } catch (error) {
    answer = whyNot(error);
  }
  const tookMs = Math.round(performance.now() - startedAt);
  console.log(`${new Date().toISOString()}  ${type}  ${id}  → ${answer} in ${tookMs} ms`);
  return isTaken;
}

function whyNot(error: unknown): string {
  const { code } = Object(Object(error).cause);
  if (code === "ECONNREFUSED") return "nobody listens there";
  if (Object(error).name === "TimeoutError") return `no answer within ${answerMsMax / 1_000} s`;
  return typeof code === "string" ? code : "no answer";
}
