import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createOrganization } from "../packages/server/src/identity/index.ts";
import { createTestDatabase, type TestDatabase } from "../packages/server/src/testing/index.ts";
import { type DatabaseProxy, startDatabaseProxy } from "./database-proxy.ts";
import { makeGuests, makeQueue, type ServerProcess, startServerProcess, until } from "./server-process.ts";

interface Whole {
  readonly status: number;
  readonly text: string;
  readonly headers: Headers;
}

/** What is to be the same in every answer to one key; rate limits and the time are not the answer's own. */
const sameHeaders = ["x-request-id", "content-type", "content-length", "etag", "location", "cache-control"];

describe("a server that is killed between the commit and the answer", () => {
  let db: TestDatabase;
  let proxy: DatabaseProxy;
  let server: ServerProcess;
  let keys: Awaited<ReturnType<typeof createOrganization>>;
  beforeAll(async () => {
    db = await createTestDatabase();
    proxy = await startDatabaseProxy(db.url);
    server = await startServerProcess("api", { databaseUrl: proxy.url });
    keys = await createOrganization(db.database, { name: "Shop" });
  });
  afterAll(async () => {
    await server.kill("SIGKILL");
    await proxy.stop();
    await db.drop();
  });

  type Send = (url: string, requestId: string) => Promise<Response>;

  const wholeOf = async (answer: Response): Promise<Whole> => ({
    status: answer.status,
    headers: answer.headers,
    text: await answer.text(),
  });

  /**
   * Sends a request whose commit reaches the database and whose answer reaches nobody: the database's word is held back until
   * its effect can be seen, and then the server is killed. Then starts it again and repeats the request twice.
   */
  async function crashAndRepeat(send: Send, isCommitted: () => Promise<boolean>): Promise<Whole[]> {
    proxy.holdAnswers(/commit|write_line_group/i);
    const unanswered = send(server.url, "the-first").then(
      () => "answered",
      () => "cut off",
    );
    await until(isCommitted, (is) => is);
    await server.kill("SIGKILL");
    expect(await unanswered).toBe("cut off");
    expect(proxy.heldCount).toBeGreaterThan(0);
    proxy.release();
    server = await startServerProcess("api", { databaseUrl: proxy.url });
    const again = await wholeOf(await send(server.url, "the-second"));
    return [again, await wholeOf(await send(server.url, "the-third"))];
  }

  function expectOneAnswer([again, third]: Whole[], status: number): Record<string, unknown> {
    if (again === undefined || third === undefined) throw new Error("no answers");
    expect([again.status, again.headers.get("idempotent-replayed")]).toEqual([status, "true"]);
    expect(again.headers.get("x-request-id")).toBe("the-first");
    expect(third.text).toBe(again.text);
    for (const name of sameHeaders)
      expect([name, third.headers.get(name)]).toEqual([name, again.headers.get(name)]);
    return JSON.parse(again.text) as Record<string, unknown>;
  }

  const asShop =
    (path: string, key: string, body?: object): Send =>
    (url, requestId) =>
      fetch(url + path, {
        method: "POST",
        headers: {
          Authorization: `Bearer ${keys.secretKey}`,
          "Idempotency-Key": key,
          "X-Request-Id": requestId,
          ...(body === undefined ? {} : { "Content-Type": "application/json" }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
  const countOf = async (text: string, values: unknown[]): Promise<number> => {
    const [row] = await db.query<{ count: number }>(text, values);
    return row?.count ?? 0;
  };

  it("made the thing once, and its repeat gets the first answer", async () => {
    const name = "Made once";
    const made = () => countOf("select count(*) as count from experiences where name = $1", [name]);
    const answers = await crashAndRepeat(
      asShop("/api/v1/experiences", "make", { name }),
      async () => (await made()) === 1,
    );
    const body = expectOneAnswer(answers, 201);
    expect(answers[0]?.headers.get("location")).toBe(`/api/v1/experiences/${body.id}`);
    expect(await made()).toBe(1);
    const [kept] = await db.query<{ body: string }>(
      "select body from idempotency_keys where request_id = 'the-first'",
    );
    expect(kept?.body).toBe(answers[0]?.text);
  });

  it("changed a queue's state once", async () => {
    const queueId = await makeQueue(server.url, keys.secretKey, { name: "Paused", admitRate: 60 });
    const version = () =>
      countOf("select version as count from queues where name = $1 and is_paused", ["Paused"]);
    const answers = await crashAndRepeat(
      asShop(`/api/v1/queues/${queueId}/pause`, "pause"),
      async () => (await version()) > 0,
    );
    expect(expectOneAnswer(answers, 200)).toMatchObject({ id: queueId, status: "PAUSED", version: 2 });
    expect(await version()).toBe(2);
  });

  it("kept a place in the line once, and gave it back once", async () => {
    const queueId = await makeQueue(server.url, keys.secretKey, { name: "Entered", admitRate: 60 });
    const [guest] = await makeGuests(server.url, keys.publishableKey, 1);
    if (guest === undefined) throw new Error("no guest");
    const asGuest =
      (verb: string): Send =>
      (url, requestId) =>
        fetch(`${url}/api/v1/queues/${queueId}/${verb}`, {
          method: "POST",
          headers: { ...guest.credentials, "Idempotency-Key": verb, "X-Request-Id": requestId },
        });
    const stays = (status: string) =>
      countOf("select count(*) as count from entries where status = $1::entry_status", [status]);

    const entered = await crashAndRepeat(asGuest("enter"), async () => (await stays("QUEUED")) === 1);
    const entry = expectOneAnswer(entered, 201);
    expect(entry).toMatchObject({ ticket: 1, status: "QUEUED" });
    expect(await stays("QUEUED")).toBe(1);

    const left = await crashAndRepeat(asGuest("leave"), async () => (await stays("LEFT")) === 1);
    expect(expectOneAnswer(left, 200)).toMatchObject({ entryId: entry.entryId, status: "LEFT" });
    expect([await stays("QUEUED"), await stays("LEFT")]).toEqual([0, 1]);
    const [line] = await db.query<{ departed: number }>("select departed from lines where last_ticket = 1");
    expect(line?.departed).toBe(1);
  });
});
