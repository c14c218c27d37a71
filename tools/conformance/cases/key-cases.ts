/** API keys: what they may do, and what becomes of those that are rotated and revoked. */
import { expectJson } from "../case-context.ts";
import type { ConformanceCase } from "../conformance-case.ts";

const apiKeys = "/api/v1/api-keys";

export const keyCases: readonly ConformanceCase[] = [
  {
    code: "KEY_REVOKED",
    operation: "listQueues",
    needs: [],
    cause: "a key that was revoked",
    async provoke(ctx) {
      const { secretKey } = await ctx.revokedKeys();
      return ctx.send("GET", "/api/v1/queues", { bearer: secretKey });
    },
  },
  {
    code: "KEY_REVOKED",
    operation: "listQueues",
    needs: [],
    cause: "a key of before a rotation without overlap",
    async provoke(ctx) {
      const { id, key } = await ctx.apiKey();
      const body = { overlapSeconds: 0 };
      const rotated = await ctx.asShop("POST", `${apiKeys}/${id}/rotate`, { body });
      const bearer = String(expectJson(rotated, 200).key);
      expectJson(await ctx.send("GET", "/api/v1/queues", { bearer }), 200);
      return ctx.send("GET", "/api/v1/queues", { bearer: String(key) });
    },
  },
  {
    code: "INSUFFICIENT_SCOPE",
    operation: "createQueue",
    needs: [],
    cause: "a key that may only read queues",
    async provoke(ctx) {
      const { key } = await ctx.apiKey({ scopes: ["queues:read"] });
      const bearer = String(key);
      expectJson(await ctx.send("GET", "/api/v1/queues", { bearer }), 200);
      return ctx.send("POST", "/api/v1/queues", { bearer, body: { name: "Night drop", admitRate: 60 } });
    },
  },
  {
    code: "INSUFFICIENT_SCOPE",
    operation: "createApiKey",
    needs: [],
    cause: "a key that would give what it has not",
    async provoke(ctx) {
      const { key } = await ctx.apiKey({ scopes: ["keys:write", "queues:read"] });
      const body = { name: ctx.uniqueName("More"), kind: "secret", scopes: ["queues:write"] };
      return ctx.send("POST", apiKeys, { bearer: String(key), body });
    },
  },
  {
    code: "API_KEY_NOT_FOUND",
    operation: "readApiKey",
    needs: [],
    cause: "an id that names nothing",
    provoke: (ctx) => ctx.asShop("GET", `${apiKeys}/${ctx.unknownId("apiKey")}`),
  },
  {
    code: "VALIDATION_ERROR",
    operation: "createApiKey",
    needs: [],
    cause:
      "a name that another key has, whose mode is another, scopes where there are none, and an expiry that has passed",
    async provoke(ctx) {
      const { name, mode } = await ctx.apiKey();
      const body = {
        name,
        kind: "publishable",
        mode: mode === "test" ? "live" : "test",
        scopes: ["queues:read"],
        expiresAt: "2020-01-01T00:00:00Z",
      };
      return ctx.asShop("POST", apiKeys, { body });
    },
  },
  {
    code: "VALIDATION_ERROR",
    operation: "updateApiKey",
    needs: [],
    cause: "a name that another key has",
    async provoke(ctx) {
      const [{ name }, { id }] = [await ctx.apiKey(), await ctx.apiKey()];
      return ctx.asShop("PATCH", `${apiKeys}/${id}`, { body: { name } });
    },
  },
  {
    code: "VALIDATION_ERROR",
    operation: "updateOrganization",
    needs: [],
    cause: "origins that no browser sends",
    provoke: (ctx) =>
      ctx.asShop("PATCH", "/api/v1/organizations/current", {
        body: { allowedOrigins: ["https://shop.example/", "null", "https://*", "*"] },
      }),
  },
  {
    code: "INVALID_STATE",
    operation: "rotateApiKey",
    needs: [],
    cause: "a key that was revoked",
    async provoke(ctx) {
      const { id } = await ctx.apiKey();
      expectJson(await ctx.asShop("POST", `${apiKeys}/${id}/revoke`), 200);
      return ctx.asShop("POST", `${apiKeys}/${id}/rotate`, { body: { overlapSeconds: 0 } });
    },
  },
  {
    code: "INVALID_STATE",
    operation: "revokeApiKey",
    needs: ["new organization"],
    cause: "the only secret key, and the only one that makes keys",
    async provoke(ctx) {
      const { secretKey: bearer } = await ctx.need("new organization")();
      const list = expectJson(await ctx.send("GET", `${apiKeys}?kind=secret`, { bearer }), 200);
      const [own] = list.data as { id: string }[];
      await ctx.send("POST", `${apiKeys}/${own?.id}/revoke`, { bearer });
      const body = { name: "Till", kind: "secret" };
      expectJson(await ctx.send("POST", apiKeys, { bearer, body }), 201);
      return ctx.send("POST", `${apiKeys}/${own?.id}/revoke`, { bearer });
    },
  },
];
