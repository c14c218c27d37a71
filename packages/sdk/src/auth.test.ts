import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import {
  clientOf,
  entryWith,
  FakeServer,
  json,
  MemoryStorage,
  queueId,
  refusal,
  tokens,
} from "./testing/fake-server.ts";
import { pass, useFakeTime } from "./testing/fake-time.ts";

const guestRoute = "POST /auth/guest";
const refreshRoute = "POST /auth/refresh";
const statusRoute = `GET /queues/${queueId}/status`;
const hour = 3_600_000;

let server: FakeServer;
let storage: MemoryStorage;
beforeEach(() => {
  useFakeTime();
  storage = new MemoryStorage();
  server = new FakeServer()
    .on(statusRoute, () => json(200, entryWith()))
    .on(refreshRoute, () => json(200, tokens("cons_1", "access-new")));
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe("guest", () => {
  it("gives calls at the same time one session", async () => {
    const { auth } = clientOf(server);
    const sessions = await Promise.all([auth.guest(), auth.guest(), auth.guest()]);
    expect(new Set(sessions.map((session) => session.consumerId)).size).toBe(1);
    expect(server.count(guestRoute)).toBe(1);
  });

  it("goes on with the stored session after a reload", async () => {
    await clientOf(server, { storage }).auth.guest();
    const reloaded = clientOf(server, { storage });
    expect(reloaded.auth.session()?.consumerId).toBe("cons_1");
    expect((await reloaded.auth.guest()).consumerId).toBe("cons_1");
    expect(server.count(guestRoute)).toBe(1);
  });

  it("starts a new one when asked to, and when the stored one is over", async () => {
    const { auth } = clientOf(server, { storage });
    await auth.guest();
    expect((await auth.guest({ fresh: true })).consumerId).toBe("cons_2");
    await pass(31 * 24 * hour);
    expect((await auth.guest()).consumerId).toBe("cons_3");
  });

  it("takes the session that another tab made meanwhile", async () => {
    const [one, other] = [clientOf(server, { storage }), clientOf(server, { storage })];
    const sessions = await Promise.all([one.auth.guest(), other.auth.guest()]);
    expect(sessions[1].consumerId).toBe(sessions[0].consumerId);
  });

  it("does not stop for the others when one caller stops waiting", async () => {
    const { auth } = clientOf(server);
    const controller = new AbortController();
    const stopped = auth.guest({ signal: controller.signal }).catch((error) => error.code);
    const going = auth.guest();
    controller.abort();
    expect(await stopped).toBe("ABORTED");
    expect((await going).consumerId).toBe("cons_1");
  });
});

describe("an access token that has expired", () => {
  it("is refreshed once and the call replayed, unseen", async () => {
    const { auth, queues } = clientOf(server);
    await auth.guest();
    server.once(statusRoute, () => refusal(401, "TOKEN_EXPIRED"));
    await expect(queues.status(queueId)).resolves.toMatchObject({ entryId: "ent_1" });
    expect(server.last(refreshRoute).init.body).toBe('{"refreshToken":"refresh-of-access-1"}');
    expect(server.last(refreshRoute).headers.get("authorization")).toBe("Bearer access-1");
    expect(server.last(statusRoute).headers.get("authorization")).toBe("Bearer access-new");
  });

  it("is refreshed before it is sent when the clock says so", async () => {
    const { auth, queues } = clientOf(server);
    await auth.guest();
    await pass(hour);
    await queues.status(queueId);
    expect(server.count(statusRoute)).toBe(1);
    expect(server.count(refreshRoute)).toBe(1);
  });

  it("is refreshed once for calls at the same time", async () => {
    const { auth, queues } = clientOf(server);
    await auth.guest();
    await pass(hour);
    await Promise.all([queues.status(queueId), queues.status(queueId), auth.refresh()]);
    expect(server.count(refreshRoute)).toBe(1);
  });

  it("is not refreshed a second time for one call", async () => {
    const { auth, queues } = clientOf(server);
    await auth.guest();
    server.on(statusRoute, () => refusal(401, "TOKEN_EXPIRED"));
    await expect(queues.status(queueId)).rejects.toMatchObject({ code: "TOKEN_EXPIRED" });
    expect(server.count(refreshRoute)).toBe(1);
  });

  it("is replaced by the one that another tab has renewed already", async () => {
    const { auth, queues } = clientOf(server, { storage });
    await auth.guest();
    const other = clientOf(server, { storage });
    server.once(statusRoute, async () => {
      await other.auth.refresh();
      return refusal(401, "TOKEN_EXPIRED");
    });
    await queues.status(queueId);
    expect(server.count(refreshRoute)).toBe(1);
    expect(server.last(statusRoute).headers.get("authorization")).toBe("Bearer access-new");
  });
});

describe("a publishable key that has expired", () => {
  const expired = () => refusal(401, "TOKEN_EXPIRED", { credential: "apiKey" });

  it("is told, and costs nobody the session", async () => {
    const { auth, queues } = clientOf(server);
    const { consumerId } = await auth.guest();
    server.once(statusRoute, expired);
    await expect(queues.status(queueId)).rejects.toMatchObject({ code: "TOKEN_EXPIRED" });
    expect(server.count(refreshRoute)).toBe(0);
    server.once(refreshRoute, expired);
    await expect(auth.refresh()).rejects.toMatchObject({ code: "TOKEN_EXPIRED" });
    expect((await auth.guest()).consumerId).toBe(consumerId);
  });
});

describe("a session that the server refuses", () => {
  it.each(["INVALID_TOKEN", "TOKEN_REUSED", "TOKEN_EXPIRED"] as const)(
    "is dropped when refreshing ends with %s",
    async (code) => {
      const { auth } = clientOf(server);
      await auth.guest();
      server.on(refreshRoute, () => refusal(401, code));
      await expect(auth.refresh()).rejects.toMatchObject({ code });
      expect(auth.session()).toBeNull();
    },
  );

  it("stays when another tab has rotated at the same moment", async () => {
    const { auth } = clientOf(server, { storage });
    await auth.guest();
    const other = clientOf(server, { storage });
    server.once(refreshRoute, async () => {
      await other.auth.refresh();
      return refusal(401, "TOKEN_REUSED");
    });
    await expect(auth.refresh()).resolves.toMatchObject({ consumerId: "cons_1" });
    expect(auth.session()?.consumerId).toBe("cons_1");
  });

  it("stays when it was the key, or the network, that failed", async () => {
    const { auth } = clientOf(server);
    await auth.guest();
    server.once(refreshRoute, () => refusal(401, "KEY_REVOKED"));
    await expect(auth.refresh()).rejects.toMatchObject({ code: "KEY_REVOKED" });
    expect(auth.session()).not.toBeNull();
  });

  it("stays when the key is one that the server does not know", async () => {
    const { auth, queues } = clientOf(server);
    const { consumerId } = await auth.guest();
    const unknownKey = () =>
      refusal(401, "INVALID_TOKEN", { field: "X-Publishable-Key", credential: "apiKey" });
    server.once(statusRoute, unknownKey);
    await expect(queues.status(queueId)).rejects.toMatchObject({ code: "INVALID_TOKEN" });
    server.once(refreshRoute, unknownKey);
    await expect(auth.refresh()).rejects.toMatchObject({ code: "INVALID_TOKEN" });
    expect((await auth.guest()).consumerId).toBe(consumerId);
  });

  it("is dropped when a call is refused, and the error thrown", async () => {
    const { auth, queues } = clientOf(server);
    await auth.guest();
    server.on(statusRoute, () => refusal(401, "INVALID_TOKEN"));
    await expect(queues.status(queueId)).rejects.toMatchObject({ code: "INVALID_TOKEN" });
    expect(auth.session()).toBeNull();
    expect(server.count(refreshRoute)).toBe(0);
  });
});

describe("two tabs", () => {
  it("go on when one is refused because the other has just taken new tokens", async () => {
    const { auth, queues } = clientOf(server, { storage });
    await auth.guest();
    const other = clientOf(server, { storage });
    server.once(statusRoute, async () => {
      await other.auth.refresh();
      return refusal(401, "INVALID_TOKEN");
    });
    await expect(queues.status(queueId)).resolves.toMatchObject({ entryId: "ent_1" });
    expect(auth.session()?.consumerId).toBe("cons_1");
  });

  it("drop the session when the new tokens are refused too", async () => {
    const { auth, queues } = clientOf(server);
    await auth.guest();
    server
      .once(statusRoute, () => refusal(401, "TOKEN_EXPIRED"))
      .once(statusRoute, () => refusal(401, "INVALID_TOKEN"));
    await expect(queues.status(queueId)).rejects.toMatchObject({ code: "INVALID_TOKEN" });
    expect(auth.session()).toBeNull();
  });

  it("stay signed out when one signs out while the other refreshes", async () => {
    const { auth } = clientOf(server, { storage });
    await auth.guest();
    const other = clientOf(server, { storage });
    server.on("POST /auth/logout", () => json(204, null));
    server.once(refreshRoute, async () => {
      await other.auth.logout();
      return json(200, tokens("cons_1", "access-new"));
    });
    await auth.refresh();
    expect(auth.session()).toBeNull();
  });
});

describe("a code", () => {
  const requestRoute = "POST /auth/otp/request";
  const verifyRoute = "POST /auth/otp/verify";
  const email = "fan@example.com";
  beforeEach(() => {
    server
      .on(requestRoute, () => json(200, { ok: true }))
      .on(verifyRoute, () => json(200, tokens("cons_1", "access-person")));
  });
  const bodyOf = (route: string): unknown => JSON.parse(String(server.last(route).init.body));

  it("is asked for once, whatever comes of it", async () => {
    const { auth } = clientOf(server);
    await auth.requestCode(email);
    expect(bodyOf(requestRoute)).toEqual({ email });
    server.on(requestRoute, () => refusal(502, "MAIL_PROVIDER_FAILED"));
    await expect(auth.requestCode(email)).rejects.toMatchObject({ code: "MAIL_PROVIDER_FAILED" });
    expect(server.count(requestRoute)).toBe(2);
  });

  it("makes the guest that person, and the new tokens are kept", async () => {
    const { auth, queues } = clientOf(server);
    await auth.guest();
    expect((await auth.verifyCode(email, "123456")).consumerId).toBe("cons_1");
    expect(bodyOf(verifyRoute)).toEqual({ email, code: "123456" });
    expect(server.last(verifyRoute).headers.get("authorization")).toBe("Bearer access-1");
    await queues.status(queueId);
    expect(server.last(statusRoute).headers.get("authorization")).toBe("Bearer access-person");
  });

  it("signs in without a session, or without the guest where that is wished", async () => {
    const { auth } = clientOf(server);
    await auth.verifyCode(email, "123456");
    expect(server.last(verifyRoute).headers.has("authorization")).toBe(false);
    await auth.verifyCode(email, "123456", { withoutGuest: true });
    expect(server.last(verifyRoute).headers.has("authorization")).toBe(false);
  });

  it("is sent with a renewed token where the guest's has expired", async () => {
    const { auth } = clientOf(server);
    await auth.guest();
    await pass(hour);
    await auth.verifyCode(email, "123456");
    expect(server.count(verifyRoute)).toBe(1);
    expect(server.last(verifyRoute).headers.get("authorization")).toBe("Bearer access-new");
  });

  it("that is wrong is tried once, and the guest stays", async () => {
    const { auth } = clientOf(server);
    await auth.guest();
    for (const [status, code] of [
      [401, "INVALID_OTP"],
      [409, "IDENTITY_TAKEN"],
      [429, "RATE_LIMITED"],
      [503, "DATABASE_UNAVAILABLE"],
    ] as const) {
      server.once(verifyRoute, () => refusal(status, code));
      await expect(auth.verifyCode(email, "000000")).rejects.toMatchObject({ code });
    }
    expect(server.count(verifyRoute)).toBe(4);
    expect(auth.session()?.consumerId).toBe("cons_1");
  });

  it("does not cost the session of a call that the guest's token was just too late for", async () => {
    const { auth, queues } = clientOf(server);
    await auth.guest();
    const answer = Promise.withResolvers<Response>();
    server.once(verifyRoute, () => answer.promise).once(statusRoute, () => refusal(401, "INVALID_TOKEN"));
    const verifying = auth.verifyCode(email, "123456");
    const asking = queues.status(queueId);
    await pass(1);
    expect(auth.session()).not.toBeNull();
    answer.resolve(json(200, tokens("cons_1", "access-person")));
    await verifying;
    await expect(asking).resolves.toMatchObject({ entryId: "ent_1" });
    expect(server.last(statusRoute).headers.get("authorization")).toBe("Bearer access-person");
  });
});

describe("the code of an outside account", () => {
  const exchangeRoute = "POST /auth/external/exchange";
  beforeEach(() => {
    server.on(exchangeRoute, () => json(200, tokens("cons_1", "access-person")));
  });

  it("makes the guest that person, and the new tokens are kept", async () => {
    const { auth, queues } = clientOf(server);
    await auth.guest();
    expect((await auth.exchangeCode("the-code")).consumerId).toBe("cons_1");
    const { init, headers } = server.last(exchangeRoute);
    expect(JSON.parse(String(init.body))).toEqual({ exchangeCode: "the-code" });
    expect(headers.get("authorization")).toBe("Bearer access-1");
    await queues.status(queueId);
    expect(server.last(statusRoute).headers.get("authorization")).toBe("Bearer access-person");
  });

  it("that was used already is tried once, and the guest stays", async () => {
    const { auth } = clientOf(server);
    await auth.guest();
    server.once(exchangeRoute, () => refusal(401, "INVALID_TOKEN", { field: "exchangeCode" }));
    await expect(auth.exchangeCode("spent")).rejects.toMatchObject({ code: "INVALID_TOKEN" });
    expect(server.count(exchangeRoute)).toBe(1);
    expect(auth.session()?.consumerId).toBe("cons_1");
  });

  it("with a guest's token that is refused ends the guest's session", async () => {
    const { auth } = clientOf(server);
    await auth.guest();
    server.once(exchangeRoute, () => refusal(401, "INVALID_TOKEN"));
    await expect(auth.exchangeCode("good")).rejects.toMatchObject({ code: "INVALID_TOKEN" });
    expect(auth.session()).toBeNull();
    await auth.exchangeCode("good", { withoutGuest: true });
    expect(server.last(exchangeRoute).headers.has("authorization")).toBe(false);
  });
});

describe("going on with another device", () => {
  const carryRoute = "POST /auth/carry";
  const exchangeRoute = "POST /auth/carry/exchange";
  const fingerprint = "phone-0001";
  const made = { carryCode: "the-code", expiresAt: "2026-01-01T00:10:00.000Z" };
  beforeEach(() => {
    server.on(carryRoute, () => json(201, made));
    server.on(exchangeRoute, () => json(200, tokens("cons_laptop", "access-carried")));
  });

  it("is by a code that the device makes with its own session and fingerprint", async () => {
    const { auth } = clientOf(server, { fingerprint });
    await expect(auth.carry()).rejects.toMatchObject({ code: "AUTHENTICATION_REQUIRED" });
    await auth.guest();
    expect(await auth.carry()).toEqual(made);
    const { headers } = server.last(carryRoute);
    expect(headers.get("authorization")).toBe("Bearer access-1");
    expect(headers.get("x-fingerprint")).toBe(fingerprint);
  });

  it("leaves the own guest behind, and watches show the place", async () => {
    server.on(statusRoute, () => json(200, { ...entryWith(), consumerId: "cons_laptop" }));
    const { auth, queues } = clientOf(server, { fingerprint });
    await auth.guest();
    const watch = queues.watch(queueId);
    expect((await auth.takeOver("the-code")).consumerId).toBe("cons_laptop");
    const { init, headers } = server.last(exchangeRoute);
    expect(JSON.parse(String(init.body))).toEqual({ carryCode: "the-code" });
    expect(headers.has("authorization")).toBe(false);
    expect(headers.get("x-fingerprint")).toBe(fingerprint);
    await queues.status(queueId);
    expect(server.last(statusRoute).headers.get("authorization")).toBe("Bearer access-carried");
    expect(watch.snapshot).toMatchObject({ phase: "waiting", entry: { consumerId: "cons_laptop" } });
    watch.stop();
  });

  it("is refused with a code that was used, and the own session stays", async () => {
    const { auth } = clientOf(server);
    await auth.guest();
    server.once(exchangeRoute, () => refusal(401, "INVALID_TOKEN", { field: "carryCode" }));
    await expect(auth.takeOver("spent")).rejects.toMatchObject({ code: "INVALID_TOKEN" });
    expect(auth.session()?.consumerId).toBe("cons_1");
  });

  it("ends the session of the old device, which hears why", async () => {
    const { auth, queues } = clientOf(server);
    await auth.guest();
    server.on(statusRoute, () => refusal(401, "INVALID_TOKEN", { reason: "carried" }));
    await expect(queues.status(queueId)).rejects.toMatchObject({ details: { reason: "carried" } });
    expect(auth.session()).toBeNull();
  });
});

describe("logout", () => {
  it("ends the session on the server and here", async () => {
    server.on("POST /auth/logout", () => json(204, null));
    const { auth } = clientOf(server);
    await auth.guest();
    await auth.logout();
    expect(server.last("POST /auth/logout").headers.get("authorization")).toBe("Bearer access-1");
    expect(server.last("POST /auth/logout").headers.has("idempotency-key")).toBe(false);
    expect(auth.session()).toBeNull();
    await auth.logout();
    expect(server.count("POST /auth/logout")).toBe(1);
  });

  it("ends it here also when it is over on the server", async () => {
    server.on("POST /auth/logout", () => refusal(401, "INVALID_TOKEN"));
    const { auth } = clientOf(server);
    await auth.guest();
    await auth.logout();
    expect(auth.session()).toBeNull();
  });
});

it("says that there is no session to refresh", async () => {
  await expect(clientOf(server).auth.refresh()).rejects.toMatchObject({
    code: "AUTHENTICATION_REQUIRED",
    status: 0,
  });
});

it("lets the tabs of a browser refresh one at a time", async () => {
  const names: string[] = [];
  const request = (name: string, _options: object, work: () => unknown): unknown => {
    names.push(name);
    return work();
  };
  vi.stubGlobal("navigator", { locks: { request } });
  vi.stubGlobal("localStorage", storage);
  const { auth } = clientOf(server, { storage: undefined });
  await auth.guest();
  await auth.refresh();
  expect(names).toEqual(["stanchion:session:pk_test_1", "stanchion:session:pk_test_1"]);
});
