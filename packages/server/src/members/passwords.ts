import { argon2, randomBytes, timingSafeEqual } from "node:crypto";
import { createHashingTurns } from "./hashing-turns.ts";

/** Hashes passwords and compares them: always the same work, whether there is a hash to compare with or not. */
export interface Passwords {
  /** Throws OVERLOADED where a password could not be compared now, before anything is done about it. */
  requireRoom(goesFirst: boolean): void;
  /** A text that holds everything needed to compare: salt and cost too. */
  hash(password: string): Promise<string>;
  /** False for every password where there is no hash; takes as long as with one. `goesFirst`: before those who wait. */
  isRight(password: string, hash: string | null, goesFirst?: boolean): Promise<boolean>;
}

/** The second set of parameters that OWASP names for argon2id. */
const cost = { memoryKiB: 19_456, passes: 2, lanes: 1 } as const;
const saltBytes = 16;
const hashBytes = 32;

const pattern = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/;

interface ReadHash {
  readonly memoryKiB: number;
  readonly passes: number;
  readonly lanes: number;
  readonly salt: Buffer;
  readonly hash: Buffer;
}

export function createPasswords(): Passwords {
  const turns = createHashingTurns();
  const nobodys: ReadHash = { ...cost, salt: randomBytes(saltBytes), hash: randomBytes(hashBytes) };
  const derive = (
    password: string,
    { memoryKiB, passes, lanes, salt }: Omit<ReadHash, "hash">,
    goesFirst = false,
  ) =>
    turns.take(
      goesFirst,
      () =>
        new Promise<Buffer>((resolve, reject) => {
          const parameters = {
            // One spelling of every letter, however the keyboard wrote it.
            message: password.normalize("NFKC"),
            nonce: salt,
            parallelism: lanes,
            tagLength: hashBytes,
            memory: memoryKiB,
            passes,
          };
          argon2("argon2id", parameters, (error, derived) => (error ? reject(error) : resolve(derived)));
        }),
    );
  return {
    requireRoom: turns.requireRoom,
    async hash(password) {
      const salt = randomBytes(saltBytes);
      // Whoever sets a password has shown a token, or the password before it.
      const derived = await derive(password, { ...cost, salt }, true);
      const { memoryKiB, passes, lanes } = cost;
      return `$argon2id$v=19$m=${memoryKiB},t=${passes},p=${lanes}$${bare(salt)}$${bare(derived)}`;
    },
    async isRight(password, hash, goesFirst = false) {
      const known = hash === null ? null : readHash(hash);
      const derived = await derive(password, known ?? nobodys, goesFirst);
      return timingSafeEqual(derived, (known ?? nobodys).hash) && known !== null;
    },
  };
}

function bare(bytes: Buffer): string {
  return bytes.toString("base64").replace(/=+$/, "");
}

function readHash(text: string): ReadHash {
  const [, memory, passes, lanes, salt, hash] = pattern.exec(text) ?? [];
  if (hash === undefined || salt === undefined) throw new Error("a stored password hash cannot be read");
  return {
    memoryKiB: Number(memory),
    passes: Number(passes),
    lanes: Number(lanes),
    salt: Buffer.from(salt, "base64"),
    hash: Buffer.from(hash, "base64"),
  };
}
