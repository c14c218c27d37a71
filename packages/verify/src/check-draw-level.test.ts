import { expect, test } from "vitest";
import { checkDraw } from "./check-draw.ts";
import { makeDraw } from "./testing/make-draw-proof.ts";
import { logDraw, pagesOf } from "./testing/make-log.ts";

const draw = logDraw(makeDraw());
const { algorithm, rules, rulesHash, commitment } = draw.proof;

test.each([
  ["consistent", 'The proof claims no other level than what holds: "consistent".'],
  [
    "witnessed",
    'The proof claims "witnessed", and what can be seen here comes to "consistent": that counts.',
  ],
])("says what a drawn proof's own %s is worth", async (level, says) => {
  const checked = await checkDraw({ ...draw, proof: { ...draw.proof, level } });
  expect(checked.level).toBe("consistent");
  expect(checked.steps.at(-1)).toEqual({ step: "level", holds: true, says });
});

test("says of a level before the draw what would hold, and reaches none", async () => {
  const proof = { algorithm, rules, rulesHash, commitment, level: "beacon" } as const;
  const { steps, level } = await checkDraw({ proof, jwks: draw.jwks, leaves: [] });
  expect(level).toBe(null);
  expect(steps.at(-1)?.says).toBe(
    'Nothing is reached before the draw; by what is published so far it would come to "consistent". The proof says "beacon".',
  );
});

test("holds the time of the draw against the log's", async () => {
  const loggedAt = draw.entries.find(({ kind }) => kind === "result")?.at ?? "";
  const check = async (drawnAt: string) => {
    const proof = { ...draw.proof, drawnAt };
    const { steps } = await checkDraw({ ...draw, proof, log: pagesOf(draw.proof, draw.entries) });
    return steps.filter(({ holds }) => !holds).map(({ step }) => step);
  };
  expect(await check(loggedAt)).toEqual([]);
  expect(await check("2027-03-01T12:00:00.000Z")).toEqual(["logged result"]);
});
