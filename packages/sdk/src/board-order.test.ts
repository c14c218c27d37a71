import { describe, expect, it } from "vitest";
import { chooseBoard, heldForMs, mergeBoard, noBoard } from "./board-order.ts";
import { boardWith } from "./testing/fake-server.ts";

const at = (seconds: number): string => new Date(Date.UTC(2026, 0, 1, 0, 0, seconds)).toISOString();

describe("chooseBoard", () => {
  const current = chooseBoard(noBoard, boardWith({ version: 50, asOf: at(10) }), 0);

  it("takes the first and every newer board", () => {
    expect(current.board?.version).toBe(50);
    expect(chooseBoard(current, boardWith({ version: 51, asOf: at(9) }), 0).board?.version).toBe(51);
  });

  it("takes the same version only when it was written later", () => {
    const later = boardWith({ version: 50, asOf: at(11) });
    expect(chooseBoard(current, later, 0).board).toBe(later);
    expect(chooseBoard(current, boardWith({ version: 50, asOf: at(9) }), 0).board).toBe(current.board);
  });

  it("never goes back to an old copy", () => {
    const old = boardWith({ version: 40, asOf: at(5) });
    expect(chooseBoard(chooseBoard(current, old, 0), old, 60_000).board).toBe(current.board);
  });

  it("believes a lower version after 10 s when it was written later: the server was restored", () => {
    const restored = boardWith({ version: 3, asOf: at(20) });
    const held = chooseBoard(current, restored, 1_000);
    expect(held.board).toBe(current.board);
    expect(heldForMs(held, 1_000)).toBe(10_000);
    const waiting = chooseBoard(held, restored, 10_900);
    expect(waiting.board).toBe(current.board);
    expect(chooseBoard(waiting, restored, 11_000)).toEqual({ board: restored, held: null });
  });

  it("starts counting again when a newer board comes between", () => {
    const restored = boardWith({ version: 3, asOf: at(20) });
    const held = chooseBoard(current, restored, 0);
    const newer = chooseBoard(held, boardWith({ version: 51, asOf: at(12) }), 5_000);
    expect(chooseBoard(newer, restored, 11_000).board?.version).toBe(51);
  });
});

describe("mergeBoard", () => {
  it("replaces the members that came and removes those that are null", () => {
    const board = boardWith({ status: "PAUSED", reason: "PAUSED_BY_OPERATOR", version: 1 });
    const merged = mergeBoard(board, { status: "OPEN", reason: null, version: 2 });
    expect(merged).toEqual({ ...boardWith({ asOf: board.asOf }), status: "OPEN", version: 2 });
    expect("reason" in merged).toBe(false);
    expect(board.status).toBe("PAUSED");
  });
});
