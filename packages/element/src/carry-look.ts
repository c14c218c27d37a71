/** After a link was made, the page looks whether another device has come by it. */
const everyMs = 5_000;
const looksMax = 120;

export class CarryLook {
  #timer: ReturnType<typeof setInterval> | undefined;

  /** Calls `look` again and again, for as long as a link is good and it answers that the place is here still. */
  start(look: () => boolean): void {
    let looks = 0;
    this.stop();
    this.#timer = setInterval(() => {
      looks += 1;
      if (!look() || looks >= looksMax) this.stop();
    }, everyMs);
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}
