import { expect, it } from "vitest";
import { callNameOf } from "./call-names.ts";
import { operationNames } from "./operations.ts";

it("names an operation by its verb, in the group of its noun", () => {
  expect(callNameOf("createQueue")).toEqual({ group: "queues", method: "create" });
  expect(callNameOf("listQueues")).toEqual({ group: "queues", method: "list" });
  expect(callNameOf("admitEntry")).toEqual({ group: "entries", method: "admit" });
  expect(callNameOf("readDepartedSegment")).toEqual({ group: "departedSegments", method: "read" });
  expect(callNameOf("rotateApiKey")).toEqual({ group: "apiKeys", method: "rotate" });
  expect(callNameOf("readJwks")).toEqual({ group: "service", method: "readJwks" });
});

it("gives no two operations the same name", () => {
  const names = operationNames.map((name) => `${callNameOf(name).group}.${callNameOf(name).method}`);
  expect(new Set(names).size).toBe(names.length);
});
