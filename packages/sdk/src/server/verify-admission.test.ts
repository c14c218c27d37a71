import type { JWK } from "jose";
import { beforeEach, describe, expect, it } from "vitest";
import type { StanchionError } from "../stanchion-error.ts";
import { type AdmissionSigner, newAdmissionSigner } from "../testing/admission-signer.ts";
import { type VerifyAdmissionOptions, verifyAdmission } from "./verify-admission.ts";

const url = "https://line.test";
const startMs = 1_795_732_200_000;
const claims = { iss: url, aud: "org_1", sub: "cons_1", jti: "adm_1", dist: "queue_1" };

let key: AdmissionSigner;
let shown: JWK[];
let reads: number;
let isAway: boolean;
let nowMs: number;
let options: VerifyAdmissionOptions;

beforeEach(async () => {
  key = await newAdmissionSigner("key-1");
  shown = [key.jwk];
  reads = 0;
  isAway = false;
  nowMs = startMs;
  options = {
    url,
    organizationId: "org_1",
    now: () => nowMs,
    fetch: async () => {
      reads += 1;
      if (isAway) throw new TypeError("no route");
      return Response.json({ keys: shown });
    },
  };
});

function tokenOf(
  change: Record<string, unknown> = {},
  header: Record<string, unknown> = {},
  by = key,
): Promise<string> {
  return by.sign({ ...claims, ...change }, nowMs, header);
}

async function verdict(token: string, change: Partial<VerifyAdmissionOptions> = {}): Promise<unknown> {
  return verifyAdmission(token, { ...options, ...change }).then(
    ({ id }) => id,
    ({ code, details }: StanchionError) => details.reason ?? code,
  );
}

describe("verifyAdmission", () => {
  it("answers whose admission it is, to what, and the token's times", async () => {
    expect(await verifyAdmission(await tokenOf(), options)).toEqual({
      id: "adm_1",
      consumerId: "cons_1",
      organizationId: "org_1",
      distributionId: "queue_1",
      tokenIssuedAt: new Date(startMs),
      tokenExpiresAt: new Date(startMs + 60_000),
      expiresAt: null,
    });
  });

  it("refuses a token of another kind, key, server, organization, queue, and one that was changed", async () => {
    const good = await tokenOf();
    const [head, , signature] = good.split(".");
    const [, otherPayload] = (await tokenOf({ sub: "cons_2" })).split(".");
    const other = await newAdmissionSigner("key-1");
    expect(await verdict(`${head}.${otherPayload}.${signature}`)).toBe("bad_signature");
    expect(await verdict(await tokenOf({}, {}, other))).toBe("bad_signature");
    expect(await verdict(await tokenOf({}, { typ: "JWT" }))).toBe("other_type");
    expect(await verdict(await tokenOf({}, { kid: "key-2" }))).toBe("unknown_key");
    expect(await verdict(await tokenOf({ iss: "https://other.test" }))).toBe("other_issuer");
    expect(await verdict(await tokenOf({ aud: "org_2" }))).toBe("other_organization");
    expect(await verdict(await tokenOf({ exp: "soon" }))).toBe("malformed");
    expect(await verdict(good, { queueId: "queue_2" })).toBe("other_distribution");
    expect(await verdict(good, { queueId: "queue_2", drawId: "draw_2" })).toBe("other_distribution");
    expect(await verdict(good, { queueId: "queue_1" })).toBe("adm_1");
    for (const junk of [
      "x",
      "a.b.c",
      `${good}.x`,
      `${head}..${signature}`,
      "é.é.é",
      `.${"A".repeat(5_000)}.`,
    ])
      expect(await verdict(junk)).toBe("malformed");
    const none = btoa(JSON.stringify({ alg: "none", typ: "admission+jwt", kid: "key-1" }));
    expect(await verdict(`${none}.${otherPayload}.`)).toBe("other_type");
    expect(await verdict("")).toBe("INVALID_ARGUMENT");
  });

  it("takes the issuer apart from the address, and a slash at its end", async () => {
    const token = await tokenOf({ iss: "https://public.test" });
    expect(await verdict(token, { issuer: "https://public.test/" })).toBe("adm_1");
    expect(await verdict(await tokenOf(), { url: `${url}/` })).toBe("adm_1");
  });

  it("takes a token for five seconds after its end, or as long as it is told", async () => {
    const token = await tokenOf();
    nowMs += 64_999;
    expect(await verdict(token)).toBe("adm_1");
    nowMs += 1;
    expect(await verdict(token)).toBe("TOKEN_EXPIRED");
    expect(await verdict(token, { clockSkewSeconds: 6 })).toBe("adm_1");
  });

  it("holds the device against the fingerprint, where there is one to hold it against", async () => {
    const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode("adm_1:device-0001"));
    const bound = await tokenOf({ dev: Buffer.from(digest).toString("hex") });
    expect(await verdict(bound, { fingerprint: "device-0001" })).toBe("adm_1");
    expect(await verdict(bound, { fingerprint: "device-0002" })).toBe("FP002");
    expect(await verdict(await tokenOf(), { fingerprint: "device-0001" })).toBe("FP002");
    expect(await verdict(bound)).toBe("adm_1");
  });

  it("reads the keys once for many tokens, and for unknown keys at most every half minute", async () => {
    const token = await tokenOf();
    expect(await Promise.all(Array.from({ length: 20 }, () => verdict(token)))).toEqual(
      Array.from({ length: 20 }, () => "adm_1"),
    );
    expect(reads).toBe(1);
    const next = await newAdmissionSigner("key-2");
    const byNext = await tokenOf({}, { kid: "key-2" }, next);
    shown = [key.jwk, next.jwk];
    expect([await verdict(byNext), reads]).toEqual(["unknown_key", 1]);
    nowMs += 30_000;
    expect([await verdict(byNext), reads]).toEqual(["adm_1", 2]);
  });

  it("goes on with the keys it has while the server is away, and forgets one that is shown no more", async () => {
    expect(await verdict(await tokenOf())).toBe("adm_1");
    isAway = true;
    nowMs += 86_400_000;
    expect([await verdict(await tokenOf()), await verdict(await tokenOf())]).toEqual(["adm_1", "adm_1"]);
    expect(reads).toBe(2);
    isAway = false;
    shown = [(await newAdmissionSigner("key-2")).jwk];
    nowMs += 30_000;
    expect(await verdict(await tokenOf())).toBe("unknown_key");
  });

  it("says that no key could be read, and asks again soon", async () => {
    isAway = true;
    expect(await verdict(await tokenOf())).toBe("NETWORK_ERROR");
    isAway = false;
    expect([await verdict(await tokenOf()), reads]).toEqual(["NETWORK_ERROR", 1]);
    nowMs += 2_000;
    expect([await verdict(await tokenOf()), reads]).toEqual(["adm_1", 2]);
  });

  it("needs a secret key to ask the server", async () => {
    await expect(verifyAdmission(await tokenOf(), { ...options, validate: true })).rejects.toThrow(TypeError);
  });
});
