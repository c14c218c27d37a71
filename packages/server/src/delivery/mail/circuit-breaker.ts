import type { Clock } from "../../platform/clock.ts";

/** Leave to try once. Whoever has it says afterwards how it went. */
export interface Pass {
  readonly isProbe: boolean;
}

export interface CircuitBreakerLimits {
  readonly failuresInRowMax: number;
  readonly restSeconds: number;
  readonly probeWaitSeconds: number;
}

/**
 * Leaves a service alone that has failed several times in a row: nobody waits for what will fail, and it can recover.
 * After the rest one call tries it; its success lets all others through again, its failure begins another rest.
 */
export class CircuitBreaker {
  readonly #clock: Clock;
  readonly #limits: CircuitBreakerLimits;
  #failuresInRow = 0;
  #restUntilMs: number | null = null;
  #isProbing = false;

  constructor(clock: Clock, limits: CircuitBreakerLimits) {
    this.#clock = clock;
    this.#limits = limits;
  }

  get isOpen(): boolean {
    return this.#restUntilMs !== null;
  }

  /** The seconds that a call would have to wait; 0 where it may try now. */
  secondsToWait(): number {
    if (this.#restUntilMs === null) return 0;
    const restSeconds = Math.ceil((this.#restUntilMs - this.#clock.now()) / 1000);
    if (restSeconds > 0) return restSeconds;
    return this.#isProbing ? this.#limits.probeWaitSeconds : 0;
  }

  /** A pass, or the seconds to wait for one. */
  enter(): Pass | number {
    const waitSeconds = this.secondsToWait();
    if (waitSeconds > 0) return waitSeconds;
    const isProbe = this.#restUntilMs !== null;
    if (isProbe) this.#isProbing = true;
    return { isProbe };
  }

  noteSuccess(): void {
    this.#failuresInRow = 0;
    this.#restUntilMs = null;
    this.#isProbing = false;
  }

  noteFailure(pass: Pass): void {
    if (pass.isProbe) this.#isProbing = false;
    this.#failuresInRow += 1;
    if (this.#failuresInRow >= this.#limits.failuresInRowMax)
      this.#restUntilMs = this.#clock.now() + this.#limits.restSeconds * 1000;
  }

  /** It came to nothing that says how the service is. */
  giveBack(pass: Pass): void {
    if (pass.isProbe) this.#isProbing = false;
  }
}
