/** What a run knows of the server it asks: its credentials, and every id and token that came back. */
import { encodeId, type IdKind, idPrefixes, operationOf, type Role } from "@stanchion/contract";
import { jsonOf, type ReceivedAnswer, type SentRequest } from "../conformance/exchange.ts";
import { asksAsMember, type Credential, type FuzzStep } from "./fuzz-step.ts";

export interface Keys {
  readonly publishableKey: string;
  readonly secretKey: string;
  /** Makes a member of this role, signed in from a page of the server's own. */
  member(role: Role): Promise<Member>;
}

interface Member {
  readonly email: string;
  readonly password: string;
  readonly cookie: string;
  readonly origin: string;
}

interface Fan {
  readonly accessToken: string;
}

const poolMax = 64;

export class FuzzWorld {
  readonly #keys: Keys;
  readonly #foreignKeys: Keys;
  /** Where the calls of this run come from, so that failed credentials of one run do not close out another. */
  readonly #network: string;
  readonly #fans: Fan[] = [];
  readonly #members = new Map<Role, Member>();
  readonly #pools = new Map<string, string[]>();
  #asked = 0;

  constructor(keys: Keys, foreignKeys: Keys, network: string) {
    this.#keys = keys;
    this.#foreignKeys = foreignKeys;
    this.#network = network;
  }

  /** Makes the member of this role, once: most sequences ask as few of them, and a password takes long to hash. */
  async letIn(role: Role): Promise<void> {
    if (this.#members.has(role)) return;
    const member = await this.#keys.member(role);
    this.#members.set(role, member);
    this.#keep("memberEmail", member.email);
    this.#keep("password", member.password);
  }

  /** The request that the step is, here and now. A member who asks was let in before. */
  request(step: FuzzStep): SentRequest {
    const { method, path } = operationOf(step.operation);
    this.#asked += 1;
    const filled = path.replace(/\{(\w+)\}/g, (_, name: string) =>
      encodeURIComponent(this.#resolve(step.path[name] ?? "").toWellFormed()),
    );
    const query = Object.entries(step.query)
      .filter(([, value]) => !this.#isUnknown(value))
      .map(
        ([name, value]) =>
          `${encodeURIComponent(name)}=${encodeURIComponent(this.#resolve(value).toWellFormed())}`,
      );
    const body = step.body === null ? null : this.#resolve(step.body);
    return {
      method: step.isHead ? "HEAD" : method,
      path: query.length === 0 ? filled : `${filled}?${query.join("&")}`,
      headers: {
        // Metrics are for whoever asks from this very machine.
        ...(step.operation === "readMetrics" && step.credential === "right"
          ? {}
          : {
              "X-Forwarded-For": `${this.#network}.${step.credential === "right" ? 1 : 2 + (this.#asked % 250)}`,
            }),
        ...(body === null ? {} : { "Content-Type": "application/json" }),
        ...this.#credential(step),
        ...Object.fromEntries(
          Object.entries(step.headers).map(([name, value]) => [name, this.#resolve(value)]),
        ),
      },
      body,
      isRaw: false,
    };
  }

  /** Keeps what can be used later. */
  learn(step: FuzzStep, answer: ReceivedAnswer): void {
    const requestId = answer.headers.get("x-request-id");
    if (requestId !== null && answer.status >= 400) this.#keep("req", requestId);
    const body = jsonOf(answer);
    if (body === null || step.credential === "of another organization") return;
    for (const [, id = "", prefix = ""] of answer.text.matchAll(/"(([a-z]+)_[0-9a-hjkmnp-tv-z]{26})"/g))
      if (answer.status < 300 || prefix !== "req") this.#keep(prefix, id);
    this.#learnCookies(answer, body.email);
    if (typeof body.accessToken === "string") this.#fans.push({ accessToken: body.accessToken });
    if (typeof body.refreshToken === "string") this.#keep("refreshToken", body.refreshToken);
    if (typeof body.lineToken === "string") this.#keep("lineToken", body.lineToken);
    const { token } = Object(body.admission) as { readonly token?: unknown };
    if (typeof token === "string") this.#keep("admissionToken", token);
    const { endCursor } = Object(body.pageInfo) as { readonly endCursor?: unknown };
    if (typeof endCursor === "string") this.#keep("cursor", endCursor);
  }

  /** Who signs in again goes on with that session. */
  #learnCookies({ headers }: ReceivedAnswer, email: unknown): void {
    const cookies = headers.getSetCookie().map((cookie) => cookie.split(";", 1)[0] ?? "");
    if (!cookies.some((cookie) => /session=./.test(cookie))) return;
    for (const [role, member] of this.#members)
      if (member.email === email) this.#members.set(role, { ...member, cookie: cookies.join("; ") });
  }

  #keep(pool: string, value: string): void {
    const values = this.#pools.get(pool) ?? [];
    if (!values.includes(value) && values.length < poolMax) values.push(value);
    this.#pools.set(pool, values);
  }

  /** Does the whole of it stand for what has not come up yet? */
  #isUnknown(value: string): boolean {
    const pool = /^@\{([a-zA-Z]+):\d+\}$/.exec(value)?.[1];
    return pool !== undefined && !this.#pools.has(pool);
  }

  #resolve(text: string): string {
    return text.replace(/@\{([a-zA-Z ]+):(-?\d+)\}/g, (_, pool: string, at: string) =>
      this.#value(pool, Number(at)),
    );
  }

  #value(pool: string, at: number): string {
    if (pool === "time") return new Date(Date.now() + at * 1_000).toISOString();
    if (pool.startsWith("new ")) return newId(pool.slice(4));
    const values = this.#pools.get(pool) ?? [];
    return values[at % Math.max(1, values.length)] ?? newId(pool);
  }

  #credential(step: FuzzStep): Record<string, string> {
    const { operation, credential, fan, role } = step;
    const { access } = operationOf(operation);
    const member = asksAsMember(step) ? this.#members.get(role) : undefined;
    if (member !== undefined) return { Cookie: member.cookie, Origin: member.origin };
    return credentialHeaders(access, credential, {
      own: this.#keys,
      foreign: this.#foreignKeys,
      token: this.#fans[fan % Math.max(1, this.#fans.length)]?.accessToken ?? "nobody",
    });
  }
}

function credentialHeaders(
  access: string,
  credential: Credential,
  { own, foreign, token }: { own: Keys; foreign: Keys; token: string },
): Record<string, string> {
  const keys = credential === "of another organization" ? foreign : own;
  const bearer = (text: string) => ({ Authorization: `Bearer ${text}` });
  const page = { "X-Publishable-Key": keys.publishableKey };
  if (credential === "none" || access === "anyone" || access === "visitor") return {};
  if (access === "member") return {};
  if (credential === "made up")
    return { ...bearer("sk_test_nonsense"), "X-Publishable-Key": "pk_test_nonsense" };
  const wantsSecret = (access === "secret") === (credential !== "of another kind");
  if (wantsSecret) return bearer(keys.secretKey);
  return access === "consumer" ? { ...page, ...bearer(token) } : page;
}

function newId(prefix: string): string {
  const kind = (Object.keys(idPrefixes) as IdKind[]).find((known) => idPrefixes[known] === prefix);
  return kind === undefined ? `nothing-${prefix}` : encodeId(kind, crypto.randomUUID());
}
