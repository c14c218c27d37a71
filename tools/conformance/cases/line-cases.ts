/** What a fan meets in the line. */
import { expectJson } from "../case-context.ts";
import type { ConformanceCase } from "../conformance-case.ts";
import { admissionToken } from "./credential-cases.ts";

const device = "device-of-the-fan";
const otherDevice = "device-of-another";
/** Above what a class allows by itself; a server with wider limits is not pressed further. */
const callsMax = 130;

export const lineCases: readonly ConformanceCase[] = [
  ...(["enterQueue", "readEntry", "leaveQueue"] as const).flatMap((operation): ConformanceCase[] => {
    const call = { enterQueue: "enter", readEntry: "status", leaveQueue: "leave" } as const;
    const verb = call[operation];
    return [
      {
        code: "FP001",
        operation,
        needs: ["publishable key"],
        cause: "no fingerprint where the queue asks for one",
        async provoke(ctx) {
          const queue = await ctx.queue({ requireFingerprint: true });
          return (await ctx.fan())[verb](queue.id);
        },
      },
      {
        code: "FP003",
        operation,
        needs: ["publishable key"],
        cause: "a fingerprint of two characters",
        async provoke(ctx) {
          const queue = await ctx.queue({ requireFingerprint: true });
          return (await ctx.fan())[verb](queue.id, { "X-Fingerprint": "me" });
        },
      },
      {
        code: "FP002",
        operation,
        needs: ["publishable key"],
        cause: "the fingerprint of another device",
        async provoke(ctx) {
          const { queue, fan } = await ctx.queueWithFan(
            { requireFingerprint: true },
            { "X-Fingerprint": device },
          );
          return fan[verb](queue.id, { "X-Fingerprint": otherDevice });
        },
      },
    ];
  }),
  {
    code: "NOT_IN_QUEUE",
    operation: "readEntry",
    needs: ["publishable key"],
    cause: "a fan who has not entered",
    async provoke(ctx) {
      const queue = await ctx.queue();
      return (await ctx.fan()).status(queue.id);
    },
  },
  {
    code: "NOT_IN_QUEUE",
    operation: "leaveQueue",
    needs: ["publishable key"],
    cause: "a fan who has not entered",
    async provoke(ctx) {
      const queue = await ctx.queue();
      return (await ctx.fan()).leave(queue.id);
    },
  },
  {
    code: "SEGMENT_NOT_FOUND",
    operation: "readDepartedSegment",
    needs: [],
    cause: "a segment beyond the line's end",
    async provoke(ctx) {
      const queue = await ctx.queue();
      expectJson(await ctx.send("GET", `/api/v1/queues/${queue.id}/now-serving`), 200);
      return ctx.send("GET", `/api/v1/queues/${queue.id}/departed/7`);
    },
  },
  {
    code: "ALREADY_IN_QUEUE",
    operation: "enterQueue",
    needs: ["publishable key"],
    cause: "entering twice",
    async provoke(ctx) {
      const { queue, fan, entry } = await ctx.queueWithFan();
      const again = await fan.enter(queue.id);
      const { details } = expectJson(again, 409) as { details: { entryId?: unknown } };
      if (details.entryId !== entry.entryId) throw new Error("the details are not the present entry");
      return again;
    },
  },
  {
    code: "ALREADY_COMPLETED",
    operation: "enterQueue",
    needs: ["publishable key"],
    cause: "entering again after the purchase",
    async provoke(ctx) {
      const { queue, fan } = await ctx.queueWithAdmitted();
      expectJson(await ctx.inQueue(queue.id, "complete", { consumerId: fan.consumerId }), 200);
      return fan.enter(queue.id);
    },
  },
  {
    code: "ALREADY_COMPLETED",
    operation: "leaveQueue",
    needs: ["publishable key"],
    cause: "leaving after the purchase",
    async provoke(ctx) {
      const { queue, fan } = await ctx.queueWithAdmitted();
      expectJson(await ctx.inQueue(queue.id, "complete", { consumerId: fan.consumerId }), 200);
      return fan.leave(queue.id);
    },
  },
  {
    code: "QUEUE_FULL",
    operation: "enterQueue",
    needs: ["publishable key"],
    cause: "the second in a line for one",
    async provoke(ctx) {
      const { queue } = await ctx.queueWithFan({ capacity: 1 });
      return (await ctx.fan()).enter(queue.id);
    },
  },
  {
    code: "QUEUE_CLOSED",
    operation: "enterQueue",
    needs: ["publishable key"],
    cause: "entering after the close",
    async provoke(ctx) {
      const queue = await ctx.queue();
      expectJson(await ctx.inQueue(queue.id, "close"), 200);
      return (await ctx.fan()).enter(queue.id);
    },
  },
  {
    code: "INVALID_STATE",
    operation: "readQueueLeaves",
    needs: [],
    cause: "the list of a line that has not opened",
    async provoke(ctx) {
      const queue = await ctx.queue();
      return ctx.send("GET", `/api/v1/queues/${queue.id}/proof/leaves`);
    },
  },
  {
    code: "QUEUE_NOT_OPEN",
    operation: "enterQueue",
    needs: ["publishable key"],
    cause: "entering an hour before the opening",
    async provoke(ctx) {
      const openAt = new Date(ctx.nowMs() + 3_600_000).toISOString();
      const queue = await ctx.make("/api/v1/queues", {
        name: ctx.uniqueName("Night drop"),
        admitRate: 60,
        openAt,
      });
      return (await ctx.fan()).enter(queue.id);
    },
  },
  {
    code: "INVALID_STATE",
    operation: "leaveQueue",
    needs: ["publishable key"],
    cause: "leaving after the shop has denied",
    async provoke(ctx) {
      const { queue, fan } = await ctx.queueWithFan();
      const { consumerId } = fan;
      expectJson(await ctx.inQueue(queue.id, "deny", { consumerId, reason: "a bot" }), 200);
      return fan.leave(queue.id);
    },
  },
  {
    code: "ADMISSION_EXPIRED",
    operation: "leaveQueue",
    needs: ["publishable key"],
    cause: "leaving after the time to buy is over",
    async provoke(ctx) {
      const { queue, fan } = await ctx.queueWithAdmitted({ admissionExpirationSeconds: 10 });
      await ctx.pass(11);
      return fan.leave(queue.id);
    },
  },
  {
    code: "RATE_LIMITED",
    operation: "enterQueue",
    needs: ["publishable key", "usual limits"],
    cause: "entering more often than five times in ten seconds",
    async provoke(ctx) {
      const { queue, fan } = await ctx.queueWithFan();
      let last = await fan.enter(queue.id);
      for (let calls = 2; calls <= callsMax && last.answer.status !== 429; calls += 1)
        last = await fan.enter(queue.id);
      return last;
    },
  },
  {
    code: "IDEMPOTENCY_KEY_REUSED",
    operation: "leaveQueue",
    needs: ["publishable key"],
    cause: "one key for leaving two queues",
    async provoke(ctx) {
      const { queue, fan } = await ctx.queueWithFan();
      const other = await ctx.queue();
      const headers = { "Idempotency-Key": ctx.uniqueName("leave").replace(" ", "-") };
      expectJson(await fan.leave(queue.id, headers), 200);
      const replay = await fan.leave(queue.id, headers);
      if (replay.answer.headers.get("idempotent-replayed") !== "true") throw new Error("it was not replayed");
      return fan.leave(other.id, headers);
    },
  },
  {
    code: "FP001",
    operation: "validateAdmission",
    needs: ["publishable key"],
    cause: "no fingerprint where the queue asks for one",
    async provoke(ctx) {
      const queue = await ctx.queue({ requireFingerprint: true });
      return ctx.inQueue(queue.id, "validate", { token: "any.token.there" });
    },
  },
  {
    code: "FP003",
    operation: "validateAdmission",
    needs: ["publishable key"],
    cause: "a fingerprint of two characters",
    async provoke(ctx) {
      const queue = await ctx.queue({ requireFingerprint: true });
      return ctx.inQueue(queue.id, "validate", { token: "any.token.there", fingerprint: "me" });
    },
  },
  {
    code: "FP002",
    operation: "validateAdmission",
    needs: ["publishable key"],
    cause: "the fingerprint of another device",
    async provoke(ctx) {
      const headers = { "X-Fingerprint": device };
      const { queue, fan } = await ctx.queueWithAdmitted({ requireFingerprint: true }, headers);
      const token = admissionToken(await fan.status(queue.id, headers));
      return ctx.inQueue(queue.id, "validate", { token, fingerprint: otherDevice });
    },
  },
];
