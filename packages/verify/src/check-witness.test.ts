import { afterAll, test as anyTest, beforeAll, describe, expect } from "vitest";
import { createTimeStampWitness } from "../../server/src/fairness/witness/time-stamp.ts";
import {
  hasOpenssl,
  startTestAuthority,
  type TestAuthority,
} from "../../server/src/testing/test-authority.ts";
import { readAuthorities } from "./certificate.ts";
import { type CheckedDraw, checkDraw } from "./check-draw.ts";
import { checkLine } from "./check-line.ts";
import { timeOfDrandRound } from "./drand.ts";
import type { DrawWitness } from "./draw-proof.ts";
import type { Trust } from "./find-level.ts";
import { lineBeaconDelayMs } from "./line.ts";
import { type MadeDraw, makeChain, makeDraw, signStatement } from "./testing/make-draw-proof.ts";
import { makeLine } from "./testing/make-line-proof.ts";
import { readTimeStamp } from "./time-stamp.ts";

const inAnHour = new Date(Date.now() + 3_600_000).toISOString();
const chain = makeChain(inAnHour);
const draw = makeDraw({ beacon: chain, drawAt: inAnHour });
/** Its round came long ago. */
const late = makeDraw({ beacon: makeChain("2025-03-01T12:00:00.000Z"), drawAt: "2025-03-01T12:00:00.000Z" });
const test = anyTest.skipIf(!hasOpenssl);
let authority: TestAuthority;
let trust: Trust;
let witness: DrawWitness;

beforeAll(async () => {
  authority = await startTestAuthority();
  trust = { authorities: readAuthorities(authority.root), chains: [chain.chainHash] };
  witness = await stamp(draw.proof.freeze);
}, 60_000);
afterAll(() => authority.stop());

test("calls a draw witnessed whose freeze somebody saw before the round came", async () => {
  const checked = await check(draw, witness);
  expect(witnessStep(checked)).toMatchObject({
    holds: true,
    says: expect.stringContaining("before the beacon's round"),
  });
  expect(checked.level).toBe("witnessed");
  expect(checked.steps.map(({ step }) => step)).toContain("witness");
});

test("calls a line witnessed whose freeze somebody saw before the round came, and not one that was frozen too late", async () => {
  const openAt = inAnHour;
  const chainOfLine = makeChain(new Date(Date.parse(openAt) + lineBeaconDelayMs).toISOString());
  const roundAfterMs = timeOfDrandRound(chainOfLine, chainOfLine.round) - Date.parse(openAt);
  const levels: unknown[] = [];
  for (const frozenAfterMs of [roundAfterMs - 1, roundAfterMs]) {
    const line = makeLine(5, chainOfLine, frozenAfterMs, openAt);
    const seen = { ...line.proof, witness: await stamp(line.proof.freeze) };
    const { steps, level } = await checkLine({ ...line, proof: seen, trust });
    expect(steps.filter(({ holds }) => !holds)).toEqual([]);
    levels.push([level, steps.find(({ step }) => step === "witness")?.says]);
    const other = await checkLine({ ...line, proof: { ...seen, witness }, trust });
    expect([other.level, other.steps.find(({ holds }) => !holds)?.step]).toEqual([null, "witness"]);
  }
  expect(levels).toEqual([
    ["witnessed", expect.stringContaining("before the beacon's round")],
    ["beacon", expect.stringContaining("another round counts")],
  ]);
});

describe("counts a stamp for nothing", () => {
  test.each<[string, () => Promise<CheckedDraw>, string, RegExp]>([
    [
      "by an authority that nobody vouches for",
      () => check(draw, witness, { chains: [chain.chainHash] }),
      "beacon",
      /nobody known/,
    ],
    [
      "of a draw by an unknown chain",
      () => check(draw, witness, { ...trust, chains: [] }),
      "beacon run by an unknown party",
      /before the beacon's round/,
    ],
    [
      "that came after the round",
      async () => check(late, await stamp(late.proof.freeze)),
      "beacon",
      /only after/,
    ],
    [
      "of a draw without a beacon",
      async () => {
        const none = makeDraw();
        return check(none, await stamp(none.proof.freeze));
      },
      "consistent",
      /there is no beacon/,
    ],
    [
      "by a clock that is not exact enough",
      async () => {
        authority.manner = "inexact";
        const inexact = await stamp(draw.proof.freeze).finally(() => {
          authority.manner = "signed";
        });
        const read = await readTimeStamp(Buffer.from(inexact.token, "base64"), []);
        expect(read.latestMs - read.atMs).toBe(7_200_000);
        return check(draw, inexact);
      },
      "beacon",
      /not exact enough/,
    ],
    [
      "of another kind",
      () => check(draw, { ...witness, kind: "rekor" as never }),
      "beacon",
      /not known here/,
    ],
  ])("%s", async (_name, checked, level, says) => {
    const found = await checked();
    expect(witnessStep(found)).toMatchObject({ holds: true, says: expect.stringMatching(says) });
    expect(found.level).toBe(level);
  });
});

test("takes what may well hold, and is written in a way that is not known here, for no fault", async () => {
  // A sequence of BER, whose end is marked in the place of its length.
  const token = Buffer.from([0x30, 0x80, ...Buffer.from(witness.token, "base64").subarray(4), 0, 0]).toString(
    "base64",
  );
  const checked = await check(draw, { ...witness, token });
  expect(witnessStep(checked)).toMatchObject({
    holds: true,
    says: "The time stamp cannot be judged here: It is written in BER, and not in DER. It counts for nothing.",
  });
  expect(checked.level).toBe("beacon");
});

describe("refuses a stamp", () => {
  test.each<[string, () => DrawWitness | Promise<DrawWitness>, RegExp]>([
    ["of another statement", () => stamp(signStatement("freeze+jws", { a: 1 })), /saw another statement/],
    ["that says another digest", () => ({ ...witness, digest: "00".repeat(32) }), /saw another statement/],
    ["that says another time", () => ({ ...witness, at: "2026-01-01T00:00:00.000Z" }), /another time/],
    ["that is no token", () => ({ ...witness, token: "AAAA" }), /cannot be read/],
    ["that is no base64", () => ({ ...witness, token: "*" }), /cannot be read/],
    [
      "cut off",
      () => ({ ...witness, token: Buffer.from(witness.token, "base64").subarray(0, -4).toString("base64") }),
      /cannot be read/,
    ],
  ])("%s", async (_name, changed, says) => {
    const checked = await check(draw, await changed());
    expect(witnessStep(checked)).toMatchObject({ holds: false, says: expect.stringMatching(says) });
    expect(checked.level).toBe(null);
  });

  test("with a bit turned in what was stamped or in the signature", async () => {
    const token = Buffer.from(witness.token, "base64");
    const digestAt = token.indexOf(Buffer.from(witness.digest, "hex"));
    const places = [
      ...count(32).map((at) => digestAt + at),
      ...count(256).map((at) => token.length - 1 - at),
    ];
    for (const at of places) {
      const turned = Buffer.from(token);
      turned[at] = (turned[at] ?? 0) ^ (1 << (at % 8));
      await expect(readTimeStamp(turned, trust.authorities ?? []), `byte ${at}`).rejects.toThrow(TypeError);
    }
  });
});

function count(length: number): number[] {
  return Array.from({ length }, (_, index) => index);
}

function check({ proof, leaves, jwks }: MadeDraw, seen: DrawWitness, trusted = trust): Promise<CheckedDraw> {
  return checkDraw({
    proof: { ...proof, witness: seen },
    leaves,
    jwks,
    trust: { chains: chains(proof), ...trusted },
  });
}

/** The chain of the tests is one chain, whatever the round. */
function chains({ rules }: MadeDraw["proof"]): string[] {
  return rules.beacon.kind === "none" ? [] : [rules.beacon.chainHash];
}

function witnessStep({ steps }: CheckedDraw) {
  return steps.find(({ step }) => step === "witness");
}

function stamp(statement: string): Promise<DrawWitness> {
  return createTimeStampWitness({ url: authority.url, trusted: [authority.root] }).stamp(statement);
}
