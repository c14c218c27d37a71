import type { Order } from "@stanchion/contract";
import { hasMembers } from "../answers.ts";
import { StanchionServer } from "../server/stanchion-server.ts";
import { type VerifiedAdmission, verifyAdmission } from "../server/verify-admission.ts";
import type { WebhookEvent } from "../server/verify-webhook.ts";
import { requireText, StanchionError } from "../stanchion-error.ts";
import type { Surroundings } from "../surroundings.ts";
import { EndedSessions } from "./ended-sessions.ts";
import { admissionNeeded, isOutage, refusalJson, waitPage } from "./refusals.ts";
import { isOwnPath, pathWithoutToken, tokenIn } from "./return-path.ts";
import { type CheckoutCookie, type CookieSession, type CookieState, SignedState } from "./signed-state.ts";

const sessionSecondsDefault = 600;
const backKeptSeconds = 86_400;

/** What a checkout is protected with. */
export interface CheckoutOptions extends Partial<Surroundings> {
  /** Where the Stanchion server is reached from here, such as `https://line.example.com`. */
  readonly url: string;
  /** The server's `PUBLIC_URL`; needed where it is not `url`. */
  readonly issuer?: string | undefined;
  /** `org_…` */
  readonly organizationId: string;
  /** The queue that admits; this or `drawId`. */
  readonly queueId?: string | undefined;
  /** The draw whose winners are let in. */
  readonly drawId?: string | undefined;
  /** Where fans without an admission are sent; by default the page of the queue or of the draw. */
  readonly waitingRoom?: string | undefined;
  /**
   * `sk_…`, with `admissions:read`; for `order` and `complete` with `orders:write`, or `admissions:write` for `complete` without an
   * order. With it the server is asked when a fan arrives, so
   * the session ends when the time to buy does.
   */
  readonly secretKey?: string | undefined;
  readonly cookie: CheckoutCookie;
  /** How long a session lasts where the server was not asked; 600 by default. Not longer than the queue's `admissionExpirationSeconds`. */
  readonly sessionSeconds?: number | undefined;
  /** How far this clock may be off; 5 by default. */
  readonly clockSkewSeconds?: number | undefined;
}

/** Who has come in, and until when. */
export interface CheckoutAdmission {
  /** `adm_…` */
  readonly id: string;
  readonly consumerId: string;
  /** The queue or the draw. */
  readonly distributionId: string;
  readonly expiresAt: Date;
}

/** What is to become of a request: it goes on, or is answered with this. */
export type CheckoutVerdict =
  | { readonly isAdmitted: true; readonly admission: CheckoutAdmission }
  | { readonly isAdmitted: false; readonly response: Response };

/** An order that was paid: what the shop calls it, or the order that `order` has made. */
export type CheckoutOrder = { readonly orderId: string } | { readonly id: string };

/** What is told of an order besides who bought: `externalId`, `items`, `total`, `currency`, `metadata`. */
export type CheckoutOrderDetails = Omit<
  Parameters<StanchionServer["orders"]["create"]>[0],
  "admissionId" | "queueId" | "drawId" | "consumerId" | "paid"
>;

/** What became of an order that was paid. */
export interface CompletedCheckout {
  /** REFUND_NEEDED: give the money back. */
  readonly status: Order["status"];
  readonly refundReason: Order["refundReason"];
}

/** A checkout that only the admitted can open, for whatever speaks `Request` and `Response`. */
export interface Checkout {
  /** Judges a request by its address, method and headers; reads no body. */
  check(request: Request): Promise<CheckoutVerdict>;
  /** Lets `answer` answer the admitted, and sends everybody else to the line. */
  handle(
    request: Request,
    answer: (request: Request, admission: CheckoutAdmission) => Response | Promise<Response>,
  ): Promise<Response>;
  /** Who the cookie among these headers belongs to; null where there is none that is good. */
  read(headers: Pick<Headers, "get">): Promise<CheckoutAdmission | null>;
  /**
   * Makes an order of the fan whose request `handle` is answering, before the money is taken: what could not be honoured is refused
   * while nobody has paid, and its items are held. ADMISSION_USED with `details.orderId`: the fan is paying that order already.
   *
   * @throws {StanchionError} ADMISSION_USED, ADMISSION_EXPIRED, OUT_OF_STOCK, INVALID_STATE, and what every call can throw.
   */
  order(request: Request, details?: CheckoutOrderDetails): Promise<Order>;
  /**
   * Reports that the order of a request that `handle` is answering is paid: the fan's place goes to the next, and their session
   * ends. An order that was made before and cannot be honoured is answered as REFUND_NEEDED; one that only has the shop's id is
   * refused.
   *
   * @throws {StanchionError} ADMISSION_USED, ADMISSION_EXPIRED, INVALID_STATE, and what every call can throw.
   */
  complete(request: Request, order: CheckoutOrder): Promise<CompletedCheckout>;
  /** `order` for adapters, which know the admission. */
  orderFor(admission: CheckoutAdmission, details?: CheckoutOrderDetails): Promise<Order>;
  /** `complete` for adapters; `cookie` is the Set-Cookie that ends the fan's session. */
  completeFor(admission: CheckoutAdmission, order: CheckoutOrder): Promise<EndedCheckout>;
  /** Takes a verified webhook: a fan who was denied, has left or has bought is out at once, in this process. */
  note(event: WebhookEvent): void;
  /**
   * Answers nginx: its `auth_request` (with `X-Original-URI` and `X-Original-Method`) by 204 or 401, and a request that it hands on
   * after a 401 by what the fan shall get. See the guide.
   */
  answerNginx(request: Request): Promise<Response>;
}

export interface EndedCheckout {
  readonly completed: CompletedCheckout;
  readonly cookie: string;
}

/**
 * Protects a checkout: a request without an admission is redirected to the line, or refused in Stanchion's shape of errors where
 * it is no page that is opened; who comes from the line with a token gets a session in a signed cookie and is redirected to where
 * they wanted to go; later requests pass by the cookie. Needs `fetch` and WebCrypto.
 *
 * @throws {TypeError} When an option cannot be right.
 * @example
 * const checkout = protectCheckout({
 *   url: "https://line.example.com",
 *   organizationId: "org_…",
 *   queueId: "queue_…",
 *   secretKey: "sk_live_…",
 *   cookie: { secret: "at least thirty-two characters of your own" },
 * });
 * export default {
 *   fetch: (request: Request) => checkout.handle(request, () => new Response("Your checkout")),
 * };
 */
export function protectCheckout(options: CheckoutOptions): Checkout {
  const settings = settingsOf(options);
  const judge = new CheckoutJudge(settings);
  const admitted = new WeakMap<Request, CheckoutAdmission>();
  const cookies = new WeakMap<Request, string>();
  const admissionOf = (request: Request): CheckoutAdmission => {
    const admission = admitted.get(request);
    if (admission === undefined) throw admissionNeeded();
    return admission;
  };
  return {
    check: (request) => judge.check(request),
    read: async (headers) => judge.read(headers),
    async handle(request, answer) {
      const verdict = await judge.check(request);
      if (!verdict.isAdmitted) return verdict.response;
      admitted.set(request, verdict.admission);
      return withCookie(await answer(request, verdict.admission), cookies.get(request));
    },
    order: async (request, details) => judge.order(admissionOf(request), details),
    async complete(request, order) {
      const { completed, cookie } = await judge.complete(admissionOf(request), order);
      cookies.set(request, cookie);
      return completed;
    },
    orderFor: (admission, details) => judge.order(admission, details),
    completeFor: (admission, order) => judge.complete(admission, order),
    note: (event) => settings.ended.note(event),
    answerNginx: (request) => answerNginx(judge, request),
  };
}

interface CheckoutSettings {
  readonly options: CheckoutOptions;
  readonly distributionId: string;
  readonly waitingRoom: string;
  readonly publicUrl: string;
  readonly state: SignedState;
  readonly ended: EndedSessions;
  readonly stanchion: StanchionServer | null;
  readonly now: () => number;
}

function settingsOf(options: CheckoutOptions): CheckoutSettings {
  const { url, issuer, organizationId, queueId, drawId, secretKey, cookie } = options;
  const publicUrl = (issuer ?? url).replace(/\/+$/, "");
  for (const address of [url, publicUrl])
    if (!/^https?:\/\//.test(address))
      throw new TypeError("url and issuer must be addresses, with http:// or https://.");
  requireText("organizationId", organizationId);
  if ((queueId === undefined) === (drawId === undefined)) throw new TypeError("Give queueId or drawId.");
  const distributionId = requireText("queueId", queueId ?? drawId);
  const page = `${publicUrl}/${drawId === undefined ? "q" : "d"}/${encodeURIComponent(distributionId)}`;
  return {
    options,
    distributionId,
    waitingRoom: options.waitingRoom ?? page,
    publicUrl,
    state: new SignedState(cookie, distributionId),
    ended: new EndedSessions(distributionId),
    stanchion: secretKey === undefined ? null : new StanchionServer({ ...options, secretKey }),
    now: options.now ?? Date.now,
  };
}

/** Decides on requests. */
class CheckoutJudge {
  readonly #settings: CheckoutSettings;

  constructor(settings: CheckoutSettings) {
    this.#settings = settings;
  }

  async check(request: Request): Promise<CheckoutVerdict> {
    const url = new URL(request.url);
    const state = await this.#settings.state.read(request.headers.get("cookie"));
    const token = tokenIn(url);
    if (token !== null) return this.#arrive(request, { url, state, token });
    const admission = this.#admissionOf(state);
    return admission === null
      ? this.#refuse(request, url, admissionNeeded())
      : { isAdmitted: true, admission };
  }

  async read(headers: Pick<Headers, "get">): Promise<CheckoutAdmission | null> {
    return this.#admissionOf(await this.#settings.state.read(headers.get("cookie")));
  }

  async order({ id }: CheckoutAdmission, details: CheckoutOrderDetails = {}): Promise<Order> {
    return this.#stanchion("order").orders.create({ ...details, admissionId: id });
  }

  async complete(admission: CheckoutAdmission, order: CheckoutOrder): Promise<EndedCheckout> {
    const { ended, state, now } = this.#settings;
    const completed = await this.#report(admission, order);
    ended.end(admission.consumerId, now());
    return { completed, cookie: state.clear() };
  }

  async #report({ consumerId }: CheckoutAdmission, order: CheckoutOrder): Promise<CompletedCheckout> {
    const { distributionId, options } = this.#settings;
    const stanchion = this.#stanchion("complete");
    if (!("orderId" in order)) {
      const { status, refundReason } = await stanchion.orders.complete(order.id);
      return { status, refundReason };
    }
    const body = { consumerId, orderId: order.orderId };
    const calls = options.queueId === undefined ? stanchion.drawEntries : stanchion.entries;
    await calls.complete(distributionId, body);
    return { status: "PAID", refundReason: null };
  }

  #stanchion(verb: string): StanchionServer {
    const { stanchion } = this.#settings;
    if (stanchion === null) throw new TypeError(`${verb} needs a secretKey.`);
    return stanchion;
  }

  /** A fan comes from the line. */
  async #arrive(
    request: Request,
    { url, state, token }: { url: URL; state: CookieState; token: string },
  ): Promise<CheckoutVerdict> {
    const path = pathWithoutToken(url);
    try {
      const session = await this.#begin(token);
      if (!isSafe(request)) return { isAdmitted: true, admission: this.#shown(session) };
      const secondsLeft = (session.endsAtMs - this.#settings.now()) / 1_000;
      const cookie = await this.#settings.state.write({ session }, secondsLeft);
      return redirect(isOwnPath(state.back) ? state.back : path, cookie);
    } catch (error) {
      if (!(error instanceof StanchionError)) throw error;
      // An old link from the browser's history, opened by somebody who is in.
      if (this.#admissionOf(state) !== null && isSafe(request)) return redirect(path);
      return this.#refuse(request, url, error);
    }
  }

  async #begin(token: string): Promise<CookieSession> {
    const { options, stanchion, now } = this.#settings;
    const verify = (validate: boolean) => verifyAdmission(token, { ...options, validate });
    const verified = await verify(stanchion !== null).catch((error: unknown) => {
      if (stanchion === null || !(error instanceof StanchionError)) throw error;
      if (isFaultOfKey(error))
        throw new TypeError(`secretKey is refused: ${error.message}`, { cause: error });
      // The turn goes on while the server is away; it judges the order at the latest.
      if (isOutage(error)) return verify(false);
      throw error;
    });
    const session = sessionOf(verified, options.sessionSeconds ?? sessionSecondsDefault);
    if (session.endsAtMs <= now() || this.#settings.ended.has(session)) throw admissionNeeded();
    return session;
  }

  #admissionOf({ session }: CookieState): CheckoutAdmission | null {
    if (!isSession(session)) return null;
    const isOver = session.endsAtMs <= this.#settings.now() || this.#settings.ended.has(session);
    return isOver ? null : this.#shown(session);
  }

  #shown({ admissionId, consumerId, endsAtMs }: CookieSession): CheckoutAdmission {
    const { distributionId } = this.#settings;
    return { id: admissionId, consumerId, distributionId, expiresAt: new Date(endsAtMs) };
  }

  async #refuse(request: Request, url: URL, error: StanchionError): Promise<CheckoutVerdict> {
    const { waitingRoom, publicUrl, state } = this.#settings;
    if (!isPageOpened(request))
      return { isAdmitted: false, response: refusalJson(error, { waitingRoom, publicUrl }) };
    if (isOutage(error)) return { isAdmitted: false, response: waitPage() };
    const back = pathWithoutToken(url);
    const cookie = isSafe(request) ? await state.write({ back }, backKeptSeconds) : undefined;
    return redirect(waitingRoom, cookie);
  }
}

/** The server refuses the shop and not the fan, whose token was found good before it was asked. */
function isFaultOfKey({ requestId, status, code }: StanchionError): boolean {
  const isOfFan = code === "TOKEN_EXPIRED" || code === "FP002" || status === 409;
  return requestId !== null && status >= 400 && status < 500 && status !== 429 && !isOfFan;
}

function sessionOf(verified: VerifiedAdmission, sessionSeconds: number): CookieSession {
  const sinceMs = verified.tokenIssuedAt.getTime();
  return {
    admissionId: verified.id,
    consumerId: verified.consumerId,
    sinceMs,
    endsAtMs: verified.expiresAt?.getTime() ?? sinceMs + sessionSeconds * 1_000,
  };
}

function isSession(session: unknown): session is CookieSession {
  const hasTexts = hasMembers(session, "string", "admissionId", "consumerId");
  return hasTexts && hasMembers(session, "number", "sinceMs", "endsAtMs");
}

function isSafe({ method }: Request): boolean {
  return method === "GET" || method === "HEAD";
}

/** Does a person's browser open a page with it, so that it can be sent elsewhere? */
function isPageOpened({ headers }: Request): boolean {
  const mode = headers.get("sec-fetch-mode");
  return mode === null ? (headers.get("accept") ?? "").includes("text/html") : mode === "navigate";
}

function redirect(location: string, cookie?: string): CheckoutVerdict {
  const headers = new Headers({
    Location: location,
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
  });
  if (cookie !== undefined) headers.append("Set-Cookie", cookie);
  return { isAdmitted: false, response: new Response(null, { status: 303, headers }) };
}

function withCookie(response: Response, cookie: string | undefined): Response {
  if (cookie === undefined) return response;
  // The headers of a redirect, or of what `fetch` has answered, cannot be changed.
  const own = new Response(response.body, response);
  own.headers.append("Set-Cookie", cookie);
  return own;
}

async function answerNginx(judge: CheckoutJudge, request: Request): Promise<Response> {
  const original = request.headers.get("x-original-uri");
  if (original === null) {
    const verdict = await judge.check(request);
    return verdict.isAdmitted ? repeated(request) : verdict.response;
  }
  const method = request.headers.get("x-original-method") ?? "GET";
  const asked = new Request(new URL(original, "http://shop.invalid"), { method, headers: request.headers });
  const verdict = await judge.check(asked);
  if (!verdict.isAdmitted) return new Response(null, { status: 401 });
  const { id, consumerId } = verdict.admission;
  return new Response(null, {
    status: 204,
    headers: { "X-Stanchion-Admission": id, "X-Stanchion-Consumer": consumerId },
  });
}

/** Admitted between nginx's two questions. */
function repeated(request: Request): Response {
  return new Response(null, { status: 303, headers: { Location: pathWithoutToken(new URL(request.url)) } });
}
