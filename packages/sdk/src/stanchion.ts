import { type Auth, SessionKeeper } from "./auth.ts";
import { DrawDesk, type Draws } from "./draws.ts";
import type { DeskSurroundings } from "./entry-desk.ts";
import { ExperienceDesk, type Experiences } from "./experiences.ts";
import { fetchWithDevice } from "./fetch-with-device.ts";
import { isFingerprint, keepFingerprint } from "./fingerprint.ts";
import { type FailureListener, overhearFailures, tellFailure } from "./overhear-failures.ts";
import { QueueDesk, type Queues } from "./queues.ts";
import { ServerClock } from "./server-clock.ts";
import { SessionStore } from "./session-store.ts";
import { createSafeStorage, findLocalStorage, type SessionStorage } from "./storage.ts";
import { type Surroundings, surroundingsOf } from "./surroundings.ts";
import { Transport } from "./transport.ts";

const timeoutMsDefault = 15_000;

/** What a {@link Stanchion} client is made from. */
export interface StanchionOptions extends Partial<Surroundings> {
  /** `pk_test_…` or `pk_live_…`; a secret key is refused. */
  readonly publishableKey: string;
  /**
   * Publishable keys of the same organization and mode that the page had before. A session that the browser keeps by one of them
   * goes on with its places; without this, who joined before a key was replaced is not found with the new one.
   */
  readonly formerKeys?: readonly string[] | undefined;
  /** The server's address, such as `https://line.example.com`; "" is the page's own origin. */
  readonly baseUrl: string;
  /** Where session and places are kept. By default `localStorage` where it works, else memory. */
  readonly storage?: SessionStorage | undefined;
  /**
   * Sent as X-Fingerprint on enter, status, leave, carry and takeOver: 8 to 128 of `A-Z a-z 0-9 _ . : -`. By default a browser sends a
   * random value that it keeps in the storage, and everything else sends none.
   */
  readonly fingerprint?: string | undefined;
  /** Sent with every call. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Of one try, in ms; 15,000 by default. */
  readonly timeoutMs?: number | undefined;
  /**
   * Hears of every failure that a call throws, before its caller does, and of those that a watch meets in the
   * background: the one place for logs and telemetry.
   */
  readonly onError?: FailureListener | undefined;
}

/**
 * The client of one publishable key: sessions, launches, lines and draws, for browsers and servers with `fetch`.
 *
 * @throws {TypeError} When an option cannot be right: no publishable key, a secret key, a malformed fingerprint.
 * @example
 * const stanchion = new Stanchion({ publishableKey: "pk_test_…", baseUrl: "https://line.example.com" });
 * await stanchion.queues.enter(queueId);
 */
export class Stanchion {
  readonly auth: Auth;
  readonly experiences: Experiences;
  readonly queues: Queues;
  readonly draws: Draws;

  constructor(options: StanchionOptions) {
    const keys = keysOf(options);
    const given = surroundingsOf(options);
    const clock = new ServerClock(given.now);
    const localStorage = options.storage ? null : findLocalStorage();
    const storage = createSafeStorage(options.storage ?? localStorage);
    const store = SessionStore.find(storage, keys);
    const surroundings = { ...given, fetch: fetchWithDevice(store.name, given.fetch, clock) };
    const settings = {
      baseUrl: options.baseUrl.replace(/\/+$/, ""),
      credential: { "X-Publishable-Key": options.publishableKey },
      headers: options.headers,
      timeoutMs: options.timeoutMs ?? timeoutMsDefault,
    };
    const transport = new Transport(settings, surroundings, clock);
    const deviceHeaders = (): Readonly<Record<string, string>> => {
      const fingerprint = options.fingerprint ?? (globalThis.document && keepFingerprint(storage));
      return fingerprint ? { "X-Fingerprint": fingerprint } : {};
    };
    const onSessionChange = (isNew: boolean): void => {
      queues.takeSessionChange(isNew);
      draws.takeSessionChange(isNew);
    };
    const isShared = localStorage !== null;
    const sessions = new SessionKeeper(transport, store, isShared, onSessionChange, deviceHeaders);
    const { onError } = options;
    const aroundDesk = (group: string): DeskSurroundings => ({
      transport,
      store,
      sessions,
      deviceHeaders,
      onError: (error) => tellFailure(onError, error, `${group}.watch`),
    });
    const queues = new QueueDesk(aroundDesk("queues"));
    const draws = new DrawDesk(aroundDesk("draws"));
    this.auth = overhearFailures<Auth>("auth", sessions, onError);
    this.experiences = overhearFailures<Experiences>("experiences", new ExperienceDesk(transport), onError);
    this.queues = overhearFailures<Queues>("queues", queues, onError);
    this.draws = overhearFailures<Draws>("draws", draws, onError);
  }
}

/** The publishable key, and then those from before; throws where an option cannot be right. */
function keysOf({ publishableKey, formerKeys = [], fingerprint }: StanchionOptions): [string, ...string[]] {
  const keys: [string, ...string[]] = [publishableKey, ...formerKeys];
  if (!keys.every((key) => key.startsWith("pk_")))
    throw new TypeError("Keys must begin with pk_: secret keys stay on your server.");
  if (fingerprint !== undefined && !isFingerprint(fingerprint))
    throw new TypeError("fingerprint must be 8 to 128 of A-Za-z0-9_.:-");
  return keys;
}
