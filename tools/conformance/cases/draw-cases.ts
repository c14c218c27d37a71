/** What fans and the shop meet in draws. */
import { type CaseContext, expectJson } from "../case-context.ts";
import type { ConformanceCase } from "../conformance-case.ts";

const draws = "/api/v1/draws";
const device = "device-of-the-fan";
const otherDevice = "device-of-another";
const hourMs = 3_600_000;

function timesOf(ctx: CaseContext): { closeAt: string; drawAt: string } {
  const inAnHour = new Date(ctx.nowMs() + hourMs).toISOString();
  return { closeAt: inAnHour, drawAt: inAnHour };
}

export const drawCases: readonly ConformanceCase[] = [
  ...(["enterDraw", "readDrawEntry", "leaveDraw"] as const).flatMap((operation): ConformanceCase[] => {
    const call = { enterDraw: "enterDraw", readDrawEntry: "drawStatus", leaveDraw: "leaveDraw" } as const;
    const verb = call[operation];
    return [
      {
        code: "FP001",
        operation,
        needs: ["publishable key"],
        cause: "no fingerprint where the draw asks for one",
        async provoke(ctx) {
          const draw = await ctx.draw({ requireFingerprint: true });
          return (await ctx.fan())[verb](draw.id);
        },
      },
      {
        code: "FP003",
        operation,
        needs: ["publishable key"],
        cause: "a fingerprint of two characters",
        async provoke(ctx) {
          const draw = await ctx.draw({ requireFingerprint: true });
          return (await ctx.fan())[verb](draw.id, { "X-Fingerprint": "me" });
        },
      },
      {
        code: "FP002",
        operation,
        needs: ["publishable key"],
        cause: "the fingerprint of another device",
        async provoke(ctx) {
          const { draw, fan } = await ctx.drawWithFan(
            { requireFingerprint: true },
            { "X-Fingerprint": device },
          );
          return fan[verb](draw.id, { "X-Fingerprint": otherDevice });
        },
      },
    ];
  }),
  {
    code: "DRAW_NOT_FOUND",
    operation: "readDraw",
    needs: [],
    cause: "one that never was",
    provoke: (ctx) => ctx.asShop("GET", `${draws}/${ctx.unknownId("draw")}`),
  },
  ...(["drawStatus", "leaveDraw"] as const).map(
    (verb): ConformanceCase => ({
      code: "NOT_IN_DRAW",
      operation: verb === "drawStatus" ? "readDrawEntry" : "leaveDraw",
      needs: ["publishable key"],
      cause: "a fan who has not entered",
      async provoke(ctx) {
        const draw = await ctx.draw();
        return (await ctx.fan())[verb](draw.id);
      },
    }),
  ),
  {
    code: "NOT_IN_DRAW",
    operation: "removeDrawEntry",
    needs: ["publishable key"],
    cause: "somebody who has not entered",
    async provoke(ctx) {
      const draw = await ctx.draw();
      const { consumerId } = await ctx.fan();
      return ctx.asShop("POST", `${draws}/${draw.id}/remove`, { body: { consumerId, reason: "BOT" } });
    },
  },
  {
    code: "ALREADY_REGISTERED",
    operation: "enterDraw",
    needs: ["publishable key"],
    cause: "entering twice",
    async provoke(ctx) {
      const { draw, fan, entry } = await ctx.drawWithFan();
      const again = await fan.enterDraw(draw.id);
      const { details } = expectJson(again, 409) as { details: { entryId?: unknown } };
      if (details.entryId !== entry.entryId) throw new Error("the details are not the present entry");
      return again;
    },
  },
  {
    code: "DRAW_FULL",
    operation: "enterDraw",
    needs: ["publishable key"],
    cause: "the second in a draw for one",
    async provoke(ctx) {
      const { draw } = await ctx.drawWithFan({ capacity: 1 });
      return (await ctx.fan()).enterDraw(draw.id);
    },
  },
  {
    code: "DRAW_CLOSED",
    operation: "enterDraw",
    needs: ["publishable key"],
    cause: "entering after the close",
    async provoke(ctx) {
      const draw = await ctx.draw();
      const closeAt = new Date(ctx.nowMs() - 1_000).toISOString();
      expectJson(await ctx.asShop("PATCH", `${draws}/${draw.id}`, { body: { closeAt } }), 200);
      return (await ctx.fan()).enterDraw(draw.id);
    },
  },
  {
    code: "DRAW_NOT_OPEN",
    operation: "enterDraw",
    needs: ["publishable key"],
    cause: "entering half an hour before the opening",
    async provoke(ctx) {
      const draw = await ctx.draw({ openAt: new Date(ctx.nowMs() + hourMs / 2).toISOString() });
      return (await ctx.fan()).enterDraw(draw.id);
    },
  },
  {
    code: "RESOURCE_RESTRICTED",
    operation: "enterDraw",
    needs: ["publishable key"],
    cause: "entering again after the shop has taken one out",
    async provoke(ctx) {
      const { draw, fan } = await ctx.drawWithFan();
      const body = { consumerId: fan.consumerId, reason: "BOT" };
      expectJson(await ctx.asShop("POST", `${draws}/${draw.id}/remove`, { body }), 200);
      return fan.enterDraw(draw.id);
    },
  },
  {
    code: "INVALID_STATE",
    operation: "leaveDraw",
    needs: ["publishable key"],
    cause: "leaving a draw that was cancelled",
    async provoke(ctx) {
      const { draw, fan } = await ctx.drawWithFan();
      expectJson(await ctx.asShop("POST", `${draws}/${draw.id}/cancel`), 200);
      return fan.leaveDraw(draw.id);
    },
  },
  {
    code: "ORGANIZATION_NOT_FOUND",
    operation: "readFairnessLog",
    needs: [],
    cause: "the log of an organization that never was",
    provoke: (ctx) => ctx.send("GET", `/api/v1/organizations/${ctx.unknownId("organization")}/fairness-log`),
  },
  {
    code: "INVALID_STATE",
    operation: "removeDrawEntry",
    needs: ["publishable key"],
    cause: "taking somebody out of a draw that was cancelled",
    async provoke(ctx) {
      const { draw, fan } = await ctx.drawWithFan();
      expectJson(await ctx.asShop("POST", `${draws}/${draw.id}/cancel`), 200);
      const body = { consumerId: fan.consumerId, reason: "DUPLICATE" };
      return ctx.asShop("POST", `${draws}/${draw.id}/remove`, { body });
    },
  },
  {
    code: "INVALID_STATE",
    operation: "updateDraw",
    needs: ["publishable key"],
    cause: "other rules after the first entry",
    async provoke(ctx) {
      const { draw } = await ctx.drawWithFan();
      return ctx.asShop("PATCH", `${draws}/${draw.id}`, { body: { winnerCount: 7 } });
    },
  },
  {
    code: "RESOURCE_IN_USE",
    operation: "deleteDraw",
    needs: ["publishable key"],
    cause: "a draw in which somebody is",
    async provoke(ctx) {
      const { draw } = await ctx.drawWithFan();
      return ctx.asShop("DELETE", `${draws}/${draw.id}`);
    },
  },
  {
    code: "IDEMPOTENCY_KEY_REUSED",
    operation: "leaveDraw",
    needs: ["publishable key"],
    cause: "one key for leaving two draws",
    async provoke(ctx) {
      const { draw, fan } = await ctx.drawWithFan();
      const other = await ctx.draw();
      const headers = { "Idempotency-Key": ctx.uniqueName("leave").replace(" ", "-") };
      expectJson(await fan.leaveDraw(draw.id, headers), 200);
      const replay = await fan.leaveDraw(draw.id, headers);
      if (replay.answer.headers.get("idempotent-replayed") !== "true") throw new Error("it was not replayed");
      return fan.leaveDraw(other.id, headers);
    },
  },
  {
    code: "VALIDATION_ERROR",
    operation: "createDraw",
    needs: [],
    cause: "a draw by a beacon that comes at the close",
    provoke: (ctx) =>
      ctx.asShop("POST", draws, {
        body: {
          name: ctx.uniqueName("Ticket draw"),
          winnerCount: 1,
          ...timesOf(ctx),
          beacon: { kind: "drand", chain: "quicknet" },
        },
      }),
  },
];
