/** What the shop meets with those who have won, and anybody with the proof of a draw. */
import { type CaseContext, expectJson, type Fan } from "../case-context.ts";
import type { ConformanceCase } from "../conformance-case.ts";
import type { Exchange } from "../exchange.ts";
import { admissionToken } from "./credential-cases.ts";

type Verb = "deny" | "complete";
const operationsOfVerbs = { deny: "denyDrawEntry", complete: "completeDrawEntry" } as const;
const [device, otherDevice] = ["device-of-the-fan", "device-of-another"];

function act(
  ctx: CaseContext,
  drawId: string,
  verb: Verb,
  { consumerId }: Pick<Fan, "consumerId">,
): Promise<Exchange> {
  return ctx.inDraw(drawId, verb, verb === "deny" ? { consumerId, reason: "BOT" } : { consumerId });
}

/** A draw whose fan has come to this state, and the fan. */
async function drawWith(ctx: CaseContext, state: "ENTERED" | "COMPLETED" | "EXPIRED") {
  if (state === "ENTERED") return ctx.drawWithFan();
  const settings = state === "EXPIRED" ? { admissionExpirationSeconds: 10, completionGraceSeconds: 0 } : {};
  const { draw, fan } = await ctx.drawWithWinner(settings);
  if (state === "COMPLETED") expectJson(await act(ctx, draw.id, "complete", fan), 200);
  else await ctx.pass(12);
  return { draw, fan };
}

/** A verb of the shop on an entry whose state stands in its way. */
function stateCase(
  code: ConformanceCase["code"],
  verb: Verb,
  state: Parameters<typeof drawWith>[1],
): ConformanceCase {
  return {
    code,
    operation: operationsOfVerbs[verb],
    needs: ["publishable key"],
    cause: `${verb} where the entry is ${state}`,
    async provoke(ctx) {
      const { draw, fan } = await drawWith(ctx, state);
      return act(ctx, draw.id, verb, fan);
    },
  };
}

function validateCase(
  code: ConformanceCase["code"],
  cause: string,
  spoil: (ctx: CaseContext, drawId: string, fan: Fan) => Promise<unknown>,
): ConformanceCase {
  return {
    code,
    operation: "validateDrawAdmission",
    needs: ["publishable key"],
    cause,
    async provoke(ctx) {
      const { draw, fan, won } = await ctx.drawWithWinner();
      const token = admissionToken(won);
      expectJson(await ctx.inDraw(draw.id, "validate", { token }), 200);
      await spoil(ctx, draw.id, fan);
      return ctx.inDraw(draw.id, "validate", { token });
    },
  };
}

export const drawOutcomeCases: readonly ConformanceCase[] = [
  stateCase("ADMISSION_EXPIRED", "complete", "EXPIRED"),
  stateCase("ADMISSION_EXPIRED", "deny", "EXPIRED"),
  stateCase("ADMISSION_USED", "complete", "COMPLETED"),
  stateCase("ALREADY_COMPLETED", "deny", "COMPLETED"),
  ...(
    [
      ["ALREADY_COMPLETED", "COMPLETED"],
      ["ADMISSION_EXPIRED", "EXPIRED"],
    ] as const
  ).map(
    ([code, state]): ConformanceCase => ({
      code,
      operation: "leaveDraw",
      needs: ["publishable key"],
      cause: `giving up a win that is ${state}`,
      async provoke(ctx) {
        const { draw, fan } = await drawWith(ctx, state);
        return fan.leaveDraw(draw.id);
      },
    }),
  ),
  stateCase("INVALID_STATE", "complete", "ENTERED"),
  stateCase("INVALID_STATE", "deny", "ENTERED"),
  ...(["deny", "complete"] as const).map(
    (verb): ConformanceCase => ({
      code: "NOT_IN_DRAW",
      operation: operationsOfVerbs[verb],
      needs: [],
      cause: `${verb} somebody who has not entered`,
      async provoke(ctx) {
        const draw = await ctx.draw();
        return act(ctx, draw.id, verb, { consumerId: ctx.unknownId("consumer") });
      },
    }),
  ),
  validateCase("ADMISSION_USED", "a token whose win was completed", (ctx, drawId, fan) =>
    act(ctx, drawId, "complete", fan),
  ),
  validateCase("INVALID_STATE", "a token whose win was taken back", (ctx, drawId, fan) =>
    act(ctx, drawId, "deny", fan),
  ),
  validateCase("TOKEN_EXPIRED", "a token of a minute ago", (ctx) => ctx.pass(62)),
  {
    code: "INVALID_TOKEN",
    operation: "validateDrawAdmission",
    needs: [],
    cause: "an admission token that is none",
    async provoke(ctx) {
      const draw = await ctx.draw();
      return ctx.inDraw(draw.id, "validate", { token: "none.of.ours" });
    },
  },
  {
    code: "FP001",
    operation: "validateDrawAdmission",
    needs: ["publishable key"],
    cause: "no fingerprint where the draw asks for one",
    async provoke(ctx) {
      const draw = await ctx.draw({ requireFingerprint: true });
      return ctx.inDraw(draw.id, "validate", { token: "any.token.there" });
    },
  },
  {
    code: "FP003",
    operation: "validateDrawAdmission",
    needs: ["publishable key"],
    cause: "a fingerprint of two characters",
    async provoke(ctx) {
      const draw = await ctx.draw({ requireFingerprint: true });
      return ctx.inDraw(draw.id, "validate", { token: "any.token.there", fingerprint: "me" });
    },
  },
  {
    code: "FP002",
    operation: "validateDrawAdmission",
    needs: ["publishable key"],
    cause: "the fingerprint of another device",
    async provoke(ctx) {
      const headers = { "X-Fingerprint": device };
      const { draw, won } = await ctx.drawWithWinner({ requireFingerprint: true }, headers);
      return ctx.inDraw(draw.id, "validate", { token: admissionToken(won), fingerprint: otherDevice });
    },
  },
  {
    code: "INVALID_STATE",
    operation: "cancelDraw",
    needs: ["publishable key"],
    cause: "cancelling a draw that is drawn",
    async provoke(ctx) {
      const { draw } = await ctx.drawWithWinner();
      return ctx.inDraw(draw.id, "cancel");
    },
  },
  ...(["readDrawLeaves", "readDrawEntryProof"] as const).map(
    (operation): ConformanceCase => ({
      code: "INVALID_STATE",
      operation,
      needs: [],
      cause: "the list of a draw that is open",
      async provoke(ctx) {
        const draw = await ctx.draw();
        const end = operation === "readDrawLeaves" ? "leaves" : `entries/${ctx.unknownId("entry")}`;
        return ctx.send("GET", `/api/v1/draws/${draw.id}/proof/${end}`);
      },
    }),
  ),
  ...(["BEACON_FAILED", "BEACON_TIMEOUT"] as const).map(
    (code): ConformanceCase => ({
      code,
      operation: "readBeacon",
      needs: ["beacon"],
      cause:
        code === "BEACON_FAILED"
          ? "a round that the chain's key did not sign"
          : "a beacon that does not answer",
      provoke(ctx) {
        const beacon = ctx.need("beacon");
        if (code === "BEACON_FAILED") beacon.fail();
        else beacon.hang();
        return ctx.asShop("GET", `/api/v1/beacon?chain=${beacon.chain}`);
      },
    }),
  ),
  {
    code: "ENTRY_NOT_FOUND",
    operation: "readDrawEntryProof",
    needs: ["publishable key"],
    cause: "an entry that the list does not have",
    async provoke(ctx) {
      const { draw } = await ctx.drawWithWinner();
      return ctx.send("GET", `/api/v1/draws/${draw.id}/proof/entries/${ctx.unknownId("entry")}`);
    },
  },
];
