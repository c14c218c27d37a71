import { expect, it } from "vitest";
import { mergeChange } from "./read-events.ts";
import { boardWith } from "./testing/fake-server.ts";

it("a change replaces the members that came and removes those that are null", () => {
  const board = boardWith({ status: "PAUSED", reason: "PAUSED_BY_OPERATOR", version: 1 });
  const merged = mergeChange(board, { status: "OPEN", reason: null, version: 2 });
  expect(merged).toEqual({ ...boardWith({ asOf: board.asOf }), status: "OPEN", version: 2 });
  expect("reason" in merged).toBe(false);
  expect(board.status).toBe("PAUSED");
});

it("a change that is no object changes nothing", () => {
  const board = boardWith();
  for (const change of [null, 5, true]) expect(mergeChange(board, change)).toEqual(board);
});
