import { createHash } from "node:crypto";
import { IDBFactory } from "fake-indexeddb";
import { decodeJwt, decodeProtectedHeader, importJWK, type JWK, jwtVerify } from "jose";
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
const verifyRoute = "POST /auth/otp/verify";
const statusRoute = `GET /queues/${queueId}/status`;
const enterRoute = `POST /queues/${queueId}/enter`;
const statusUrl = `https://line.test/api/v1/queues/${queueId}/status`;

const bound = (consumerId: string, accessToken: string) => ({
  ...tokens(consumerId, accessToken),
  tokenType: "DPoP",
});
const needsNonce = (nonce: string): Response =>
  refusal(
    401,
    "INVALID_TOKEN",
    { field: "DPoP", reason: "nonce" },
    { "www-authenticate": 'DPoP error="use_dpop_nonce"', "dpop-nonce": nonce },
  );

let server: FakeServer;
let storage: MemoryStorage;
beforeEach(() => {
  vi.stubGlobal("indexedDB", new IDBFactory());
  storage = new MemoryStorage();
  let started = 0;
  server = new FakeServer()
    .on(guestRoute, ({ headers }) => {
      started += 1;
      const make = headers.has("dpop") ? bound : tokens;
      return json(201, make(`cons_${started}`, `access-${started}`), { "dpop-nonce": "nonce-1" });
    })
    .on(enterRoute, () => json(201, entryWith()))
    .on(statusRoute, () => json(200, entryWith()))
    .on(refreshRoute, () => json(200, bound("cons_1", "access-new")))
    .on(verifyRoute, () => json(200, bound("cons_1", "access-verified")));
});
afterEach(() => vi.unstubAllGlobals());

const proofOf = (route: string): string => server.last(route).headers.get("dpop") ?? "";
const keyOf = (proof: string): unknown => decodeProtectedHeader(proof).jwk;
const loseKey = () => vi.stubGlobal("indexedDB", new IDBFactory());

describe("a browser that can keep a key", () => {
  it("starts its session with a proof that another library takes", async () => {
    await clientOf(server).auth.guest();
    const proof = proofOf(guestRoute);
    const { payload } = await jwtVerify(proof, await importJWK(keyOf(proof) as JWK, "ES256"), {
      typ: "dpop+jwt",
      algorithms: ["ES256"],
    });
    expect(payload).toMatchObject({ htm: "POST", htu: "https://line.test/api/v1/auth/guest" });
    expect(Object.keys(keyOf(proof) as object).sort()).toEqual(["crv", "kty", "x", "y"]);
    expect(payload.ath).toBeUndefined();
  });

  it("proves the same key with each call, for its own token, under the newest nonce", async () => {
    const { queues } = clientOf(server);
    await queues.enter(queueId);
    server.once(statusRoute, () => json(200, entryWith(), { "dpop-nonce": "nonce-2" }));
    await queues.status(queueId);
    const { headers } = server.last(statusRoute);
    expect(headers.get("authorization")).toBe("DPoP access-1");
    expect(keyOf(proofOf(statusRoute))).toEqual(keyOf(proofOf(guestRoute)));
    expect(decodeJwt(proofOf(statusRoute))).toMatchObject({
      htm: "GET",
      htu: statusUrl,
      nonce: "nonce-1",
      ath: createHash("sha256").update("access-1").digest("base64url"),
    });
    await queues.status(queueId);
    expect(decodeJwt(proofOf(statusRoute)).nonce).toBe("nonce-2");
  });

  it("proves the key that its session began with, also where the publishable key was replaced", async () => {
    await clientOf(server, { storage }).queues.enter(queueId);
    const replaced = { storage, publishableKey: "pk_test_2", formerKeys: ["pk_test_1"] };
    await clientOf(server, replaced).queues.status(queueId);
    expect(keyOf(proofOf(statusRoute))).toEqual(keyOf(proofOf(guestRoute)));
    expect(server.last(statusRoute).headers.get("authorization")).toBe("DPoP access-1");
  });

  it("signs a read once for as long as its nonce is good, and every write anew", async () => {
    const { queues } = clientOf(server);
    await queues.enter(queueId);
    const first = proofOf(enterRoute);
    await queues.status(queueId);
    const read = proofOf(statusRoute);
    await queues.status(queueId);
    expect(proofOf(statusRoute)).toBe(read);
    await queues.enter(queueId);
    expect(proofOf(enterRoute)).not.toBe(first);
  });

  it("sends a call again, once, where its clock is wrong or its nonce is old", async () => {
    const { queues } = clientOf(server);
    server.once(guestRoute, () => needsNonce("told"));
    await queues.enter(queueId);
    expect(server.count(guestRoute)).toBe(2);
    expect(decodeJwt(proofOf(guestRoute)).nonce).toBe("told");
    server.once(statusRoute, () => needsNonce("told")).once(statusRoute, () => needsNonce("told"));
    await expect(queues.status(queueId)).rejects.toMatchObject({ code: "INVALID_TOKEN" });
    expect(server.count(statusRoute)).toBe(2);
    await expect(queues.status(queueId)).resolves.toMatchObject({ entryId: "ent_1" });
  });

  it("has one key for all tabs, although they start at the same moment", async () => {
    await Promise.all([clientOf(server).auth.guest(), clientOf(server).auth.guest()]);
    const keys = server.seen.map(({ headers }) => JSON.stringify(keyOf(headers.get("dpop") ?? "")));
    expect(keys).toHaveLength(2);
    expect(new Set(keys).size).toBe(1);
  });

  it("keeps its key over a reload, to renew the session and to become a person with it", async () => {
    await clientOf(server, { storage }).auth.guest();
    const first = keyOf(proofOf(guestRoute));
    const { auth } = clientOf(server, { storage });
    await auth.refresh();
    expect(keyOf(proofOf(refreshRoute))).toEqual(first);
    await auth.verifyCode("fan@example.com", "123456");
    expect(keyOf(proofOf(verifyRoute))).toEqual(first);
    expect(server.last(verifyRoute).headers.get("authorization")).toBe("DPoP access-new");
  });

  it("goes on with a session that is bound to nothing as it is, until the next one", async () => {
    vi.stubGlobal("indexedDB", undefined);
    await clientOf(server, { storage }).auth.guest();
    vi.stubGlobal("indexedDB", new IDBFactory());
    const { auth, queues } = clientOf(server, { storage });
    await queues.status(queueId);
    expect(server.last(statusRoute).headers.get("authorization")).toBe("Bearer access-1");
    expect(server.last(statusRoute).headers.has("dpop")).toBe(false);
    await auth.guest({ fresh: true });
    await queues.status(queueId);
    expect(server.last(statusRoute).headers.get("authorization")).toBe("DPoP access-2");
  });

  it("sends no proof with what is the same for everybody", async () => {
    server.on(`GET /queues/${queueId}/now-serving`, () => refusal(404, "QUEUE_NOT_FOUND"));
    const { queues } = clientOf(server);
    await queues.enter(queueId);
    await queues.board(queueId).catch(() => {});
    expect(server.last(`GET /queues/${queueId}/now-serving`).headers.has("dpop")).toBe(false);
  });
});

describe("a session whose key is lost", () => {
  const stolen = (): Response => refusal(403, "FP002", { credential: "accessToken", reason: "no_proof" });

  it("says so once, and only then starts anew where it is asked to enter", async () => {
    const { auth, queues } = clientOf(server, { storage });
    await queues.enter(queueId);
    loseKey();
    server.once(statusRoute, stolen);
    await expect(queues.status(queueId)).rejects.toMatchObject({ code: "FP002" });
    expect(server.last(statusRoute).headers.has("dpop")).toBe(false);
    expect(server.count(statusRoute)).toBe(1);
    expect(auth.session()).toBeNull();
    await expect(queues.status(queueId)).rejects.toMatchObject({ code: "AUTHENTICATION_REQUIRED" });
    await queues.enter(queueId);
    expect(server.last(enterRoute).headers.get("authorization")).toBe("DPoP access-2");
  });

  it("gives way to the one that another tab has started meanwhile", async () => {
    const { queues } = clientOf(server, { storage });
    await queues.enter(queueId);
    loseKey();
    server.once(statusRoute, async () => {
      await clientOf(server, { storage }).auth.guest({ fresh: true });
      return stolen();
    });
    await expect(queues.status(queueId)).resolves.toMatchObject({ entryId: "ent_1" });
    expect(server.last(statusRoute).headers.get("authorization")).toBe("DPoP access-2");
  });

  it("is kept where the key cannot be read at the moment", async () => {
    const { auth, queues } = clientOf(server, { storage, wait: async () => {} });
    await queues.enter(queueId);
    const open = () => {
      throw new DOMException("not now", "UnknownError");
    };
    vi.stubGlobal("indexedDB", { open });
    await expect(queues.leave(queueId)).rejects.toMatchObject({ code: "NETWORK_ERROR", retryable: true });
    expect(auth.session()?.consumerId).toBe("cons_1");
  });

  it("is not what the refusal of a place on another device means", async () => {
    const { auth, queues } = clientOf(server, { storage });
    await queues.enter(queueId);
    server.once(statusRoute, () => refusal(403, "FP002"));
    await expect(queues.status(queueId)).rejects.toMatchObject({ code: "FP002" });
    expect(auth.session()?.consumerId).toBe("cons_1");
  });
});

describe("a session is bound to nothing, and works,", () => {
  const enters = async (): Promise<void> => {
    await clientOf(server).queues.enter(queueId);
    expect(server.last(enterRoute).headers.get("authorization")).toBe("Bearer access-1");
    expect(server.last(enterRoute).headers.has("dpop")).toBe(false);
  };

  it("where the browser has no IndexedDB", async () => {
    vi.stubGlobal("indexedDB", undefined);
    await enters();
  });

  it("where it refuses to keep anything", async () => {
    const open = () => {
      throw new DOMException("private", "SecurityError");
    };
    vi.stubGlobal("indexedDB", { open });
    await enters();
  });

  it("where the database never answers", async () => {
    await clientOf(server).auth.guest();
    useFakeTime();
    vi.stubGlobal("indexedDB", { open: () => ({}) });
    const { queues } = clientOf(server);
    const entering = queues.enter(queueId);
    await pass(3_000);
    await entering;
    expect(server.last(enterRoute).headers.get("authorization")).toBe("Bearer access-2");
    vi.useRealTimers();
  });

  it("where there is no WebCrypto, as on a page without TLS", async () => {
    vi.stubGlobal("crypto", { getRandomValues: crypto.getRandomValues.bind(crypto) });
    await enters();
  });

  it("where the server cannot judge the proof", async () => {
    server.once(guestRoute, () =>
      refusal(
        401,
        "INVALID_TOKEN",
        { field: "DPoP" },
        { "www-authenticate": 'DPoP error="invalid_dpop_proof"' },
      ),
    );
    await enters();
  });

  it("where the server knows of no proofs", async () => {
    server.on(guestRoute, () => json(201, tokens("cons_1", "access-1")));
    await enters();
  });
});
