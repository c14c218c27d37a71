import { expect, test } from "vitest";
import { bytesFromText, hash, u32 } from "./bytes.ts";
import { shuffleAll } from "./shuffle.ts";

const [tickets, lines] = [20, 10_000] as const;
/** Of 19 degrees of freedom: chance alone goes beyond it once in a hundred thousand times. The seeds are always the same. */
const chiSquareOfTicketMax = 58;
/** By chance the sum is about 380, give or take 28: these are four times that. */
const [chiSquareMin, chiSquareMax] = [266, 494] as const;

test("gives every ticket every rank equally often, over 10,000 lines of 20 tickets", () => {
  const counts = Array.from({ length: tickets }, () => new Array<number>(tickets).fill(0));
  for (let line = 0; line < lines; line += 1) {
    shuffleAll(tickets, hash(bytesFromText("uniform"), u32(line))).forEach((rank, ticket) => {
      const ofTicket = counts[ticket] ?? [];
      ofTicket[rank] = (ofTicket[rank] ?? 0) + 1;
    });
  }
  const expected = lines / tickets;
  const ofTickets = counts.map((ranks) =>
    ranks.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0),
  );
  expect(Math.max(...ofTickets)).toBeLessThan(chiSquareOfTicketMax);
  const all = ofTickets.reduce((sum, one) => sum + one, 0);
  expect(all).toBeGreaterThan(chiSquareMin);
  expect(all).toBeLessThan(chiSquareMax);
});
