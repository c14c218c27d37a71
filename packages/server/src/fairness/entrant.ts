import { encodeIdBytes, limits } from "@stanchion/contract";
import { type GivenDevice, keptDevice } from "../admissions/index.ts";
import type { BinaryArrays } from "../platform/database/index.ts";
import { entryKey } from "../platform/idempotency/index.ts";
import { randomHex16 } from "../platform/randomness.ts";
import { subjectOf } from "./subject.ts";

/** Somebody who asks to enter a line or a draw, as the call told it. */
export interface EntrantFacts {
  readonly consumerId: string;
  readonly consumerBytes: Uint8Array;
  /** Index in the contract's `entryLevels`. */
  readonly level: number;
  readonly device: GivenDevice;
  readonly idempotencyKey: string | null;
  readonly requestId: string;
  /** Makes the entry's id of 16 bytes. */
  readonly newEntryBytes: () => Uint8Array;
}

/** What an entry is given when it is made. */
export interface NewEntry {
  readonly bytes: Uint8Array;
  /** Ids as on the wire. */
  readonly wireId: string;
  readonly consumerWireId: string;
  /** 16 and 32 bytes, as hex. */
  readonly salt: string;
  readonly subject: string;
}

/**
 * An entrant in its group. The entry is made when the group is first sent, and is the same however often that is: who waits for
 * the group holds little, and what is made for all of it is made at one go.
 */
export class Entrant {
  readonly consumerId: string;
  readonly facts: EntrantFacts;
  #entry: NewEntry | null = null;

  constructor(facts: EntrantFacts) {
    this.consumerId = facts.consumerId;
    this.facts = facts;
  }

  get entry(): NewEntry {
    this.#entry ??= makeEntry(this.facts);
    return this.#entry;
  }
}

function makeEntry({ newEntryBytes, consumerBytes }: EntrantFacts): NewEntry {
  const bytes = newEntryBytes();
  const consumerWireId = encodeIdBytes("consumer", consumerBytes);
  const salt = randomHex16();
  const subject = subjectOf(salt, consumerWireId);
  return { bytes, wireId: encodeIdBytes("entry", bytes), consumerWireId, salt, subject };
}

const idBytes = 16;

/** What a group of a line or a draw is written from: entry, consumer, level, salt, subject, device, key and request of each. */
export function entrantArrays(
  arrays: BinaryArrays,
  distributionId: string,
  entrants: readonly Entrant[],
): Buffer[] {
  const ids = (read: (entrant: Entrant) => Uint8Array): Buffer =>
    arrays.add("uuid", entrants, idBytes, (entrant, bytes, at) => {
      const id = read(entrant);
      for (let index = 0; index < idBytes; index += 1) bytes[at + index] = id[index] ?? 0;
      return idBytes;
    });
  const hashes = (bytesMax: number, read: (entrant: Entrant) => string | null): Buffer =>
    arrays.add("bytea", entrants, bytesMax, (entrant, bytes, at) => {
      const hex = read(entrant);
      return hex === null ? -1 : bytes.write(hex, at, "hex");
    });
  return [
    ids(({ entry }) => entry.bytes),
    ids(({ facts }) => facts.consumerBytes),
    arrays.add("int2", entrants, 2, ({ facts }, bytes, at) => bytes.writeInt16BE(facts.level, at) - at),
    hashes(16, ({ entry }) => entry.salt),
    hashes(32, ({ entry }) => entry.subject),
    hashes(32, ({ facts }) => keptDevice(distributionId, facts.device)),
    hashes(16, ({ facts }) => entryKey(facts.idempotencyKey)),
    arrays.add("text", entrants, limits.requestIdCharactersMax, ({ facts }, bytes, at) =>
      bytes.write(facts.requestId, at, "latin1"),
    ),
  ];
}
