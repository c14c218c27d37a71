/** What the shop meets with entries and admissions. */
import { type CaseContext, expectJson, type Fan } from "../case-context.ts";
import type { ConformanceCase } from "../conformance-case.ts";
import type { Exchange } from "../exchange.ts";
import { admissionToken } from "./credential-cases.ts";

type Verb = "admit" | "deny" | "complete";
const operationsOfVerbs = { admit: "admitEntry", deny: "denyEntry", complete: "completeEntry" } as const;

function act(
  ctx: CaseContext,
  queueId: string,
  verb: Verb,
  { consumerId }: Pick<Fan, "consumerId">,
): Promise<Exchange> {
  return ctx.inQueue(queueId, verb, verb === "deny" ? { consumerId, reason: "a bot" } : { consumerId });
}

/** A queue whose fan has come to this state, and the fan. */
async function queueWith(ctx: CaseContext, state: "LEFT" | "COMPLETED" | "EXPIRED" | "QUEUED") {
  if (state === "QUEUED") return ctx.queueWithFan();
  if (state === "LEFT") {
    const { queue, fan } = await ctx.queueWithFan();
    expectJson(await fan.leave(queue.id), 200);
    return { queue, fan };
  }
  const settings = state === "EXPIRED" ? { admissionExpirationSeconds: 10, completionGraceSeconds: 0 } : {};
  const { queue, fan } = await ctx.queueWithAdmitted(settings);
  if (state === "COMPLETED") expectJson(await act(ctx, queue.id, "complete", fan), 200);
  else await ctx.pass(12);
  return { queue, fan };
}

/** A verb of the shop on an entry whose state stands in its way. */
function stateCase(
  code: ConformanceCase["code"],
  verb: Verb,
  state: Parameters<typeof queueWith>[1],
): ConformanceCase {
  return {
    code,
    operation: operationsOfVerbs[verb],
    needs: ["publishable key"],
    cause: `${verb} where the entry is ${state}`,
    async provoke(ctx) {
      const { queue, fan } = await queueWith(ctx, state);
      return act(ctx, queue.id, verb, fan);
    },
  };
}

function validateCase(
  code: ConformanceCase["code"],
  cause: string,
  spoil: (ctx: CaseContext, queueId: string, fan: Fan) => Promise<unknown>,
): ConformanceCase {
  return {
    code,
    operation: "validateAdmission",
    needs: ["publishable key"],
    cause,
    async provoke(ctx) {
      const { queue, fan } = await ctx.queueWithAdmitted({ admissionExpirationSeconds: 10 });
      const token = admissionToken(await fan.status(queue.id));
      expectJson(await ctx.inQueue(queue.id, "validate", { token }), 200);
      await spoil(ctx, queue.id, fan);
      return ctx.inQueue(queue.id, "validate", { token });
    },
  };
}

export const admissionCases: readonly ConformanceCase[] = [
  stateCase("ADMISSION_EXPIRED", "complete", "EXPIRED"),
  stateCase("ADMISSION_EXPIRED", "admit", "EXPIRED"),
  stateCase("ADMISSION_EXPIRED", "deny", "EXPIRED"),
  stateCase("ADMISSION_USED", "complete", "COMPLETED"),
  stateCase("ALREADY_COMPLETED", "admit", "COMPLETED"),
  stateCase("ALREADY_COMPLETED", "deny", "COMPLETED"),
  stateCase("INVALID_STATE", "complete", "QUEUED"),
  stateCase("INVALID_STATE", "admit", "LEFT"),
  stateCase("INVALID_STATE", "deny", "LEFT"),
  validateCase("ADMISSION_USED", "a token whose admission was completed", (ctx, queueId, fan) =>
    act(ctx, queueId, "complete", fan),
  ),
  validateCase("INVALID_STATE", "a token whose holder has left", (_, queueId, fan) => fan.leave(queueId)),
  ...(["admit", "deny", "complete"] as const).map(
    (verb): ConformanceCase => ({
      code: "NOT_IN_QUEUE",
      operation: operationsOfVerbs[verb],
      needs: [],
      cause: `${verb} somebody who never came`,
      async provoke(ctx) {
        const queue = await ctx.queue();
        return act(ctx, queue.id, verb, { consumerId: ctx.unknownId("consumer") });
      },
    }),
  ),
  {
    code: "ADMISSIONS_EXHAUSTED",
    operation: "admitEntry",
    needs: ["publishable key"],
    cause: "a second where one may be inside",
    async provoke(ctx) {
      const { queue } = await ctx.queueWithAdmitted({ maxConcurrentAdmissions: 1 });
      const second = await ctx.fan();
      expectJson(await second.enter(queue.id), 201);
      return act(ctx, queue.id, "admit", second);
    },
  },
];
