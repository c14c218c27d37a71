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
    checkOptions(options);
    const given = surroundingsOf(options);
    const clock = new ServerClock(given.now);
    const surroundings = { ...given, fetch: fetchWithDevice(options.publishableKey, given.fetch, clock) };
    const localStorage = options.storage === undefined ? findLocalStorage() : null;
    const storage = createSafeStorage(options.storage ?? localStorage);
    const settings = {
      baseUrl: options.baseUrl.replace(/\/+$/, ""),
      credential: { "X-Publishable-Key": options.publishableKey },
      headers: options.headers ?? {},
      timeoutMs: options.timeoutMs ?? timeoutMsDefault,
    };
    const transport = new Transport(settings, surroundings, clock);
    const store = new SessionStore(storage, options.publishableKey);
    const isBrowser = typeof document !== "undefined";
    const deviceHeaders = (): Readonly<Record<string, string>> => {
      const fingerprint = options.fingerprint ?? (isBrowser ? keepFingerprint(storage) : null);
      return fingerprint === null ? {} : { "X-Fingerprint": fingerprint };
    };
    const onSessionChange = (isNew: boolean): void => {
      queues.takeSessionChange(isNew);
      draws.takeSessionChange(isNew);
    };
    const isShared = localStorage !== null;
    const sessions = new SessionKeeper(transport, store, isShared, onSessionChange, deviceHeaders);
    const onError = options.onError ?? (() => {});
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

function checkOptions(options: StanchionOptions): void {
  const { publishableKey, fingerprint } = options;
  if (publishableKey.startsWith("sk_"))
    throw new TypeError("publishableKey is a secret key: keep it on your server.");
  if (!publishableKey.startsWith("pk_"))
    throw new TypeError("publishableKey must begin with pk_test_ or pk_live_.");
  if (fingerprint !== undefined && !isFingerprint(fingerprint))
    throw new TypeError("fingerprint must be 8 to 128 of A-Za-z0-9_.:-");
}
