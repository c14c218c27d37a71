/** What one fan of a crowd has lived through. */
export interface FanRecord {
  /** From setting out to the acknowledged place, in milliseconds. */
  joinMs: number | null;
  ticket: number | null;
  entryId: string | null;
  /** By the server's clock. */
  admittedAt: string | null;
  isCompleted: boolean;
  hasLeft: boolean;
  /** The acknowledged place was gone or another one later. */
  isLost: boolean;
  /** How often a call was made anew after the client had given it up: the server was away. */
  repeats: number;
  error: string | null;
}

/** Places lost, tickets given twice, and people admitted before somebody who stood in front of them. */
export function countFaults(records: readonly FanRecord[]): {
  lost: number;
  doubles: number;
  inversions: number;
} {
  const tickets = records.flatMap(({ ticket }) => (ticket === null ? [] : [ticket]));
  const admitted = records
    .flatMap(({ ticket, admittedAt }) =>
      ticket === null || admittedAt === null ? [] : [{ ticket, admittedAt }],
    )
    .sort((a, b) => a.ticket - b.ticket);
  let inversions = 0;
  let latest = "";
  for (const { admittedAt } of admitted) {
    if (admittedAt < latest) inversions += 1;
    else latest = admittedAt;
  }
  return {
    lost: records.filter((record) => record.isLost).length,
    doubles: tickets.length - new Set(tickets).size,
    inversions,
  };
}
