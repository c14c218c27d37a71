import { expect, test } from "vitest";
import { refuseId } from "./refuse-id.ts";

test.each([
  [
    "draw_1",
    "draw",
    "draw_1 is the id of a draw, and no address.",
    "the address, such as https://shop.example/d/draw_1",
  ],
  [
    "draw_1",
    "line",
    "draw_1 is the id of a draw, and no address.",
    "verify-draw the address, such as https://shop.example/d/draw_1",
  ],
  [
    "queue_01…",
    "line",
    "queue_01… is the id of a line, and no address.",
    "the address, such as https://shop.example/q/queue_01…",
  ],
  [
    "queue_1",
    null,
    "queue_1 is the id of a line, and no address.",
    "the address, such as https://shop.example/q/queue_1",
  ],
  [
    "org_1",
    null,
    "org_1 is the id of an organization, and no address.",
    "the address, such as https://shop.example/api/v1/organizations/org_1/fairness-log",
  ],
] as const)("says which address is wanted for %s where %s is checked", (id, checked, message, next) => {
  expect(() => refuseId(id, checked)).toThrow(
    expect.objectContaining({ message, next: `give ${next}`, isGivenWrong: true }),
  );
});

test.each(["proof.json", "draw_1/proof.json", "draws_1", "https://shop.example/d/draw_1", "src"])(
  "takes %s for no id",
  (subject) => expect(refuseId(subject, "draw")).toBe(undefined),
);
