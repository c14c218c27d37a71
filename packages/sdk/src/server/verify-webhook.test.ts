import { Webhook as StandardWebhook } from "standardwebhooks";
import { Webhook as SvixWebhook } from "svix";
import { describe, expect, it } from "vitest";
import type { StanchionError } from "../stanchion-error.ts";
import { eventsIn, type VerifyWebhookOptions, verifyWebhook, type WebhookHeaders } from "./verify-webhook.ts";

const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const otherSecret = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";
const nowMs = 1_795_732_208_000;
const body = '{"id":"evt_1","type":"queue.consumer.admitted","timestamp":"…","data":{"sequence":1}}';

function headersOf(signature: string, sentMs = nowMs): Record<string, string> {
  return {
    "webhook-id": "evt_1",
    "webhook-timestamp": String(sentMs / 1_000),
    "webhook-signature": signature,
  };
}

function signed(by = secret, sentMs = nowMs, text = body): string {
  return new StandardWebhook(by).sign("evt_1", new Date(sentMs), text);
}

async function verdict(
  headers: WebhookHeaders,
  given: { body?: string | Uint8Array; secrets?: string | string[]; options?: VerifyWebhookOptions } = {},
): Promise<unknown> {
  const options = { now: () => nowMs, ...given.options };
  return verifyWebhook(given.body ?? body, headers, given.secrets ?? secret, options).then(
    ({ id }) => id,
    ({ code, details }: StanchionError) => (code === "WEBHOOK_NOT_VERIFIED" ? details.reason : code),
  );
}

describe("verifyWebhook", () => {
  it("takes what other libraries have signed, from a text, from bytes, from every kind of headers", async () => {
    const bySvix = new SvixWebhook(secret).sign("evt_1", new Date(nowMs), body);
    for (const signature of [signed(), bySvix])
      for (const given of [body, new TextEncoder().encode(body)])
        for (const headers of [headersOf(signature), new Headers(headersOf(signature))])
          expect(await verdict(headers, { body: given })).toBe("evt_1");
  });

  it("takes any of several signatures by any of several secrets", async () => {
    const both = `v1a,AAAA ${signed(otherSecret)} ${signed()}`;
    expect(await verdict(headersOf(both))).toBe("evt_1");
    expect(await verdict(headersOf(signed(otherSecret)), { secrets: [secret, otherSecret] })).toBe("evt_1");
    expect(await verdict(headersOf(signed(otherSecret)))).toBe("bad_signature");
  });

  it("refuses what was changed, of another version, or no signature at all", async () => {
    expect(await verdict(headersOf(signed()), { body: `${body} ` })).toBe("bad_signature");
    expect(await verdict({ ...headersOf(signed()), "webhook-id": "evt_2" })).toBe("bad_signature");
    expect(await verdict(headersOf(signed().replace("v1,", "v2,")))).toBe("bad_signature");
    for (const junk of ["v1,", "v1,!!!", "junk", `v1,${"A".repeat(43)}=`])
      expect(await verdict(headersOf(junk))).toBe("bad_signature");
    for (const name of Object.keys(headersOf("")))
      expect(await verdict({ ...headersOf(signed()), [name]: undefined })).toBe("missing_header");
  });

  it("takes five minutes either way and no second more", async () => {
    for (const [offSeconds, expected] of [
      [-300, "evt_1"],
      [-301, "too_old"],
      [300, "evt_1"],
      [301, "too_new"],
    ] as const) {
      const sentMs = nowMs + offSeconds * 1_000;
      expect(await verdict(headersOf(signed(secret, sentMs), sentMs))).toBe(expected);
    }
    expect(await verdict({ ...headersOf(signed()), "webhook-timestamp": "soon" })).toBe("bad_timestamp");
  });

  it("answers nothing that is no event, and takes no secret that is none", async () => {
    for (const text of ["", "{}", "[]", "not json"])
      expect(await verdict(headersOf(signed(secret, nowMs, text)), { body: text })).toBe("no_event");
    for (const secrets of ["", "whsec_", "whsec_!", []])
      await expect(verifyWebhook(body, headersOf(signed()), secrets)).rejects.toThrow(TypeError);
  });

  it("says so where the body was parsed before, and takes none for an empty one", async () => {
    const parsed = JSON.parse(body) as string;
    await expect(verifyWebhook(parsed, headersOf(signed()), secret, { now: () => nowMs })).rejects.toThrow(
      "something has parsed it before",
    );
    const none = undefined as unknown as string;
    await expect(verifyWebhook(none, headersOf(signed()), secret, { now: () => nowMs })).rejects.toThrow(
      "No signature fits",
    );
    const within = new TextEncoder().encode(`before${body}after`).subarray("before".length, -"after".length);
    expect(await verdict(headersOf(signed()), { body: within })).toBe("evt_1");
  });

  it("takes a batch apart, and leaves any other event as it is", async () => {
    const batch = body
      .replace("consumer.admitted", "consumer.entered.batch")
      .replace('"sequence":1', `"events":[${body},${body.replace("evt_1", "evt_2")}]`);
    const event = await verifyWebhook(batch, headersOf(signed(secret, nowMs, batch)), secret, {
      now: () => nowMs,
    });
    expect(eventsIn(event).map(({ id }) => id)).toEqual(["evt_1", "evt_2"]);
    const [first] = eventsIn(event);
    expect(first && eventsIn(first)).toEqual([first]);
  });
});
