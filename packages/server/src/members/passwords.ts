import { argon2, randomBytes, timingSafeEqual } from "node:crypto";
import { apiError } from "../platform/errors/index.ts";

/** Hashes passwords and compares them: always the same work, whether there is a hash to compare with or not. */
export interface Passwords {
  /** A text that holds everything needed to compare: salt and cost too. */
  hash(password: string): Promise<string>;
  /** False for every password where there is no hash; takes as long as with one. `goesFirst`: before those who wait. */
  isRight(password: string, hash: string | null, goesFirst?: boolean): Promise<boolean>;
}

/** The second set of parameters that OWASP names for argon2id. */
const cost = { memoryKiB: 19_456, passes: 2, lanes: 1 } as const;
const saltBytes = 16;
const hashBytes = 32;
/** One hash takes 19 MiB and a thread of its own: two at a time leave the others to files and names. */
const atOnceMax = 2;
const waitingMax = 100;

const pattern = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/;

interface ReadHash {
  readonly memoryKiB: number;
  readonly passes: number;
  readonly lanes: number;
  readonly salt: Buffer;
  readonly hash: Buffer;
}

export function createPasswords(): Passwords {
  const takeTurn = createTurns();
  const nobodys: ReadHash = { ...cost, salt: randomBytes(saltBytes), hash: randomBytes(hashBytes) };
  const derive = (
    password: string,
    { memoryKiB, passes, lanes, salt }: Omit<ReadHash, "hash">,
    goesFirst = false,
  ) =>
    takeTurn(
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
    async hash(password) {
      const salt = randomBytes(saltBytes);
      const derived = await derive(password, { ...cost, salt });
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

/** Lets a few run at once and the others wait; refuses who would wait behind too many, but for those who go first. */
function createTurns() {
  let running = 0;
  const waiting: (() => void)[] = [];
  return async <T>(goesFirst: boolean, run: () => Promise<T>): Promise<T> => {
    if (waiting.length >= waitingMax && !goesFirst)
      throw apiError("OVERLOADED", { cause: new Error("too many passwords wait to be compared") });
    if (running < atOnceMax) running += 1;
    else
      await new Promise<void>((resolve) => {
        if (goesFirst) waiting.unshift(resolve);
        else waiting.push(resolve);
      });
    try {
      return await run();
    } finally {
      const next = waiting.shift();
      if (next === undefined) running -= 1;
      else next();
    }
  };
}
