import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { StreamEnd, StreamObserver } from "./news-stream.ts";
import { followShared } from "./shared-stream.ts";
import { StanchionError } from "./stanchion-error.ts";
import { FakeTabs } from "./testing/fake-tabs.ts";
import { pass, useFakeTime } from "./testing/fake-time.ts";
import type { News } from "./topic.ts";

/** A stream that a tab has opened. */
interface OpenStream {
  readonly tab: Tab;
  readonly observer: StreamObserver<News>;
  readonly signal: AbortSignal;
  end(end: StreamEnd): void;
  fail(error: unknown): void;
}

interface Tab {
  readonly seen: number[];
  readonly controller: AbortController;
  /** How it ended; null while it has not. */
  end: unknown;
  alive: number;
}

const ended = { reason: "ended", retryMs: null };
let tabs: FakeTabs;
let open: OpenStream[];
let all: Tab[];
beforeEach(() => {
  useFakeTime();
  tabs = new FakeTabs();
  tabs.install();
  open = [];
  all = [];
});
afterEach(async () => {
  for (const tab of all) tab.controller.abort();
  await pass(0);
  expect([vi.getTimerCount(), tabs.channels.length]).toEqual([0, 0]);
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

function startTab(dice = 0): Tab {
  const tab: Tab = { seen: [], controller: new AbortController(), end: null, alive: 0 };
  all.push(tab);
  const follow = (observer: StreamObserver<News>, signal: AbortSignal): Promise<StreamEnd> =>
    new Promise((end, fail) => {
      const stream = { tab, observer, signal, end, fail };
      open.push(stream);
      signal.addEventListener("abort", () => {
        open = open.filter((each) => each !== stream);
        fail(new DOMException("aborted", "AbortError"));
      });
    });
  const observer = {
    onNews: ({ version }: News) => void tab.seen.push(version),
    onAlive: () => {
      tab.alive += 1;
    },
  };
  const set = (end: unknown): void => {
    tab.end = end;
  };
  followShared("stream", follow, observer, tab.controller.signal, () => dice).then(set, set);
  return tab;
}

const tellVersion = async (version: number): Promise<void> => {
  open[0]?.observer.onNews({ version, asOf: "" }, true);
  await pass(0);
};

describe("tabs that follow one stream", () => {
  it("open it once, and all see what it brings", async () => {
    const [one, two] = [startTab(), startTab()];
    await pass(0);
    await tellVersion(1);
    open[0]?.observer.onAlive();
    const late = startTab();
    await pass(0);
    await tellVersion(2);
    await pass(600_000);
    expect(open.map(({ tab }) => tab)).toEqual([one]);
    // Who comes late is told the last again, and so are the others.
    expect([one.seen, new Set(two.seen), late.seen]).toEqual([[1, 2], new Set([1, 2]), [1, 2]]);
    expect(two.alive).toBeGreaterThan(0);
  });

  it("go on at once with one of them when the leader's tab closes", async () => {
    const [one, two, three] = [startTab(), startTab(), startTab()];
    await pass(0);
    one.controller.abort();
    await pass(0);
    expect(open.map(({ tab }) => tab)).toEqual([two]);
    await tellVersion(3);
    expect([two.seen, three.seen]).toEqual([[3], [3]]);
  });

  it("take the place of a leader that stands still within seconds, and it follows once it wakes up", async () => {
    const one = startTab();
    await pass(0);
    const [two, three] = [startTab(), startTab(0.9)];
    await pass(0);
    const [leaders] = tabs.channels;
    if (leaders) leaders.isAsleep = true;
    await pass(4_000);
    expect(open.map(({ tab }) => tab)).toEqual([two]);
    await pass(60_000);
    expect(open.map(({ tab }) => tab)).toEqual([two]);
    expect(one.end).toEqual(ended);
    await tellVersion(4);
    expect([one.seen, two.seen, three.seen]).toEqual([[], [4], [4]]);
  });

  it.each(["pagehide", "freeze"])("do not wait for a page that is put to rest: %s", async (event) => {
    const one = startTab();
    await pass(0);
    tabs.page.dispatchEvent(new Event(event));
    const two = startTab();
    await pass(0);
    expect([one.end, open.map(({ tab }) => tab)]).toEqual([ended, [two]]);
  });

  it("all end when the stream does, and are told when to come back", async () => {
    const [one, two] = [startTab(), startTab()];
    await pass(0);
    open[0]?.end({ reason: "busy", retryMs: 4_000 });
    await pass(0);
    expect([one.end, two.end]).toEqual(Array(2).fill({ reason: "busy", retryMs: 4_000 }));
  });

  it("all end when it is refused, those that follow with the wait that was asked for", async () => {
    const [one, two] = [startTab(), startTab()];
    await pass(0);
    const facts = { code: "OVERLOADED", type: "unavailable", message: "full" } as never;
    const refusal = new StanchionError({ ...(facts as object), retryAfterSeconds: 7 } as never);
    open[0]?.fail(refusal);
    await pass(0);
    expect(one.end).toBe(refusal);
    expect(two.end).toEqual({ reason: "ended", retryMs: 7_000 });
  });

  it("do not believe a leader that has heard nothing for 20 s: who asks for the news leads", async () => {
    const one = startTab();
    await pass(21_000);
    const two = startTab();
    await pass(0);
    expect([one.end, open.map(({ tab }) => tab)]).toEqual([ended, [two]]);
  });

  it("are each on their own where locks are refused", async () => {
    tabs.hasLocks = false;
    const [one, two] = [startTab(), startTab()];
    await pass(10_000);
    expect(open.map(({ tab }) => tab)).toEqual([one, two]);
  });
});
