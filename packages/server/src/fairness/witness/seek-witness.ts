import type { Log } from "../../platform/log.ts";
import { type Witness, WitnessError, type WitnessRecord } from "./witness.ts";

const retryMs = 5_000;

/**
 * Shows a freeze statement to the witness, where there is one and it has not signed it yet. Nothing waits for it: without one a
 * proof says less. Answers when to go on: at `until`, or before it to try again.
 * @param frozen `id`: of what was frozen, as on the wire; `now`: by the database's clock
 */
export async function seekWitness(
  { witness, log }: { readonly witness: Witness | null; readonly log: Log },
  frozen: {
    readonly id: string;
    readonly statement: string | null;
    readonly isWitnessed: boolean;
    readonly now: Date;
  },
  until: Date,
  keep: (record: WitnessRecord) => Promise<void>,
): Promise<Date> {
  const { id, statement, isWitnessed, now } = frozen;
  if (witness === null || isWitnessed || statement === null) return until;
  try {
    await keep(await witness.stamp(statement));
    return until;
  } catch (error) {
    if (!(error instanceof WitnessError)) throw error;
    log.warn({ err: error, id }, "nobody has witnessed a freeze yet");
    return new Date(Math.min(until.getTime(), now.getTime() + retryMs));
  }
}
