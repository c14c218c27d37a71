/** The waiting page for browsers without a script, at /q/{queueId}/plain: pages, forms, and a cookie. */
import { decodeId, type Entry } from "@stanchion/contract";
import {
  messagePageHtml,
  type PlainFailure,
  type PlainLine,
  type PlainLinks,
  type PlainPlace,
  plainLinks,
  plainPage,
  plainSpeech,
} from "@stanchion/dashboard";
import type { FastifyInstance, FastifyReply, FastifyRequest, RouteHandlerMethod } from "fastify";
import type { LineView, LineViews } from "../distributions/queues/index.ts";
import type { Themes } from "../experiences/index.ts";
import { pageKeyOf } from "../identity/index.ts";
import type { Clock } from "../platform/clock.ts";
import { apiError } from "../platform/errors/index.ts";
import { isOwnOrigin, noteRoute, writeAnswer } from "../platform/http/index.ts";
import type { Secrets } from "../platform/secrets.ts";
import type { ApiAnswer } from "./ask-api.ts";
import { pageHeadersWith } from "./page-headers.ts";
import { type PageLanguage, readPageLanguage } from "./page-language.ts";
import { readPageTheme } from "./page-theme.ts";
import { PlainFan } from "./plain-fan.ts";
import { formTokenOf, plainSessionCookie, readPlainSession } from "./plain-session.ts";
import { answerFailedPage, refuseLine } from "./refused-page.ts";

export interface PlainPageDeps {
  readonly views: LineViews;
  readonly themes: Themes;
  readonly secrets: Secrets;
  readonly clock: Clock;
  readonly publicUrl: () => string | null;
  readonly stylePath: string;
}

/** One request of one fan at one line. */
interface Visit {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  readonly view: LineView;
  readonly fan: PlainFan;
  readonly language: PageLanguage;
  readonly links: PlainLinks;
}

const formBytesMax = 1_024;
const route = "/q/:queueId/plain";

export function registerPlainPage(app: FastifyInstance, deps: PlainPageDeps): void {
  const errorHandler = answerFailedPage(deps.stylePath);
  const visiting =
    (serve: (visit: Visit) => Promise<void>) =>
    async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
      const queueId = decodeId("queue", (request.params as { queueId?: string }).queueId ?? "");
      const view = queueId === null ? null : await deps.views.get(queueId);
      if (view === null) return refuseLine(request, reply, deps.stylePath);
      const { organizationId, isLive } = view.row;
      const session = readPlainSession(request, view, deps.publicUrl());
      const fan = new PlainFan(app, request, view, pageKeyOf(deps.secrets, organizationId, isLive), session);
      const language = readPageLanguage(request);
      const links = plainLinks(view.wireId, language.asked);
      await serve({ request, reply, view, fan, language, links });
    };
  const shows = (path: string, serve: (visit: Visit) => Promise<void>): void => {
    noteRoute("GET", path.replace(":queueId", "{queueId}"));
    app.get(path, { errorHandler }, visiting(serve));
  };
  const takes = (path: string, serve: (visit: Visit) => Promise<void>): void => {
    noteRoute("POST", path.replace(":queueId", "{queueId}"));
    const config = { takesBytes: true } as const;
    app.post(
      path,
      { errorHandler, config, bodyLimit: formBytesMax },
      visiting(async (visit) => {
        const refusal = refusedForm(visit, deps.publicUrl());
        if (refusal === null) await serve(visit);
        else tell(deps, visit, refusal);
      }),
    );
  };

  registerCarry(app, deps, visiting);
  shows(route, async (visit) => {
    const { searchParams } = new URL(visit.request.raw.url ?? "", "http://localhost");
    await showPlace(deps, visit, await readPlace(visit), searchParams.get("leave") === "1");
  });
  takes(`${route}/join`, async (visit) => {
    const answer = await visit.fan.enter();
    if (answer.isOk || answer.body.code === "ALREADY_IN_QUEUE") return goTo(deps, visit, visit.links.page);
    await showRefusal(deps, visit, answer);
  });
  takes(`${route}/leave`, async (visit) => {
    const answer = await visit.fan.leave();
    if (answer.isOk || answer.body.code === "NOT_IN_QUEUE") return goTo(deps, visit, visit.links.page);
    await showRefusal(deps, visit, answer);
  });
  shows(`${route}/checkout`, async (visit) => {
    const { entry } = await readPlace(visit);
    const { checkoutUrl } = visit.view.row;
    const token = entry?.status === "ADMITTED" ? entry.admission?.token : undefined;
    if (token === undefined || checkoutUrl === null) return goTo(deps, visit, visit.links.page);
    const url = new URL(checkoutUrl);
    url.searchParams.set("admission_token", token);
    goTo(deps, visit, url.href);
  });
  shows(`${route}/receipt`, async (visit) => {
    const answer = visit.fan.session === null ? null : await visit.fan.status(true);
    const receipt = answer?.isOk ? (answer.body as Entry).receipt : null;
    if (receipt === null) return goTo(deps, visit, visit.links.page);
    const name = `receipt-${visit.view.wireId}.json`;
    const headers = ["Content-Disposition", `attachment; filename="${name}"`, ...pageHeadersWith()];
    finish(deps, visit, 200, JSON.stringify(receipt), headers, "application/json; charset=utf-8");
  });
}

/** For the script of the page beside this one: it takes a place over that was got here. Its answers are those of the API. */
function registerCarry(
  app: FastifyInstance,
  deps: PlainPageDeps,
  visiting: (serve: (visit: Visit) => Promise<void>) => RouteHandlerMethod,
): void {
  const takesFromScript = (verb: string, serve: (visit: Visit) => Promise<void>): void => {
    noteRoute("POST", `/q/{queueId}/plain/${verb}`);
    app.post(
      `${route}/${verb}`,
      visiting(async (visit) => {
        if (isForeign(visit.request, deps.publicUrl())) throw apiError("ORIGIN_NOT_ALLOWED");
        if (visit.fan.session === null) throw apiError("AUTHENTICATION_REQUIRED");
        await serve(visit);
      }),
    );
  };
  const json = "application/json; charset=utf-8";
  const headers = ["Cache-Control", "no-store", "X-Content-Type-Options", "nosniff"];
  takesFromScript("carry", async (visit) => {
    const { status, body } = await visit.fan.carry();
    finish(deps, visit, status, JSON.stringify(body), headers, json);
  });
  takesFromScript("forget", async (visit) => {
    visit.fan.forget();
    finish(deps, visit, 204, "", headers);
  });
}

type KnownPlace = Pick<PlainPlace, "entry" | "failure">;

/** Nothing is asked for who has no session. */
async function readPlace({ fan }: Visit): Promise<KnownPlace> {
  if (fan.session === null) return { entry: null, failure: null };
  const answer = await fan.status();
  if (answer.isOk) return { entry: answer.body as Entry, failure: null };
  if (answer.body.code === "NOT_IN_QUEUE") return { entry: null, failure: null };
  return { entry: null, failure: failureOf(answer, false) };
}

function failureOf({ status, body }: ApiAnswer & { isOk: false }, isAction: boolean): PlainFailure {
  return { status, body, isAction };
}

/** What was asked for was refused: the page as it is, with why. */
async function showRefusal(deps: PlainPageDeps, visit: Visit, answer: ApiAnswer): Promise<void> {
  if (answer.isOk) throw new Error("a success is not refused");
  const { entry } = await readPlace(visit);
  await showPlace(deps, visit, { entry, failure: failureOf(answer, true) }, false);
}

async function showPlace(
  deps: PlainPageDeps,
  visit: Visit,
  { entry, failure }: KnownPlace,
  isLeaveAsked: boolean,
): Promise<void> {
  const { view, fan, language, links } = visit;
  const theme = await readPageTheme(deps.themes, view.row, language);
  const nowMs = view.nowMs(deps.clock.now());
  const render = (met: PlainFailure | null) =>
    plainPage({
      links,
      line: lineOf(view, deps.clock.now()),
      place: { entry, failure: met, isLeaveAsked, firstPosition: fan.session?.firstPosition || null },
      formToken: fan.session === null ? null : formTokenOf(fan.session),
      language: language.language,
      wishes: language.known,
      nowMs,
      random: Math.random(),
      stylePath: deps.stylePath,
      theme: theme.shown,
    });
  let met = failure;
  let page = render(met);
  // Before the button is pressed, so that two taps are one fan: both come with this cookie.
  if (page.offersJoin && fan.session === null) {
    const refused = await fan.begin();
    met = refused === null ? met : failureOf(refused, true);
    page = render(met);
  }
  const refresh =
    page.refreshSeconds === null ? [] : ["Refresh", `${page.refreshSeconds}; url=${links.page}`];
  const retryAfter = met?.body.details.retryAfter;
  finish(deps, visit, met?.status ?? 200, page.html, [
    ...pageHeadersWith(theme.imageSource, { hasForms: true }),
    ...language.headers,
    ...refresh,
    ...(typeof retryAfter === "number" ? ["Retry-After", String(Math.ceil(retryAfter))] : []),
  ]);
}

function lineOf(view: LineView, clockMs: number): PlainLine {
  const { row, wireId } = view;
  const timeText = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString());
  return {
    queueId: wireId,
    name: row.name,
    timeZone: row.timeZone,
    checkoutUrl: row.checkoutUrl,
    queue: {
      status: view.status(clockMs),
      openAt: timeText(row.openAtMs),
      closeAt: timeText(row.closeAtMs),
      timeZone: row.timeZone,
      waitlistUrl: row.waitlistUrl,
      capacity: row.capacity,
      waiting: view.waiting,
      shuffleBeforeOpen: row.shuffleBeforeOpen,
      joinFrom: timeText(row.joinFromMs),
    },
    board: view.boardOf(clockMs),
  };
}

/** What a form did not come from: the page itself, or a browser that keeps our cookie. Null: it did. */
function refusedForm({ request, fan }: Visit, publicUrl: string | null): "foreign" | "cookieless" | null {
  if (isForeign(request, publicUrl)) return "foreign";
  if (fan.session === null) return "cookieless";
  const body = request.body instanceof Buffer ? request.body.toString("utf8") : "";
  return new URLSearchParams(body).get("token") === formTokenOf(fan.session) ? null : "foreign";
}

/** Does it come from a page of another site, as far as the browser says? */
function isForeign({ headers }: FastifyRequest, publicUrl: string | null): boolean {
  const { origin, host, "sec-fetch-site": site } = headers;
  if (site !== undefined && site !== "same-origin") return true;
  return origin !== undefined && !isOwnOrigin(origin, host, publicUrl);
}

function tell(deps: PlainPageDeps, visit: Visit, refusal: "foreign" | "cookieless"): void {
  const { request, links } = visit;
  const { language, headers } = visit.language;
  const { own } = plainSpeech(language);
  const isForeign = refusal === "foreign";
  const html = messagePageHtml({
    title: isForeign ? own.foreignTitle : own.cookiesTitle,
    text: isForeign ? own.foreignText : own.cookiesText,
    requestId: request.call.requestId,
    stylePath: deps.stylePath,
    link: { href: links.page, label: own.back },
    language,
  });
  finish(deps, visit, 403, html, [...pageHeadersWith("", { hasForms: true }), ...headers]);
}

function goTo(deps: PlainPageDeps, visit: Visit, address: string): void {
  finish(deps, visit, 303, "", ["Location", address, "Referrer-Policy", "no-referrer"]);
}

function finish(
  deps: PlainPageDeps,
  { request, reply, view, fan }: Visit,
  status: number,
  body: string,
  headers: readonly string[],
  contentType = "text/html; charset=utf-8",
): void {
  const cookie = fan.hasNews ? plainSessionCookie(request, view, deps.publicUrl(), fan.session) : [];
  writeAnswer(request, reply, {
    status,
    body,
    contentType,
    headers: [...headers, ...cookie],
  });
  request.server.noteSuccess(request, status);
}
