import { describe, expect, it } from "vitest";
import { createGroupWriter } from "./group-writer.ts";
import { createLog } from "./log.ts";

interface Item {
  readonly consumerId: string;
  readonly isBad?: boolean;
}

const item = (consumerId: string, more: Partial<Item> = {}): Item => ({ consumerId, ...more });
const lost = () => new Error("Connection terminated unexpectedly");

/** A writer that notes what it was told to write, and answers when it is let. */
function newWriter(answer: (group: readonly Item[], attempt: number) => Error | null = () => null) {
  const groups: string[][] = [];
  let letGo: () => void = () => {};
  let gate: Promise<void> = Promise.resolve();
  const writer = createGroupWriter<Item, string, Item, string>({
    log: createLog("silent"),
    async write(_, enters, leaves) {
      groups.push([...enters, ...leaves].map(({ consumerId }) => consumerId));
      await gate;
      const error = answer([...enters, ...leaves], groups.length);
      if (error !== null) throw error;
      return {
        entered: enters.map(({ consumerId }) => `in ${consumerId}`),
        left: leaves.map(({ consumerId }) => `out ${consumerId}`),
      };
    },
    follow: (first, _, outcome) => `${outcome}, behind ${first.consumerId}`,
  });
  const hold = (): void => {
    gate = new Promise((resolve) => {
      letGo = resolve;
    });
  };
  return { writer, groups, hold, release: () => letGo() };
}

describe("a writer of groups", () => {
  it("writes what comes in one turn together, and gathers the next while a group is under way", async () => {
    const { writer, groups, hold, release } = newWriter();
    hold();
    const first = [writer.enter("a", item("1")), writer.leave("a", item("2"))];
    await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
    const second = [writer.enter("a", item("3")), writer.enter("a", item("4"))];
    expect([groups, writer.waiting]).toEqual([[["1", "2"]], 2]);
    release();
    expect(await Promise.all([...first, ...second])).toEqual(["in 1", "out 2", "in 3", "in 4"]);
    expect(groups).toEqual([
      ["1", "2"],
      ["3", "4"],
    ]);
    expect(writer.waiting).toBe(0);
  });

  it("writes the groups of different targets at once", async () => {
    const { writer, groups, hold, release } = newWriter();
    hold();
    const all = [writer.enter("a", item("1")), writer.enter("b", item("1"))];
    await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
    expect(groups).toEqual([["1"], ["1"]]);
    release();
    expect(await Promise.all(all)).toEqual(["in 1", "in 1"]);
  });

  it("makes one item of a consumer's calls in one group, and keeps the order of entering and leaving", async () => {
    const { writer, groups } = newWriter();
    const outcomes = await Promise.all([
      writer.enter("a", item("1")),
      writer.enter("a", item("1")),
      writer.leave("a", item("1")),
      writer.enter("a", item("1")),
    ]);
    expect(outcomes).toEqual(["in 1", "in 1, behind 1", "out 1", "in 1"]);
    expect(groups).toEqual([["1"], ["1"], ["1"]]);
  });

  it("lets an item that breaks its group end up alone", async () => {
    const fault = Object.assign(new Error("not to be read"), { code: "22P02" });
    const { writer, groups } = newWriter((group) => (group.some(({ isBad }) => isBad) ? fault : null));
    const items = Array.from({ length: 9 }, (_, at) => item(String(at), { isBad: at === 4 }));
    const outcomes = await Promise.allSettled(items.map((one) => writer.enter("a", one)));
    expect(outcomes.map(({ status }) => status)).toEqual(
      items.map(({ isBad }) => (isBad ? "rejected" : "fulfilled")),
    );
    expect(groups.length).toBeLessThan(10);
  });

  it("sends a group again whose connection was lost", async () => {
    const once = newWriter((_, attempt) => (attempt === 1 ? lost() : null));
    expect(await once.writer.enter("a", item("1"))).toBe("in 1");
    expect(once.groups).toEqual([["1"], ["1"]]);
  });

  it("fails a whole group for what is no item's fault", async () => {
    const { writer, groups } = newWriter(() => Object.assign(new Error("no such table"), { code: "42P01" }));
    const outcomes = await Promise.allSettled([writer.enter("a", item("1")), writer.leave("a", item("2"))]);
    expect(outcomes.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
    expect(groups).toHaveLength(1);
  });

  it("is drained once nothing is under way", async () => {
    const { writer, hold, release } = newWriter();
    await writer.drained();
    hold();
    const entering = writer.enter("a", item("1"));
    let isDrained = false;
    const draining = writer.drained().then(() => {
      isDrained = true;
    });
    await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
    expect(isDrained).toBe(false);
    release();
    await Promise.all([entering, draining]);
    expect(isDrained).toBe(true);
  });
});
