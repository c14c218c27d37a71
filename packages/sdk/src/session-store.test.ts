import { expect, it } from "vitest";
import { SessionStore, type StoredSession } from "./session-store.ts";
import { entryWith, MemoryStorage, queueId, receipt } from "./testing/fake-server.ts";

function sessionOf(consumerId: string): StoredSession {
  return {
    session: { type: "guest", consumerId, expiresAt: "2030-01-01T00:00:00.000Z" },
    accessToken: "a",
    refreshToken: "r",
    accessExpiresAtMs: 1,
    refreshExpiresAtMs: 2,
  };
}

it("keeps one session for each publishable key", () => {
  const storage = new MemoryStorage();
  const one = new SessionStore(storage, "pk_test_1");
  const other = new SessionStore(storage, "pk_test_2");
  one.writeSession(sessionOf("cons_1"));
  expect(one.readSession()?.session.consumerId).toBe("cons_1");
  expect(other.readSession()).toBeNull();
});

it("does not show the entry of a consumer who is not signed in now", () => {
  const store = new SessionStore(new MemoryStorage(), "pk_test_1");
  store.writeSession(sessionOf("cons_1"));
  store.writeEntry(queueId, entryWith());
  expect(store.readEntry(queueId)?.entry.entryId).toBe("ent_1");
  store.writeSession(sessionOf("cons_2"));
  expect(store.readEntry(queueId)).toBeNull();
});

it("keeps the first position of an entry and forgets it with the entry", () => {
  const store = new SessionStore(new MemoryStorage(), "pk_test_1");
  store.writeSession(sessionOf("cons_1"));
  store.writeEntry(queueId, entryWith({ position: 80 }));
  store.writeEntry(queueId, entryWith({ position: 20 }));
  expect(store.readEntry(queueId)?.firstPosition).toBe(80);
  store.writeEntry(queueId, entryWith({ entryId: "ent_2", position: 90 }));
  expect(store.readEntry(queueId)?.firstPosition).toBe(90);
});

it("keeps the receipt and the drawn rank of an entry where an answer does not tell them, and no other entry's", () => {
  const store = new SessionStore(new MemoryStorage(), "pk_test_1");
  store.writeSession(sessionOf("cons_1"));
  store.writeEntry(queueId, entryWith({ rank: null, receipt }));
  expect(store.writeEntry(queueId, entryWith({ rank: 7, receipt: null }))).toMatchObject({
    rank: 7,
    receipt,
  });
  expect(store.writeEntry(queueId, entryWith({ rank: null, receipt: null }))).toMatchObject({
    rank: 7,
    receipt,
  });
  expect(store.readEntry(queueId)?.entry).toMatchObject({ rank: 7, receipt });
  const other = entryWith({ entryId: "ent_2", rank: null, receipt: null });
  expect(store.writeEntry(queueId, other)).toMatchObject({ rank: null, receipt: null });
});

it.each(["not json", "{}", "null", "[]", '{"entry":{}}'])("takes a broken value for none: %s", (text) => {
  const storage = new MemoryStorage();
  const store = new SessionStore(storage, "pk_test_1");
  storage.setItem(store.sessionKey, text);
  storage.setItem(store.entryKey(queueId), text);
  expect(store.readSession()).toBeNull();
  expect(store.readEntry(queueId)).toBeNull();
});
