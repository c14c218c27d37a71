/** What breaks in the server and around it. */
import type { ConformanceCase } from "../conformance-case.ts";

export const outageCases: readonly ConformanceCase[] = [
  {
    code: "INTERNAL_ERROR",
    operation: "createQueue",
    needs: ["hidden tables"],
    cause: "tables that were renamed under the server",
    provoke: (ctx) =>
      ctx.send("POST", "/api/v1/queues", {
        bearer: ctx.need("hidden tables").secretKey,
        body: { name: "Night drop", admitRate: 600 },
      }),
  },
  {
    code: "DEPLOYING",
    operation: "listQueues",
    needs: ["draining server"],
    cause: "a server that is told to stop",
    provoke: (ctx) => ctx.sendWhileDraining("GET", "/api/v1/queues", { bearer: ctx.secretKey }),
  },
  {
    code: "MAINTENANCE",
    operation: "enterQueue",
    needs: ["publishable key", "maintenance"],
    cause: "maintenance that the operator has announced",
    provoke: (ctx) =>
      ctx.send("POST", `/api/v1/queues/${ctx.unknownId("queue")}/enter`, {
        publishableKey: ctx.publishableKey,
      }),
  },
  {
    code: "OVERLOADED",
    operation: "createQueue",
    needs: ["ended statements"],
    cause: "a statement that is ended since it takes too long",
    provoke: (ctx) =>
      ctx.send("POST", "/api/v1/queues", {
        bearer: ctx.need("ended statements").secretKey,
        body: { name: "Night drop", admitRate: 600 },
      }),
  },
  {
    code: "DATABASE_UNAVAILABLE",
    operation: "createQueue",
    needs: ["severed database"],
    cause: "a database that is out of reach",
    provoke: (ctx) =>
      ctx.send("POST", "/api/v1/queues", {
        bearer: ctx.need("severed database").secretKey,
        body: { name: "Night drop", admitRate: 600 },
      }),
  },
];
