import type { FailureListener } from "../overhear-failures.ts";
import { ServerClock } from "../server-clock.ts";

import { type Surroundings, surroundingsOf } from "../surroundings.ts";
import { Transport } from "../transport.ts";
import { CallSender, withTexts } from "./call-sender.ts";
import type { ServerCalls } from "./call-types.ts";
import { serverCalls } from "./server-calls.ts";

const timeoutMsDefault = 15_000;

/** What a {@link StanchionServer} is made from. */
export interface StanchionServerOptions extends Partial<Surroundings> {
  /** The server's address, such as `https://line.example.com`. */
  readonly url: string;
  /** `sk_test_…` or `sk_live_…`: it belongs on your servers, never into a web page. */
  readonly secretKey: string;
  /** Sent with every call. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Of one try, in ms; 15,000 by default. */
  readonly timeoutMs?: number | undefined;
  /** Hears of every failure that a call throws, before its caller does: the one place for logs and telemetry. */
  readonly onError?: FailureListener | undefined;
}

/** The client of one secret key, with every call grouped: `stanchion.queues.create`. */
export type StanchionServer = ServerCalls;

/**
 * The client for servers: every operation that a secret key may call, and those for everybody. Needs `fetch` and
 * WebCrypto only. Every POST carries an Idempotency-Key and is tried up to three times as the contract says; PATCH and
 * DELETE are sent once. Every failure is a `StanchionError`, with a request id even where no answer came.
 *
 * @throws {TypeError} When an option cannot be right: no secret key, no address, a web page.
 * @example
 * const stanchion = new StanchionServer({ url: "https://line.example.com", secretKey: "sk_live_…" });
 * const queue = await stanchion.queues.create({ name: "Friday drop", admitRate: 600 });
 * await stanchion.queues.update(queue.id, { admitRate: 1_200 }, { ifMatch: queue.version });
 */
export const StanchionServer = class StanchionServer {
  constructor(options: StanchionServerOptions) {
    checkOptions(options);
    const own = surroundingsOf(options);
    const surroundings = { ...own, fetch: withTexts(own.fetch) };
    const settings = {
      baseUrl: options.url.replace(/\/+$/, ""),
      credential: { Authorization: `Bearer ${options.secretKey}` },
      headers: options.headers ?? {},
      timeoutMs: options.timeoutMs ?? timeoutMsDefault,
    };
    const transport = new Transport(settings, surroundings, new ServerClock(surroundings.now));
    Object.assign(this, makeCalls(new CallSender(transport, options.onError ?? (() => {}))));
  }
} as unknown as new (
  options: StanchionServerOptions,
) => StanchionServer; // The members are made from the table that the type is made from.

function makeCalls(sender: CallSender): Record<string, unknown> {
  const groups = Object.entries(serverCalls).map(([group, shapes]) => {
    const calls = Object.entries(shapes).map(([method, shape]) => {
      const name = `${group}.${method}`;
      return [method, (...args: unknown[]) => sender.send({ name, shape, args })] as const;
    });
    return [group, Object.fromEntries(calls)] as const;
  });
  return Object.fromEntries(groups);
}

function checkOptions({ url, secretKey }: StanchionServerOptions): void {
  if (typeof document !== "undefined")
    throw new TypeError(
      "A secret key must not be in a web page. Use Stanchion with a publishable key there.",
    );
  if (secretKey.startsWith("pk_"))
    throw new TypeError(
      "secretKey is a publishable key. Use an sk_ key here, or Stanchion from @stanchion/sdk.",
    );
  if (!secretKey.startsWith("sk_"))
    throw new TypeError("secretKey must be a secret key, which begins with sk_test_ or sk_live_.");
  if (!/^https?:\/\//.test(url))
    throw new TypeError("url must be the server's address, with http:// or https://.");
}
