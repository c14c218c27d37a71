/** What a case works with: a server, credentials, and the small set-ups that many cases share. */
import { randomBytes } from "node:crypto";
import {
  encodeId,
  type IdKind,
  type OperationScope,
  type SessionTokens,
  scopeNames,
} from "@stanchion/contract";
import { generateKeyPair, generateProof } from "dpop";
import type { Facilities, Keys, Need } from "./conformance-case.ts";
import type { ConformanceServer } from "./conformance-server.ts";
import {
  type Exchange,
  jsonOf,
  type SentRequest,
  sendAllButTheEnd,
  sendBytes,
  sendRequest,
} from "./exchange.ts";
import { fillPath } from "./operation-paths.ts";

export interface SendOptions {
  readonly bearer?: string;
  readonly publishableKey?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** Sent as it is, instead of `body`. */
  readonly rawBody?: string;
}

export interface Made {
  readonly id: string;
  readonly [member: string]: unknown;
}

export interface Fan {
  readonly consumerId: string;
  readonly tokens: SessionTokens;
  readonly publishableKey: string;
  send(method: string, path: string, options?: SendOptions): Promise<Exchange>;
  enter(queueId: string, headers?: Record<string, string>): Promise<Exchange>;
  status(queueId: string, headers?: Record<string, string>): Promise<Exchange>;
  leave(queueId: string, headers?: Record<string, string>): Promise<Exchange>;
  enterDraw(drawId: string, headers?: Record<string, string>): Promise<Exchange>;
  drawStatus(drawId: string, headers?: Record<string, string>): Promise<Exchange>;
  leaveDraw(drawId: string, headers?: Record<string, string>): Promise<Exchange>;
}

/** What a guest sends along. */
export interface Session {
  readonly publishableKey: string;
  readonly bearer: string;
  readonly refreshToken: string;
}

/** Told of every exchange; throws nothing. */
export type Witness = (exchange: Exchange) => void;

/** From the opening to the close of a draw that is waited for. */
const openSeconds = 3;
const drawnTriesMax = 200;
const rateLimitedTriesMax = 3;

export class CaseContext {
  readonly server: ConformanceServer;
  /** Has the case come to where it waits for those beside it? */
  hasArrived = false;
  private readonly needs: readonly Need[];
  private readonly expectsRateLimit: boolean;
  private readonly witness: Witness;

  constructor(
    server: ConformanceServer,
    options: { needs: readonly Need[]; expectsRateLimit: boolean; witness: Witness },
  ) {
    this.server = server;
    this.needs = options.needs;
    this.expectsRateLimit = options.expectsRateLimit;
    this.witness = options.witness;
  }

  get secretKey(): string {
    return this.server.secretKey;
  }

  get publishableKey(): string {
    return this.need("publishable key");
  }

  /** What the environment offers, for cases that say they need it. */
  need<N extends Need>(name: N): Facilities[N] {
    if (!this.needs.includes(name))
      throw new Error(`the case uses "${name}" and does not say that it needs it`);
    const facility = this.server.facilities[name];
    if (facility === undefined) throw new Error(`there is no "${name}" here`);
    return facility as Facilities[N];
  }

  /** Waits until every case that runs beside this one is ready for what they need, and it was done. */
  async ready(need: "locked tables" | "draining server"): Promise<void> {
    this.need(need);
    this.hasArrived = true;
    await this.server.barrier?.arrive();
  }

  /** Sends a request. Where the server says 429 and that is not what is asked for, it waits as told and sends it again. */
  async send(method: string, path: string, options: SendOptions = {}): Promise<Exchange> {
    const request = this.requestOf(method, path, options);
    for (let attempt = 1; ; attempt += 1) {
      const send = () => sendRequest(this.server.url, request);
      const exchange = { request, answer: await (this.server.sending?.(send) ?? send()) };
      this.witness(exchange);
      const isHeldBack = exchange.answer.status === 429 && !this.expectsRateLimit;
      if (!isHeldBack || attempt === rateLimitedTriesMax) return exchange;
      await waitSeconds(Number(exchange.answer.headers.get("retry-after") ?? 1));
    }
  }

  /** Sends bytes that no client would send. `described` is what they say of themselves. */
  async sendRaw(
    bytes: string,
    described: { method: string; path: string; headers?: Record<string, string> },
  ) {
    const request: SentRequest = { headers: {}, ...described, body: null, isRaw: true };
    const exchange = { request, answer: await sendBytes(this.server.url, bytes) };
    this.witness(exchange);
    return exchange;
  }

  /** Sends a request whose last byte comes when the server was told to stop. */
  async sendWhileDraining(method: string, path: string, options: SendOptions = {}): Promise<Exchange> {
    const request = this.requestOf(method, path, options);
    const { finish } = await sendAllButTheEnd(this.server.url, request);
    await this.ready("draining server");
    const exchange = { request, answer: await finish() };
    this.witness(exchange);
    return exchange;
  }

  asShop(method: string, path: string, options: SendOptions = {}): Promise<Exchange> {
    return this.send(method, path, { bearer: this.secretKey, ...options });
  }

  /** A new guest. */
  async fan(): Promise<Fan> {
    const { publishableKey } = this;
    const exchange = await this.send("POST", "/api/v1/auth/guest", { publishableKey });
    const tokens = expectJson(exchange, 201) as unknown as SessionTokens;
    const send: Fan["send"] = (method, path, options) =>
      this.send(method, path, { publishableKey, bearer: tokens.accessToken, ...options });
    const takingPart =
      (collection: "queues" | "draws", method: string, verb: string) =>
      (id: string, headers: Record<string, string> = {}) =>
        send(method, `/api/v1/${collection}/${id}/${verb}`, { headers });
    return {
      consumerId: tokens.session.consumerId,
      tokens,
      publishableKey,
      send,
      enter: takingPart("queues", "POST", "enter"),
      status: takingPart("queues", "GET", "status"),
      leave: takingPart("queues", "POST", "leave"),
      enterDraw: takingPart("draws", "POST", "enter"),
      drawStatus: takingPart("draws", "GET", "status"),
      leaveDraw: takingPart("draws", "POST", "leave"),
    };
  }

  /** A new owner who is signed in. */
  person(where?: "elsewhere" | "alone") {
    return this.need("person")(where);
  }

  /** The tokens of one guest for all cases on this server. */
  sharedSession(): Promise<Session> {
    return this.once("session", () => this.freshSession());
  }

  freshSession(publishableKey = this.publishableKey): Promise<Session> {
    return this.send("POST", "/api/v1/auth/guest", { publishableKey }).then((exchange) => {
      const { accessToken, refreshToken } = expectJson(exchange, 201);
      return { publishableKey, bearer: String(accessToken), refreshToken: String(refreshToken) };
    });
  }

  /** The tokens of one guest whose session is bound to a device's key, which nobody has any more. */
  boundSession(): Promise<Session> {
    return this.once("bound session", async () => {
      const { publishableKey } = this;
      const path = "/api/v1/auth/guest";
      const key = await generateKeyPair("ES256");
      const start = async (nonce?: string): Promise<Exchange> => {
        const headers = { DPoP: await generateProof(key, this.server.url + path, "POST", nonce) };
        return this.send("POST", path, { publishableKey, headers });
      };
      // The server's clock may be another: then its nonce counts.
      const first = await start();
      const nonce = first.answer.headers.get("dpop-nonce") ?? undefined;
      const started = first.answer.status === 401 ? await start(nonce) : first;
      const { tokenType, accessToken, refreshToken } = expectJson(started, 201);
      if (tokenType !== "DPoP") throw new Error("the session is not bound to the key");
      return { publishableKey, bearer: String(accessToken), refreshToken: String(refreshToken) };
    });
  }

  /** Made once for all cases on this server, by the first that asks. */
  async once<T>(name: string, make: () => Promise<T>): Promise<T> {
    const known = this.server.shared.get(name) as Promise<T> | undefined;
    if (known !== undefined) return known;
    const made = make();
    this.server.shared.set(name, made);
    return made;
  }

  /** A new key of one's own, with the key itself in `key`. */
  apiKey(settings: Record<string, unknown> = {}): Promise<Made> {
    return this.make("/api/v1/api-keys", { name: this.uniqueName("Till"), kind: "secret", ...settings });
  }

  /** A secret key that may do everything but this. */
  async keyWithout(scope: OperationScope): Promise<string> {
    const scopes = scopeNames.filter((one) => one !== "*" && one !== scope);
    return this.once(`key without ${scope}`, async () => String((await this.apiKey({ scopes })).key));
  }

  /** Keys that were used, and revoked since. */
  revokedKeys(): Promise<Keys> {
    return this.once("revoked keys", async () => {
      const [secret, publishable] = [await this.apiKey(), await this.apiKey({ kind: "publishable" })];
      const keys = { secretKey: String(secret.key), publishableKey: String(publishable.key) };
      const use = () => this.send("GET", "/api/v1/queues", { bearer: keys.secretKey });
      expectJson(await use(), 200);
      for (const { id } of [secret, publishable])
        expectJson(await this.asShop("POST", `/api/v1/api-keys/${id}/revoke`), 200);
      while ((await use()).answer.status !== 401) await waitSeconds(0.1);
      return keys;
    });
  }

  async experience(settings: Record<string, unknown> = {}): Promise<Made> {
    return this.make("/api/v1/experiences", { name: this.uniqueName("Winter tour"), ...settings });
  }

  async sequence(settings: Record<string, unknown> = {}): Promise<Made> {
    const experienceId = settings.experienceId ?? (await this.experience()).id;
    return this.make("/api/v1/sequences", { name: this.uniqueName("First sale"), experienceId, ...settings });
  }

  /** A queue that is open and, being paused, admits nobody by itself. */
  async queue(settings: Record<string, unknown> = {}): Promise<Made> {
    const queue = await this.make("/api/v1/queues", {
      name: this.uniqueName("Night drop"),
      admitRate: 60,
      ...settings,
    });
    expectJson(await this.asShop("POST", `/api/v1/queues/${queue.id}/pause`), 200);
    return queue;
  }

  /** A queue with a fan in it. */
  async queueWithFan(settings: Record<string, unknown> = {}, headers: Record<string, string> = {}) {
    const [queue, fan] = [await this.queue(settings), await this.fan()];
    const entry = expectJson(await fan.enter(queue.id, headers), 201);
    return { queue, fan, entry };
  }

  /** A draw that is open, and closes in an hour. */
  async draw(settings: Record<string, unknown> = {}): Promise<Made> {
    const inAnHour = new Date(this.nowMs() + 3_600_000).toISOString();
    const times = { closeAt: inAnHour, drawAt: inAnHour };
    return this.make("/api/v1/draws", {
      name: this.uniqueName("Ticket draw"),
      winnerCount: 1,
      ...times,
      ...settings,
    });
  }

  /** A draw with a fan in it. */
  async drawWithFan(settings: Record<string, unknown> = {}, headers: Record<string, string> = {}) {
    const [draw, fan] = [await this.draw(settings), await this.fan()];
    const entry = expectJson(await fan.enterDraw(draw.id, headers), 201);
    return { draw, fan, entry };
  }

  /** A queue with a fan in it whom the shop has admitted. */
  async queueWithAdmitted(settings: Record<string, unknown> = {}, headers: Record<string, string> = {}) {
    const { queue, fan } = await this.queueWithFan(settings, headers);
    expectJson(await this.inQueue(queue.id, "admit", { consumerId: fan.consumerId }), 200);
    return { queue, fan };
  }

  /** One of the shop's own calls on a queue. */
  inQueue(queueId: string, verb: string, body?: unknown, options: SendOptions = {}): Promise<Exchange> {
    return this.asShop("POST", `/api/v1/queues/${queueId}/${verb}`, {
      ...(body === undefined ? {} : { body }),
      ...options,
    });
  }

  /** A draw that is drawn, in which a fan has won. */
  async drawWithWinner(settings: Record<string, unknown> = {}, headers: Record<string, string> = {}) {
    const closeAt = new Date(this.nowMs() + openSeconds * 1_000).toISOString();
    const times = { closeAt, drawAt: closeAt };
    const { draw, fan, entry } = await this.drawWithFan({ ...times, ...settings }, headers);
    await this.pass(openSeconds);
    for (let tries = 0; tries < drawnTriesMax; tries += 1) {
      const won = await fan.drawStatus(draw.id, headers);
      if (expectJson(won, 200).status === "WON") return { draw, fan, entry, won };
      await waitSeconds(0.1);
    }
    throw new Error("the draw was not drawn");
  }

  /** One of the shop's own calls on a draw. */
  inDraw(drawId: string, verb: string, body?: unknown): Promise<Exchange> {
    return this.asShop("POST", `/api/v1/draws/${drawId}/${verb}`, body === undefined ? {} : { body });
  }

  async make(collection: string, body: Record<string, unknown>, options: SendOptions = {}): Promise<Made> {
    return expectJson(await this.asShop("POST", collection, { body, ...options }), 201) as Made;
  }

  uniqueName(word: string): string {
    return `${word} ${randomBytes(6).toString("hex")}`;
  }

  /** An id of the right form that names nothing. */
  unknownId(kind: IdKind): string {
    return unknownId(kind);
  }

  /** The path of an operation, each id in it one that names nothing unless it is given. */
  path(template: string, ids: Readonly<Record<string, string>> = {}): string {
    return fillPath(template, (parameter, kind) => ids[parameter] ?? (kind === null ? "0" : unknownId(kind)));
  }

  /** The time by the server's clock. */
  nowMs(): number {
    return this.server.nowMs?.() ?? Date.now();
  }

  /** Lets time pass: by moving the clock where that can be done, else by waiting. */
  async pass(seconds: number): Promise<void> {
    if (this.server.advance === undefined) await waitSeconds(seconds);
    else await this.server.advance(seconds * 1000);
  }

  private requestOf(method: string, path: string, options: SendOptions): SentRequest {
    const { bearer, publishableKey, headers, body, rawBody } = options;
    const sent = rawBody ?? (body === undefined ? null : JSON.stringify(body));
    return {
      method,
      path,
      headers: {
        ...(bearer === undefined ? {} : { Authorization: `Bearer ${bearer}` }),
        ...(publishableKey === undefined ? {} : { "X-Publishable-Key": publishableKey }),
        ...(sent === null ? {} : { "Content-Type": "application/json" }),
        ...nextRequestId(),
        ...headers,
      },
      body: sent,
      isRaw: false,
    };
  }
}

let sentCount = 0;

/** In turn: an id of ours, which is to be kept; none; one that is none, which is to be replaced. */
function nextRequestId(): Record<string, string> {
  sentCount += 1;
  switch (sentCount % 3) {
    case 0:
      return { "X-Request-Id": `conformance-${process.pid}-${sentCount}` };
    case 1:
      return {};
    default:
      return { "X-Request-Id": `not an id, ${sentCount}` };
  }
}

function unknownId(kind: IdKind): string {
  return encodeId(
    kind,
    `0197f000-${randomBytes(2).toString("hex")}-7000-8000-${randomBytes(6).toString("hex")}`,
  );
}

/** The body of a set-up's answer, which must have this status. */
export function expectJson({ request, answer }: Exchange, status: number): Record<string, unknown> {
  const json = jsonOf(answer);
  if (answer.status === status && json !== null) return json;
  throw new Error(
    `the set-up failed: ${request.method} ${request.path} answered ${answer.status} instead of ${status}: ${answer.text.slice(0, 400)}`,
  );
}

export function waitSeconds(seconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, seconds * 1000));
}
