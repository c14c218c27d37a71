import { beforeEach, describe, expect, it } from "vitest";
import { CircuitBreaker, type Pass } from "./circuit-breaker.ts";

const limits = { failuresInRowMax: 3, restSeconds: 30, probeWaitSeconds: 5 };

describe("a service that fails", () => {
  let nowMs = 0;
  let breaker: CircuitBreaker;
  beforeEach(() => {
    nowMs = 1_000_000;
    breaker = new CircuitBreaker({ now: () => nowMs }, limits);
  });
  const enter = (): Pass => {
    const pass = breaker.enter();
    if (typeof pass === "number") throw new Error(`it has to wait ${pass} s`);
    return pass;
  };
  const fail = (times: number): void => {
    for (let n = 0; n < times; n += 1) breaker.noteFailure(enter());
  };

  it("is asked again and again while it fails now and then", () => {
    for (let n = 0; n < 10; n += 1) {
      fail(2);
      enter();
      breaker.noteSuccess();
    }
    expect(breaker.isOpen).toBe(false);
  });

  it("is left alone after failures in a row, for so long as it says", () => {
    fail(3);
    expect(breaker.enter()).toBe(30);
    nowMs += 29_001;
    expect(breaker.enter()).toBe(1);
    expect(breaker.isOpen).toBe(true);
  });

  it("is then tried by one, while the others are told to wait", () => {
    fail(3);
    nowMs += 30_000;
    expect(enter().isProbe).toBe(true);
    expect(breaker.enter()).toBe(5);
    expect(breaker.secondsToWait()).toBe(5);
  });

  it("is asked by all again when that one has succeeded", () => {
    fail(3);
    nowMs += 30_000;
    enter();
    breaker.noteSuccess();
    expect(breaker.secondsToWait()).toBe(0);
    fail(2);
    expect(breaker.isOpen).toBe(false);
  });

  it("is left alone again when that one has failed", () => {
    fail(3);
    nowMs += 30_000;
    fail(1);
    expect(breaker.enter()).toBe(30);
    nowMs += 30_000;
    expect(enter().isProbe).toBe(true);
  });

  it("is tried by another when that one came to nothing", () => {
    fail(3);
    nowMs += 30_000;
    breaker.giveBack(enter());
    expect(enter().isProbe).toBe(true);
  });

  it("is asked by all again when a call of before succeeds late", () => {
    enter();
    fail(3);
    breaker.noteSuccess();
    expect(breaker.secondsToWait()).toBe(0);
  });

  it("is tried by one only, although calls of before fail meanwhile", () => {
    const early = enter();
    fail(3);
    nowMs += 30_000;
    enter();
    breaker.noteFailure(early);
    expect(typeof breaker.enter()).toBe("number");
  });
});
