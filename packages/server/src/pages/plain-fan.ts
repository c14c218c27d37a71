/** What a fan without a script asks of the API, with the session of the cookie. */
import { randomBytes } from "node:crypto";
import type { Entry, SessionTokens } from "@stanchion/contract";
import type { FastifyInstance, FastifyRequest } from "fastify";
import type { LineView } from "../distributions/queues/index.ts";
import { type ApiAnswer, type ApiQuestion, askApi } from "./ask-api.ts";
import type { PlainSession } from "./plain-session.ts";

/** One fan at one line, for the time of one request. */
export class PlainFan {
  readonly #app: FastifyInstance;
  readonly #request: FastifyRequest;
  readonly #pageKey: string;
  readonly #queuePath: string;
  #session: PlainSession | null;
  /** Has the session changed, so that the cookie must be written? */
  hasNews = false;

  constructor(
    app: FastifyInstance,
    request: FastifyRequest,
    { wireId }: LineView,
    pageKey: string,
    session: PlainSession | null,
  ) {
    this.#app = app;
    this.#request = request;
    this.#pageKey = pageKey;
    this.#queuePath = `/api/v1/queues/${wireId}`;
    this.#session = session;
  }

  get session(): PlainSession | null {
    return this.#session;
  }

  /** A guest's session; it costs no write until it joins. Answers what refuses it. */
  async begin(): Promise<(ApiAnswer & { isOk: false }) | null> {
    const answer = await this.#ask({ method: "POST", path: "/api/v1/auth/guest", headers: {} });
    if (!answer.isOk) return answer;
    const mark = randomBytes(16).toString("hex");
    this.#keepTokens(answer.body as SessionTokens, { mark, lineToken: "", entryId: "", firstPosition: 0 });
    return null;
  }

  /** `isWhole`: with the receipt, which is told only to whoever comes without a line token. */
  async status(isWhole = false): Promise<ApiAnswer> {
    const lineToken = isWhole ? "" : (this.#session?.lineToken ?? "");
    const headers = lineToken === "" ? {} : { "x-line-token": lineToken };
    return this.#takeEntry(await this.#askSigned("GET", "/status", headers));
  }

  async enter(): Promise<ApiAnswer> {
    const answer = await this.#askSigned("POST", "/enter");
    // Two taps at the same moment.
    const isClash = !answer.isOk && answer.body.code === "CONCURRENT_MODIFICATION";
    return this.#takeEntry(isClash ? await this.#askSigned("POST", "/enter") : answer);
  }

  leave(): Promise<ApiAnswer> {
    return this.#askSigned("POST", "/leave");
  }

  /** Makes the code by which the page with a script goes on with this session. */
  carry(): Promise<ApiAnswer> {
    return this.#askAs("POST", "/api/v1/auth/carry");
  }

  /** What was here has been carried away. */
  forget(): void {
    this.#session = null;
    this.hasNews = true;
  }

  #askSigned(
    method: ApiQuestion["method"],
    verb: string,
    headers?: Readonly<Record<string, string>>,
  ): Promise<ApiAnswer> {
    return this.#askAs(method, `${this.#queuePath}${verb}`, headers);
  }

  /** Renews an access token that is over, once. A session that is no more is forgotten. */
  async #askAs(
    method: ApiQuestion["method"],
    path: string,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<ApiAnswer> {
    const once = (): Promise<ApiAnswer> => {
      const { accessToken = "", mark = "" } = this.#session ?? {};
      const own = { ...headers, authorization: `Bearer ${accessToken}`, "x-fingerprint": mark };
      return this.#ask({ method, path, headers: own });
    };
    const answer = await once();
    if (answer.isOk || answer.status !== 401) return answer;
    const refused = await this.#renew();
    return refused ?? once();
  }

  async #renew(): Promise<ApiAnswer | null> {
    const session = this.#session;
    if (session === null) return null;
    const { refreshToken } = session;
    const body = { refreshToken };
    const answer = await this.#ask({ method: "POST", path: "/api/v1/auth/refresh", headers: {}, body });
    if (answer.isOk) {
      this.#keepTokens(answer.body as SessionTokens, session);
      return null;
    }
    if (answer.status === 401) {
      this.#session = null;
      this.hasNews = true;
    }
    return answer;
  }

  #ask(question: ApiQuestion): Promise<ApiAnswer> {
    const headers = { ...question.headers, "x-publishable-key": this.#pageKey };
    return askApi(this.#app, this.#request, { ...question, headers });
  }

  #keepTokens(
    { accessToken, refreshToken }: SessionTokens,
    { mark, lineToken, entryId, firstPosition }: Omit<PlainSession, "accessToken" | "refreshToken">,
  ): void {
    this.#session = { accessToken, refreshToken, mark, lineToken, entryId, firstPosition };
    this.hasNews = true;
  }

  #takeEntry(answer: ApiAnswer): ApiAnswer {
    const session = this.#session;
    if (!answer.isOk || session === null) return answer;
    const { entryId, lineToken, position } = answer.body as Entry;
    const isSame = session.entryId === entryId;
    const firstPosition = isSame && session.firstPosition > 0 ? session.firstPosition : (position ?? 0);
    if (isSame && session.lineToken === lineToken && session.firstPosition === firstPosition) return answer;
    this.#session = { ...session, entryId, lineToken, firstPosition };
    this.hasNews = true;
    return answer;
  }
}
