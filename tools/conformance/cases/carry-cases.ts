/** Going on with another device. */
import { type CaseContext, expectJson, type Fan } from "../case-context.ts";
import type { ConformanceCase } from "../conformance-case.ts";
import type { Exchange } from "../exchange.ts";

const device = { "X-Fingerprint": "device-of-the-fan" };

function make(fan: Fan, headers: Record<string, string> = device): Promise<Exchange> {
  return fan.send("POST", "/api/v1/auth/carry", { headers });
}

function exchange(
  { publishableKey }: Fan,
  ctx: CaseContext,
  carryCode: unknown,
  headers: Record<string, string> = {},
): Promise<Exchange> {
  return ctx.send("POST", "/api/v1/auth/carry/exchange", { publishableKey, headers, body: { carryCode } });
}

/** A fan in a line that asks for a fingerprint, and the code made there. */
async function carrying(ctx: CaseContext): Promise<{ fan: Fan; carryCode: unknown }> {
  const { fan } = await ctx.queueWithFan({ requireFingerprint: true }, device);
  return { fan, carryCode: expectJson(await make(fan), 201).carryCode };
}

export const carryCases: readonly ConformanceCase[] = [
  {
    code: "INVALID_TOKEN",
    operation: "exchangeCarryCode",
    needs: ["publishable key"],
    cause: "a code that another device has used",
    async provoke(ctx) {
      const { fan, carryCode } = await carrying(ctx);
      expectJson(await exchange(fan, ctx, carryCode, { "X-Fingerprint": "device-of-another" }), 200);
      return exchange(fan, ctx, carryCode, { "X-Fingerprint": "device-of-a-third" });
    },
  },
  {
    code: "INVALID_TOKEN",
    operation: "createCarryCode",
    needs: ["publishable key"],
    cause: "a session that another device goes on with",
    async provoke(ctx) {
      const { fan, carryCode } = await carrying(ctx);
      expectJson(await exchange(fan, ctx, carryCode, { "X-Fingerprint": "device-of-another" }), 200);
      return make(fan);
    },
  },
  ...(
    [
      ["FP001", "no fingerprint where a place asks for one", {}],
      ["FP003", "a fingerprint of two characters", { "X-Fingerprint": "me" }],
    ] as const
  ).flatMap(([code, cause, headers]): ConformanceCase[] => [
    {
      code,
      operation: "createCarryCode",
      needs: ["publishable key"],
      cause,
      provoke: async (ctx) => make((await carrying(ctx)).fan, headers),
    },
    {
      code,
      operation: "exchangeCarryCode",
      needs: ["publishable key"],
      cause,
      async provoke(ctx) {
        const { fan, carryCode } = await carrying(ctx);
        return exchange(fan, ctx, carryCode, headers);
      },
    },
  ]),
];
