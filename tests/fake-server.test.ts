/** The fake server that shops test with, and the real one: the same calls, and the same of every answer that can be the same. */
import { encodeId } from "@stanchion/contract";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createFakeStanchion } from "../packages/sdk/src/fake/index.ts";
import { createDevMailbox, createMailer } from "../packages/server/src/delivery/mail/index.ts";
import {
  startTurnMailWorker,
  type TurnMailWorker,
} from "../packages/server/src/distributions/queues/turn-mail-worker.ts";
import { createLog } from "../packages/server/src/platform/log.ts";
import { createMetrics } from "../packages/server/src/platform/metrics/index.ts";
import { checkAnswer } from "../packages/server/src/testing/check-answer.ts";
import { latestCode, startTestServer, type TestServer } from "../packages/server/src/testing/index.ts";

interface Sent {
  readonly body?: unknown;
  readonly rawBody?: string;
  readonly headers?: Readonly<Record<string, string>>;
}
interface Answered {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: the steps of a script read what answers hold.
  readonly body: any;
}
type Call = (method: string, path: string, sent?: Sent) => Promise<Answered>;

/** One of the two servers, and a clock that can be moved. */
interface Side {
  readonly anyone: Call;
  readonly keyed: Call;
  readonly shop: Call;
  fan(): Promise<{ readonly id: string; readonly call: Call }>;
  advance(seconds: number): Promise<void>;
  /** Asks until the answer is as wished: the real server's boards are a moment old. */
  until(ask: () => Promise<Answered>, isWished: (answer: Answered) => boolean): Promise<Answered>;
  now(): number;
  /** The newest one-time code that was sent to this address. */
  codeFor(email: string): Promise<string>;
}
/** Notes an answer under a name, and hands it on. */
type Note = (name: string, answer: Promise<Answered>) => Promise<Answered>;
type Script = (side: Side, note: Note) => Promise<void>;

const strange = encodeId("queue", "0190fd2e-7c4a-7bbb-8abc-0123456789ab");

const scripts: Readonly<Record<string, Script>> = {
  async "the credentials that are missing or wrong"({ anyone, keyed, shop, fan }, note) {
    const queue = (await note("create", shop("POST", "/api/v1/queues", { body: open }))).body.id;
    const { call } = await fan();
    await note("no key", anyone("POST", "/api/v1/auth/guest"));
    await note("no session", keyed("POST", `/api/v1/queues/${queue}/enter`));
    await note("no secret key", keyed("POST", "/api/v1/queues", { body: open }));
    await note("a secret key that is none", anyone("GET", "/api/v1/queues", bearer("sk_test_wrong")));
    await note("a token that is none", keyed("GET", `/api/v1/queues/${queue}/status`, bearer("wrong")));
    await note("a fan who is not in line", call("GET", `/api/v1/queues/${queue}/status`));
    await note("no such queue", keyed("GET", `/api/v1/queues/${strange}`));
    await note("no id", keyed("GET", "/api/v1/queues/drop"));
    await note("no such address", anyone("GET", "/api/v2/somewhere/else/entirely"));
    await note("no such method", anyone("DELETE", "/api/v1/auth/guest"));
    await note("a read by HEAD", anyone("HEAD", `/api/v1/queues/${queue}/now-serving`));
    await note("keys", anyone("GET", "/.well-known/jwks.json"));
  },

  async "bodies that cannot be taken"({ shop, keyed }, note) {
    const make = (sent: Sent) => shop("POST", "/api/v1/queues", sent);
    await note("none", make({}));
    await note("no JSON", make({ rawBody: "{" }));
    await note("a list", make({ body: [] }));
    await note("wrong types", make({ body: { name: 1, admitRate: "fast" } }));
    await note("an unknown field", make({ body: { ...open, speed: 1 } }));
    await note("broken rules", make({ body: { name: "", admitRate: 0 } }));
    await note("another type", make({ rawBody: "name=a", headers: { "Content-Type": "text/plain" } }));
    await note("a bad key", make({ body: open, headers: { "Idempotency-Key": "a b" } }));
    await note("a bad query", shop("GET", "/api/v1/queues?first=0"));
    await note("an unknown parameter", shop("GET", "/api/v1/queues?colour=red"));
    await note(
      "a refresh token that is none",
      keyed("POST", "/api/v1/auth/refresh", { body: { refreshToken: "x" } }),
    );
  },

  async "a session that is renewed and ended"({ keyed, advance }, note) {
    const started = await note("guest", keyed("POST", "/api/v1/auth/guest"));
    const refresh = (refreshToken: string) =>
      keyed("POST", "/api/v1/auth/refresh", { body: { refreshToken } });
    const renewed = await note("renewed", refresh(started.body.refreshToken));
    await note("renewed again at once", refresh(started.body.refreshToken));
    await advance(30);
    await note("used again later", refresh(started.body.refreshToken));
    await note("after that", refresh(renewed.body.refreshToken));
    const other = await note("another guest", keyed("POST", "/api/v1/auth/guest"));
    await note("logout", keyed("POST", "/api/v1/auth/logout", bearer(other.body.accessToken)));
    await note("after the logout", keyed("POST", "/api/v1/auth/logout", bearer(other.body.accessToken)));
    const late = await note("a third guest", keyed("POST", "/api/v1/auth/guest"));
    await advance(3_601);
    await note("an hour later", keyed("POST", "/api/v1/auth/logout", bearer(late.body.accessToken)));
  },

  async "a line from joining to the purchase"({ shop, keyed, anyone, fan, advance, until }, note) {
    const id = (await note("create", shop("POST", "/api/v1/queues", { body: { ...open, capacity: 3 } }))).body
      .id;
    const path = `/api/v1/queues/${id}`;
    const [ann, bob, cem, dan] = [await fan(), await fan(), await fan(), await fan()];
    await note("read by the shop", shop("GET", path));
    await note("read by a page", keyed("GET", path));
    await note("list", shop("GET", "/api/v1/queues?first=1"));
    const key = { "Idempotency-Key": "once" };
    const first = await note("enter", ann.call("POST", `${path}/enter`, { headers: key }));
    await note("enter by the same key", ann.call("POST", `${path}/enter`, { headers: key }));
    await note("enter again", ann.call("POST", `${path}/enter`));
    for (const who of [bob, cem]) await note("the next", who.call("POST", `${path}/enter`));
    await note("full", dan.call("POST", `${path}/enter`));
    await note("status", ann.call("GET", `${path}/status`));
    const lineToken = { "X-Line-Token": first.body.lineToken };
    await note("status by the line token", ann.call("GET", `${path}/status`, { headers: lineToken }));
    await note(
      "a fingerprint that is none",
      ann.call("GET", `${path}/status`, { headers: { "X-Fingerprint": "x" } }),
    );
    await note("leave", cem.call("POST", `${path}/leave`));
    await note("leave again", cem.call("POST", `${path}/leave`));
    await note("leave without a place", dan.call("POST", `${path}/leave`));
    const askBoard = () => anyone("GET", `${path}/now-serving`);
    await note(
      "board",
      until(askBoard, ({ body }) => body.waiting === 2 && body.lastTicket === 3),
    );
    await note("segment", anyone("GET", `${path}/departed/0`));
    await note("no segment", anyone("GET", `${path}/departed/9`));
    await note("no number", anyone("GET", `${path}/departed/first`));

    const about = { body: { consumerId: ann.id } };
    await note("complete too early", shop("POST", `${path}/complete`, about));
    await note("admit nobody", shop("POST", `${path}/admit`, { body: { consumerId: dan.id } }));
    await note("admit", shop("POST", `${path}/admit`, about));
    await note("admit again", shop("POST", `${path}/admit`, about));
    const admitted = await note("admitted", ann.call("GET", `${path}/status`));
    const { token } = admitted.body.admission;
    await note("validate", shop("POST", `${path}/validate`, { body: { token } }));
    await note("validate what is none", shop("POST", `${path}/validate`, { body: { token: "a.b.c" } }));
    await note("complete", shop("POST", `${path}/complete`, about));
    await note("complete again", shop("POST", `${path}/complete`, about));
    await note("validate when used", shop("POST", `${path}/validate`, { body: { token } }));
    await note("completed", ann.call("GET", `${path}/status`));
    await note("enter after buying", ann.call("POST", `${path}/enter`));
    await note("leave after buying", ann.call("POST", `${path}/leave`));
    await note(
      "deny after buying",
      shop("POST", `${path}/deny`, { body: { consumerId: ann.id, reason: "bot" } }),
    );

    await note(
      "deny",
      shop("POST", `${path}/deny`, { body: { consumerId: bob.id, reason: "bot", block: true } }),
    );
    await note("denied", bob.call("GET", `${path}/status`));
    await note("enter when blocked", bob.call("POST", `${path}/enter`));
    await note("leave when denied", bob.call("POST", `${path}/leave`));
    await note("enter once more", cem.call("POST", `${path}/enter`));
    const late = { body: { consumerId: cem.id } };
    await note("admit the last", shop("POST", `${path}/admit`, late));
    const last = (await note("admitted last", cem.call("GET", `${path}/status`))).body.admission.token;
    await advance(61);
    await note("validate a minute later", shop("POST", `${path}/validate`, { body: { token: last } }));
    await advance(600);
    await note("in the grace", cem.call("GET", `${path}/status`));
    await note("leave in the grace", cem.call("POST", `${path}/leave`));
    await advance(120);
    await note("expired", cem.call("GET", `${path}/status`));
    await note("complete when expired", shop("POST", `${path}/complete`, late));
    await note("admit when expired", shop("POST", `${path}/admit`, late));
    await note("leave when expired", cem.call("POST", `${path}/leave`));
  },

  async "the states of a line"({ shop, fan, now, advance, until }, note) {
    const openAt = new Date(now() + 60_000).toISOString();
    const made = await note("create", shop("POST", "/api/v1/queues", { body: { ...open, openAt } }));
    const path = `/api/v1/queues/${made.body.id}`;
    const [ann, bob] = [await fan(), await fan()];
    await note("enter before the opening", ann.call("POST", `${path}/enter`));
    await note("open", shop("POST", `${path}/open`));
    await note("open again", shop("POST", `${path}/open`));
    await advance(2);
    await note("enter", ann.call("POST", `${path}/enter`));
    await note("pause", shop("POST", `${path}/pause`));
    await note("resume", shop("POST", `${path}/resume`));
    const change = (version: number) => ({
      body: { name: "Renamed" },
      headers: { "If-Match": `"${version}"` },
    });
    await note("change for another version", shop("PATCH", path, change(99)));
    await note("change", shop("PATCH", path, { body: { name: "Renamed", capacity: 5 } }));
    await note("close", shop("POST", `${path}/close`));
    await note("close again", shop("POST", `${path}/close`));
    await advance(2);
    await note("enter when closed", bob.call("POST", `${path}/enter`));
    await note("pause when closed", shop("POST", `${path}/pause`));
    await note("end for all", shop("POST", `${path}/close`, { body: { drain: false } }));
    const askStatus = () => ann.call("GET", `${path}/status`);
    await note(
      "ended",
      until(askStatus, ({ body }) => body.status === "DENIED"),
    );
    await note("leave when ended", ann.call("POST", `${path}/leave`));
    const level = { ...open, entryLevel: "confirmed" };
    const strict = (await note("create for the confirmed", shop("POST", "/api/v1/queues", { body: level })))
      .body.id;
    await note("enter as a guest", ann.call("POST", `/api/v1/queues/${strict}/enter`));
    const bound = { ...open, requireFingerprint: true, maxAdmissions: 1 };
    const asking = (await note("create for devices", shop("POST", "/api/v1/queues", { body: bound }))).body
      .id;
    await note("enter without a fingerprint", ann.call("POST", `/api/v1/queues/${asking}/enter`));
    const headers = { "X-Fingerprint": "device-0001" };
    for (const who of [ann, bob])
      await note("enter", who.call("POST", `/api/v1/queues/${asking}/enter`, { headers }));
    for (const { id } of [ann, bob])
      await note("admit", shop("POST", `/api/v1/queues/${asking}/admit`, { body: { consumerId: id } }));
  },

  async "a draw until its list is fixed"({ shop, keyed, fan, now, advance }, note) {
    const at = (seconds: number) => new Date(now() + seconds * 1_000).toISOString();
    const body = {
      name: "Draw",
      winnerCount: 1,
      openAt: at(60),
      closeAt: at(600),
      drawAt: at(600),
      capacity: 2,
    };
    await note(
      "a close that is over",
      shop("POST", "/api/v1/draws", { body: { ...body, openAt: null, closeAt: at(-9) } }),
    );
    await note(
      "drawn before the close",
      shop("POST", "/api/v1/draws", { body: { ...body, drawAt: at(500) } }),
    );
    const path = `/api/v1/draws/${(await note("create", shop("POST", "/api/v1/draws", { body }))).body.id}`;
    const [ann, bob, cem] = [await fan(), await fan(), await fan()];
    await note("read by the shop", shop("GET", path));
    await note("read by a page", keyed("GET", path));
    await note("list", shop("GET", "/api/v1/draws?first=1"));
    await note("enter before the opening", ann.call("POST", `${path}/enter`));
    await advance(62);
    await note("enter", ann.call("POST", `${path}/enter`));
    await note("enter again", ann.call("POST", `${path}/enter`));
    await note("the next", bob.call("POST", `${path}/enter`));
    await note("full", cem.call("POST", `${path}/enter`));
    await note("status", ann.call("GET", `${path}/status`));
    await note("status of nobody", cem.call("GET", `${path}/status`));
    await note("leave", bob.call("POST", `${path}/leave`));
    await note("leave again", bob.call("POST", `${path}/leave`));
    await note("enter once more", bob.call("POST", `${path}/enter`));
    const about = { body: { consumerId: bob.id, reason: "BOT" } };
    await note("deny before the result", shop("POST", `${path}/deny`, about));
    await note("remove", shop("POST", `${path}/remove`, about));
    await note("remove again", shop("POST", `${path}/remove`, about));
    await note("removed", bob.call("GET", `${path}/status`));
    await note("enter when removed", bob.call("POST", `${path}/enter`));
    await note("complete too early", shop("POST", `${path}/complete`, { body: { consumerId: ann.id } }));
    await advance(600);
    await note("enter when closed", cem.call("POST", `${path}/enter`));
    await note("cancel", shop("POST", `${path}/cancel`));
    await note("cancel again", shop("POST", `${path}/cancel`));
    await note("status when cancelled", ann.call("GET", `${path}/status`));
    await note("leave when cancelled", ann.call("POST", `${path}/leave`));
    await note("enter when cancelled", cem.call("POST", `${path}/enter`));
    await note("read when cancelled", keyed("GET", path));
  },

  async "a place that belongs to a device"({ shop, fan, now }, note) {
    const closeAt = new Date(now() + 600_000).toISOString();
    const drawn = { name: "Draw", winnerCount: 1, closeAt, drawAt: closeAt, requireFingerprint: true };
    const draw = (await note("create a draw", shop("POST", "/api/v1/draws", { body: drawn }))).body.id;
    const { call, id: consumerId } = await fan();
    for (const requireFingerprint of [true, false]) {
      const body = { ...open, requireFingerprint };
      const id = (await note("create", shop("POST", "/api/v1/queues", { body }))).body.id;
      const path = `/api/v1/queues/${id}`;
      await note("enter", call("POST", `${path}/enter`, laptop));
      await note("enter again elsewhere", call("POST", `${path}/enter`, phone));
      await note("status", call("GET", `${path}/status`, laptop));
      await note("status elsewhere", call("GET", `${path}/status`, phone));
      await note("status without", call("GET", `${path}/status`));
      await note("leave elsewhere", call("POST", `${path}/leave`, requireFingerprint ? phone : {}));
      await note("enter for good", call("POST", `${path}/enter`, laptop));
      await note("admit", shop("POST", `${path}/admit`, { body: { consumerId } }));
      const { token } = (await note("admitted", call("GET", `${path}/status`, laptop))).body.admission;
      for (const fingerprint of ["laptop-0001", "phone-0001", undefined])
        await note("validate", shop("POST", `${path}/validate`, { body: { token, fingerprint } }));
      await note("leave", call("POST", `${path}/leave`, laptop));
      const buyer = await fan();
      await note("enter to buy", buyer.call("POST", `${path}/enter`, laptop));
      for (const verb of ["admit", "complete"])
        await note(verb, shop("POST", `${path}/${verb}`, { body: { consumerId: buyer.id } }));
      await note("enter elsewhere after buying", buyer.call("POST", `${path}/enter`, phone));
      await note("leave elsewhere after buying", buyer.call("POST", `${path}/leave`, phone));
      await note("leave again elsewhere", call("POST", `${path}/leave`, phone));
      await note("status of who has left, elsewhere", call("GET", `${path}/status`, phone));
    }
    const path = `/api/v1/draws/${draw}`;
    await note("enter the draw", call("POST", `${path}/enter`, laptop));
    await note("enter it elsewhere", call("POST", `${path}/enter`, phone));
    await note("its status elsewhere", call("GET", `${path}/status`, phone));
    await note("leave it elsewhere", call("POST", `${path}/leave`, phone));
    await note("leave it", call("POST", `${path}/leave`, laptop));
    await note("leave it again elsewhere", call("POST", `${path}/leave`, phone));
  },

  async "going on with another device"({ shop, keyed, fan, advance, now }, note) {
    const body = { ...open, requireFingerprint: true };
    const path = `/api/v1/queues/${(await note("create", shop("POST", "/api/v1/queues", { body }))).body.id}`;
    const closeAt = new Date(now() + 7_200_000).toISOString();
    const drawn = { name: "Draw", winnerCount: 1, closeAt, drawAt: closeAt };
    const draw = (await note("create a draw", shop("POST", "/api/v1/draws", { body: drawn }))).body.id;
    const make = (call: Call, sent: Sent = laptop) => call("POST", "/api/v1/auth/carry", sent);
    const exchange = (carryCode: unknown, sent: Sent = phone) =>
      keyed("POST", "/api/v1/auth/carry/exchange", { ...sent, body: { carryCode } });

    await note("a code without a session", make(keyed));
    await note("a code that is none", exchange("x"));
    await note("a code of another type", exchange(7));
    await note("no code", keyed("POST", "/api/v1/auth/carry/exchange"));
    const ann = await fan();
    await note("enter", ann.call("POST", `${path}/enter`, laptop));
    await note("enter the draw", ann.call("POST", `/api/v1/draws/${draw}/enter`, laptop));
    await note("make without a fingerprint", make(ann.call, {}));
    await note("make with one that is none", make(ann.call, { headers: { "X-Fingerprint": "x" } }));
    const older = await note("make", make(ann.call));
    const { carryCode } = (await note("make again", make(ann.call))).body;
    expect([older.body.carryCode, carryCode]).toEqual([1, 2].map(() => expect.stringMatching(/^[\w-]{43}$/)));
    await note("the older code", exchange(older.body.carryCode));
    await note("exchange without a fingerprint", exchange(carryCode, {}));
    const moved = await note("exchange", exchange(carryCode));
    expect(moved.body.session.consumerId).toBe(ann.id);
    await note("exchange again", exchange(carryCode));
    await note("the old session", ann.call("GET", `${path}/status`, laptop));
    await note("the old session's way out", ann.call("POST", "/api/v1/auth/logout"));
    const there = withToken(keyed, moved.body.accessToken);
    await note("there", there("GET", `${path}/status`, phone));
    await note("there with the old device", there("GET", `${path}/status`, laptop));
    await note("the draw there", there("GET", `/api/v1/draws/${draw}/status`, phone));

    const thief = await make(there, { headers: { "X-Fingerprint": "thief-0001" } });
    const stolen = await note("by a copy of the tokens", exchange(thief.body.carryCode, thiefs));
    const elsewhere = withToken(keyed, stolen.body.accessToken);
    await note("the place is not there", elsewhere("GET", `${path}/status`, thiefs));
    await note("it is where it was", elsewhere("GET", `${path}/status`, phone));

    const bob = await fan();
    const early = await note("make before the place", make(bob.call));
    await note("enter since", bob.call("POST", `${path}/enter`, laptop));
    await note("a place since", exchange(early.body.carryCode));
    const late = await note("make once more", make(bob.call));
    await advance(601);
    await note("too late", exchange(late.body.carryCode));
    const last = await note("make at last", make(bob.call));
    await note("logout", bob.call("POST", "/api/v1/auth/logout"));
    await note("when the session has ended", exchange(last.body.carryCode));
  },

  async "a carried session's refresh token"({ keyed }, note) {
    const { body } = await note("guest", keyed("POST", "/api/v1/auth/guest"));
    const call = withToken(keyed, body.accessToken);
    const made = await note("make", call("POST", "/api/v1/auth/carry"));
    const { carryCode } = made.body;
    await note("exchange", keyed("POST", "/api/v1/auth/carry/exchange", { body: { carryCode } }));
    const { refreshToken } = body;
    await note("refresh", keyed("POST", "/api/v1/auth/refresh", { body: { refreshToken } }));
  },

  async "accounts of the shop's own"({ shop, keyed, fan, advance, codeFor }, note) {
    const path = `/api/v1/queues/${(await note("create", shop("POST", "/api/v1/queues", { body: open }))).body.id}`;
    const mail = `${path}/turn-mail`;
    const authorize = (subject: string, claims: object, issuer = "https://id.example") => {
      const body = { provider: "oidc", issuer, subject, claims };
      return note(`authorize ${subject}`, shop("POST", "/api/v1/auth/external/authorize", { body }));
    };
    const exchange = ({ body: { exchangeCode } }: Answered, call: Call = keyed) =>
      note("exchange", call("POST", "/api/v1/auth/external/exchange", { body: { exchangeCode } }));
    const confirm = async (email: string, call: Call) => {
      await note("ask for a code", call("POST", "/api/v1/auth/otp/request", { body: { email } }));
      const body = { email, code: await codeFor(email) };
      return note("confirm", call("POST", "/api/v1/auth/otp/verify", { body }));
    };
    const signedIn = ({ body }: Answered): Call => withToken(keyed, body.accessToken);

    const ann = await fan();
    await note("enter", ann.call("POST", `${path}/enter`));
    const older = await authorize("ann", { email: "Ann@example.com", email_verified: true });
    const newer = await authorize("ann", { email: "else@example.com", email_verified: true });
    const become = await exchange(newer, ann.call);
    expect(become.body.session.consumerId).toBe(ann.id);
    await exchange(newer);
    await note("the guest's old session", ann.call("GET", `${path}/status`));
    await note("her mail", signedIn(become)("PUT", mail));
    const elsewhere = await exchange(older);
    expect(elsewhere.body.session.consumerId).toBe(ann.id);
    await advance(61);

    const bob = await fan();
    await note("enter", bob.call("POST", `${path}/enter`));
    const unsure = await exchange(await authorize("bob", { email: "bob@example.com" }), bob.call);
    await note("his mail without an address", signedIn(unsure)("PUT", mail));
    const sure = await confirm("bob@example.com", signedIn(unsure));
    expect(sure.body.session.consumerId).toBe(bob.id);
    await note("the session before", signedIn(unsure)("GET", mail));
    await note("his mail", signedIn(sure)("PUT", mail));
    await advance(61);

    const cem = await fan();
    await confirm("cem@example.com", cem.call);
    const verified = { email: "cem@example.com", email_verified: true };
    const linked = await exchange(await authorize("cem", verified));
    expect(linked.body.session.consumerId).toBe(cem.id);
    const other = await exchange(await authorize("another cem", verified));
    expect(other.body.session.consumerId).not.toBe(cem.id);
    await advance(61);
    const [placed, placeless] = [await fan(), await fan()];
    await note("enter", placed.call("POST", `${path}/enter`));
    const known = await authorize("cem", verified, "https://second.example");
    await exchange(known, placed.call);
    await exchange(known, placeless.call);
    await note("the placeless guest's session", placeless.call("GET", `${path}/status`));
    const late = await authorize("dan", {});
    await advance(61);
    await exchange(late);
  },

  async "the mail at the turn"({ shop, keyed, fan, advance, until, codeFor }, note) {
    const body = { ...open, requireFingerprint: true, pageUrl: "https://shop.example/line" };
    const made = await note("create", shop("POST", "/api/v1/queues", { body }));
    const path = `/api/v1/queues/${made.body.id}`;
    await note("read by a page", keyed("GET", path));
    await note("pause", shop("POST", `${path}/pause`));
    await advance(2);
    const mail = `${path}/turn-mail`;
    const [ann, guest] = [await fan(), await fan()];
    for (const method of ["GET", "PUT", "DELETE"]) {
      await note("without a session", keyed(method, mail, laptop));
      await note("without a fingerprint", ann.call(method, mail));
      await note("without a place", ann.call(method, mail, laptop));
      await note("in no line", ann.call(method, `/api/v1/queues/${strange}/turn-mail`, laptop));
    }
    await note("a guest enters", guest.call("POST", `${path}/enter`, laptop));
    await note("read as a guest", guest.call("GET", mail, laptop));
    await note("ask as a guest", guest.call("PUT", mail, laptop));
    await note("take back as a guest", guest.call("DELETE", mail, laptop));

    await note("enter", ann.call("POST", `${path}/enter`, laptop));
    const email = "ann@example.com";
    await note("ask for a code", ann.call("POST", "/api/v1/auth/otp/request", { body: { email } }));
    const code = await codeFor(email);
    const tokens = await note(
      "confirm",
      ann.call("POST", "/api/v1/auth/otp/verify", { body: { email, code } }),
    );
    const call = withToken(keyed, tokens.body.accessToken);
    const inLanguage = (language: string): Sent => ({
      headers: { ...laptop.headers, "Accept-Language": language },
    });
    await note("elsewhere", call("PUT", mail, phone));
    await note("read", call("GET", mail, laptop));
    await note("a body that cannot be taken", call("PUT", mail, { ...laptop, body: { language: "de" } }));
    for (const language of ["fi, de-CH;q=0.8, en;q=0.5", "en;q=0.1, pt", "zh-TW, fr;q=0", "zh-cn", "*"])
      await note(`ask in ${language}`, call("PUT", mail, inLanguage(language)));
    await note("read again", call("GET", mail, laptop));
    for (const name of ["take back", "take back again"]) await note(name, call("DELETE", mail, laptop));
    await note("read what was taken back", call("GET", mail, laptop));

    await note("ask once more", call("PUT", mail, inLanguage("de")));
    await note("leave", call("POST", `${path}/leave`, laptop));
    await note("read after leaving", call("GET", mail, laptop));
    await note("ask after leaving", call("PUT", mail, inLanguage("de")));
    await note("enter anew", call("POST", `${path}/enter`, laptop));
    await note("read for another place", call("GET", mail, laptop));
    await note("ask for another place", call("PUT", mail, inLanguage("de")));
    const about = { body: { consumerId: ann.id } };
    await note("admit", shop("POST", `${path}/admit`, about));
    const read = (): Promise<Answered> => call("GET", mail, laptop);
    await note(
      "sent",
      until(read, (answer) => answer.body.status === "SENT"),
    );
    await note("ask when admitted", call("PUT", mail, inLanguage("de")));
    await note("take back what was sent", call("DELETE", mail, laptop));
    await note("read what was sent", read());
    await advance(721);
    await note("ask when expired", call("PUT", mail, inLanguage("de")));
    await note("enter a third time", call("POST", `${path}/enter`, laptop));
    await note("admit again", shop("POST", `${path}/admit`, about));
    await note("complete", shop("POST", `${path}/complete`, about));
    await note("ask when completed", call("PUT", mail, inLanguage("de")));
    await note("read when completed", read());
  },

  async orders({ shop, fan }, note) {
    const id = (await note("create a queue", shop("POST", "/api/v1/queues", { body: open }))).body.id;
    const [ann, bob] = [await fan(), await fan()];
    for (const { call, id: consumerId } of [ann, bob]) {
      await note("enter", call("POST", `/api/v1/queues/${id}/enter`));
      await note("order too early", order({ queueId: id, consumerId }));
    }
    async function order(body: object): Promise<Answered> {
      return shop("POST", "/api/v1/orders", { body });
    }
    await note("admit", shop("POST", `/api/v1/queues/${id}/admit`, { body: { consumerId: ann.id } }));
    const { admission } = (await note("status", ann.call("GET", `/api/v1/queues/${id}/status`))).body;
    const made = await note("order", order({ admissionId: admission.id, total: "12.00", currency: "EUR" }));
    const path = `/api/v1/orders/${made.body.id}`;
    await note("read", shop("GET", path));
    await note("pay", shop("POST", `${path}/complete`));
    await note("pay again", shop("POST", `${path}/complete`));
    await note("order what is used", order({ queueId: id, consumerId: ann.id }));
    await note("pay what is used", order({ queueId: id, consumerId: ann.id, paid: true }));
    await note("pay without a turn", order({ queueId: id, consumerId: bob.id, paid: true }));
    await note(
      "pay by an admission that there is not",
      order({ admissionId: encodeId("admission", uuid), paid: true }),
    );
    await note("an admission that there is not", order({ admissionId: encodeId("admission", uuid) }));
    await note("of nobody", order({}));
    await note("both", order({ admissionId: admission.id, consumerId: ann.id }));
    await note("half", order({ consumerId: ann.id }));
    await note("cancel", shop("POST", `${path}/cancel`, { body: { reason: "regret" } }));
    await note("cancel again", shop("POST", `${path}/cancel`));
    await note("no such order", shop("GET", `/api/v1/orders/${encodeId("order", uuid)}`));
    await note("list", shop("GET", "/api/v1/orders?first=1"));
  },
};

const uuid = "0190fd2e-7c4a-7bbb-8abc-0123456789ab";
const open = { name: "Drop", admitRate: 600 };
const laptop: Sent = { headers: { "X-Fingerprint": "laptop-0001" } };
const phone: Sent = { headers: { "X-Fingerprint": "phone-0001" } };
const thiefs: Sent = { headers: { "X-Fingerprint": "thief-0001" } };
function withToken(keyed: Call, token: string): Call {
  const credential = { Authorization: `Bearer ${token}` };
  return (method, path, sent = {}) =>
    keyed(method, path, { ...sent, headers: { ...credential, ...sent.headers } });
}
function bearer(token: string): Sent {
  return { headers: { Authorization: `Bearer ${token}` } };
}

describe("the fake server answers as the real one", () => {
  let server: TestServer;
  let mails: TurnMailWorker;
  beforeAll(async () => {
    server = await startTestServer({ isWorker: false });
    mails = startMails(server);
  }, 90_000);
  afterAll(async () => {
    await mails?.stop();
    await server?.stop();
  });

  it.each(Object.entries(scripts))(
    "%s",
    async (_, script) => {
      const shop = await server.shop();
      let aheadMs = 0;
      const real = await play(script, {
        ...shop,
        send: (url, init) => fetch(server.url + url, init),
        now: () => Date.now() + aheadMs,
        until: (ask, isWished) => server.until(ask, isWished),
        codeFor: (email) => latestCode(server, email),
        async advance(seconds) {
          aheadMs += seconds * 1_000;
          await server.advance(seconds * 1_000);
        },
      });
      await server.advance(-aheadMs);
      const fake = createFakeStanchion();
      const faked = await play(script, {
        ...fake,
        until: (ask) => ask(),
        codeFor: async (email) => fake.codeFor(email) ?? "",
        send: (url, init) => fake.fetch(fake.url + url, init),
      });
      expect(faked).toEqual(real);
    },
    60_000,
  );
});

interface Played {
  readonly publishableKey: string;
  readonly secretKey: string;
  send(url: string, init: RequestInit): Promise<Response>;
  now(): number;
  advance(seconds: number): Promise<void>;
  readonly until: Side["until"];
  readonly codeFor: Side["codeFor"];
}

/** The part of a worker that mails at the turn; no other is there, which would admit by itself. */
function startMails({ db }: TestServer): TurnMailWorker {
  const mailDeadlineMs = 1_000;
  const clock = { now: () => Date.now() };
  const mailbox = createDevMailbox(clock);
  return startTurnMailWorker({
    database: db.database,
    log: createLog("silent"),
    mailer: createMailer({ settings: null, mailbox, clock, metrics: createMetrics() }),
    mailDeadlineMs,
    baseUrl: async () => "https://line.example",
    isPaused: () => false,
  });
}

/** Plays a script, and what is to be the same of its answers. */
async function play(
  script: Script,
  { publishableKey, secretKey, send, now, advance, until, codeFor }: Played,
): Promise<unknown[]> {
  const callWith =
    (credential: Record<string, string>): Call =>
    async (method, path, { body, rawBody, headers } = {}) => {
      const text = rawBody ?? (body === undefined ? undefined : JSON.stringify(body));
      const type: Record<string, string> = text === undefined ? {} : { "Content-Type": "application/json" };
      const sent = { ...credential, ...type, ...headers };
      const response = await send(path, {
        method,
        headers: sent,
        ...(text === undefined ? {} : { body: text }),
      });
      const answered = await response.text();
      const isJson = /\bjson\b/.test(response.headers.get("content-type") ?? "") && answered !== "";
      const answer = {
        status: response.status,
        headers: response.headers,
        text: answered,
        body: isJson ? JSON.parse(answered) : {},
      };
      checkAnswer(method, path, answer);
      return answer;
    };
  const keyed = callWith({ "X-Publishable-Key": publishableKey });
  const noted: unknown[] = [];
  await script(
    {
      anyone: callWith({}),
      keyed,
      shop: callWith({ Authorization: `Bearer ${secretKey}` }),
      async fan() {
        const { body } = await keyed("POST", "/api/v1/auth/guest");
        const headers = { "X-Publishable-Key": publishableKey, Authorization: `Bearer ${body.accessToken}` };
        return { id: body.session.consumerId, call: callWith(headers) };
      },
      now,
      advance,
      until,
      codeFor,
    },
    async (name, asked) => {
      const answer = await asked;
      noted.push({ name, status: answer.status, headers: headersOf(answer), body: shapeOf(answer.body) });
      return answer;
    },
  );
  return noted;
}

const comparedHeaders = [
  "content-type",
  "cache-control",
  "content-language",
  "location",
  "etag",
  "allow",
  "retry-after",
  "www-authenticate",
  "idempotent-replayed",
  "ratelimit-policy",
  "access-control-allow-origin",
];

/** Those that are there; of what no two servers have the same, only that it is there. */
function headersOf({ headers }: Answered): Record<string, string> {
  return Object.fromEntries(
    comparedHeaders.flatMap((name) => {
      const value = headers.get(name);
      const isSame = ["content-type", "allow", "www-authenticate", "idempotent-replayed"].includes(name);
      return value === null ? [] : [[name, isSame ? value : "…"]];
    }),
  );
}

/** What both servers must answer alike: of ids, times, tokens and hashes their kind, of everything else the value. */
function shapeOf(value: unknown, name = ""): unknown {
  if (Array.isArray(value)) return name === "keys" ? "keys" : value.map((one) => shapeOf(one));
  if (typeof value === "object" && value !== null)
    return Object.fromEntries(
      Object.entries(value).map(([member, inside]) => [member, shapeOf(inside, member)]),
    );
  // What only a server with a worker, or whose board is read by several, can know alike.
  if (
    ["estimatedWaitSeconds", "version", "retryAfter", "refreshExpiresIn", "size", "index", "path"].includes(
      name,
    )
  )
    return "…";
  if (typeof value !== "string") return value;
  if (name === "endCursor") return "a text";
  const kind = /^([a-z]+)_[0-9a-hjkmnp-tv-z]{26}$/.exec(value)?.[1];
  if (kind !== undefined) return kind;
  if (/^\d{4}-\d\d-\d\dT/.test(value)) return "a time";
  if (
    /token|carryCode|exchangeCode|receipt|signature|salt|subject|hash|commitment|requestId|docs/i.test(name)
  )
    return "a text";
  return value
    .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, "a time")
    .replace(/[a-z]+_[0-9a-hjkmnp-tv-z]{26}/g, "an id");
}
