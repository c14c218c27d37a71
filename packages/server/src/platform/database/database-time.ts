/** When a statement was sent and answered by this process's clock, and what the database's clock said in between. All in milliseconds since 1970. */
export interface TimeReading {
  readonly sentAtMs: number;
  readonly answeredAtMs: number;
  readonly databaseMs: number;
}

/**
 * How far the database's clock is ahead of this process's. An answer that took long says little: the difference is only known to lie
 * between two bounds, and moves no further than they ask.
 */
export class DatabaseTime {
  #offsetMs: number | null = null;

  /** Learns from a reading, and tells when it was made by this process's clock. */
  note({ sentAtMs, answeredAtMs, databaseMs }: TimeReading): number {
    const least = databaseMs - answeredAtMs;
    const most = databaseMs - sentAtMs;
    this.#offsetMs =
      this.#offsetMs === null ? (least + most) / 2 : Math.min(Math.max(this.#offsetMs, least), most);
    return databaseMs - this.#offsetMs;
  }
}
