import type pg from "pg";
import { deflatePiece } from "../platform/deflated-text.ts";

/** The large parts of a proof. */
export type ProofPartKind = "leaves" | "removals" | "ranking" | "winners" | "awards";

const partBytesMax = 1_048_576;

/** Writes a large text of a proof in parts of about a megabyte, as it comes. */
export interface ProofPartWriter {
  /** Takes the next piece of the text; resolves when there is room for more. */
  add(text: string): Promise<void>;
  finish(): Promise<void>;
}

/** What runs a statement: a pool, or an open transaction. */
export type RunStatement = (text: string, values: readonly unknown[]) => Promise<unknown>;

/** Whoever writes the same text again finds its parts there: they are cut at the same places, in whatever pieces it comes. */
export function writeProofParts(
  run: RunStatement,
  distributionId: string,
  kind: ProofPartKind,
): ProofPartWriter {
  let [held, part] = ["", 0];
  const write = async (text: string): Promise<void> => {
    const { rawBytes, crc, read } = await deflatePiece(Buffer.from(text, "latin1"));
    await run(
      `insert into proof_parts (distribution_id, kind, part, raw_bytes, crc, deflated) values ($1, $2, $3, $4, $5, $6)
       on conflict do nothing`,
      [distributionId, kind, part, rawBytes, crc, await read()],
    );
    part += 1;
  };
  return {
    async add(text) {
      held += text;
      while (held.length >= partBytesMax) {
        const full = held.slice(0, partBytesMax);
        held = held.slice(partBytesMax);
        await write(full);
      }
    },
    async finish() {
      if (held !== "") await write(held);
    },
  };
}

/** Joins what comes one by one with commas, as the inside of a JSON array. */
export function commaJoined(writer: ProofPartWriter): ProofPartWriter {
  let isFirst = true;
  return {
    async add(text) {
      await writer.add(isFirst ? text : `,${text}`);
      isFirst = false;
    },
    finish: () => writer.finish(),
  };
}

export function statementsOf(pool: pg.Pool): RunStatement {
  return (text, values) => pool.query({ text, values: [...values] });
}
