import { describe, expect, it } from "vitest";
import { operationNames, operationOf } from "./operations.ts";
import { firstKeyScopes, holdsScope, scopeNames } from "./scopes.ts";

describe("scopes", () => {
  const takesSecretKey = operationNames.filter((name) =>
    ["secret", "publishable", "maybeConsumer"].includes(operationOf(name).access),
  );

  it.each(takesSecretKey)("%s names the one that a secret key needs", (name) => {
    expect(operationOf(name).scope).not.toBeNull();
  });

  it("are named by no operation that takes no secret key, and by none is every scope but *", () => {
    const naming = operationNames.filter((name) => operationOf(name).scope !== null);
    expect(naming).toEqual(takesSecretKey);
    const named = new Set(naming.map((name) => operationOf(name).scope));
    expect(scopeNames.filter((scope) => scope !== "*" && !named.has(scope))).toEqual([]);
  });

  it("for reading are needed by what reads, for writing by what writes", () => {
    const verbs = takesSecretKey.map((name) => {
      const { method, scope } = operationOf(name);
      // A check of a token asks, though it is a POST.
      return [name, scope?.endsWith(method === "GET" || /^validate/.test(name) ? ":read" : ":write")];
    });
    expect(verbs.filter(([, isFitting]) => !isFitting)).toEqual([]);
  });

  it("by the star are all but that of making keys, and the first key has that too", () => {
    const held = scopeNames.filter((scope) => holdsScope(["*"], scope));
    expect(held).toEqual(scopeNames.filter((scope) => scope !== "keys:write"));
    expect(scopeNames.every((scope) => holdsScope(firstKeyScopes, scope))).toBe(true);
  });

  it("hold nothing but themselves, and never the star", () => {
    const all = scopeNames.filter((scope) => scope !== "*");
    expect(holdsScope(all, "*")).toBe(false);
    expect(scopeNames.filter((scope) => holdsScope(["queues:write"], scope))).toEqual(["queues:write"]);
    expect(holdsScope([], "queues:read")).toBe(false);
  });
});
