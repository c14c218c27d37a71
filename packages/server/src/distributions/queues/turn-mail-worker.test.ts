import { decodeId } from "@stanchion/contract";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import {
  createDevMailbox,
  createMailer,
  type DevMailbox,
  readSmtpUrl,
  type StoredMail,
} from "../../delivery/mail/index.ts";
import { createLog } from "../../platform/log.ts";
import { createMetrics } from "../../platform/metrics/index.ts";
import {
  confirmAddress,
  replying,
  startMailProvider,
  startTestServer,
  type TestFan,
  type TestMailProvider,
  type TestServer,
  type TestShop,
  testLine,
} from "../../testing/index.ts";
import { takeTurnMails } from "./turn-mail-store.ts";
import { startTurnMailWorker, type TurnMailWorker } from "./turn-mail-worker.ts";

const deadlineMs = 20_000;
/** For a provider that stands still: it is waited for so long. */
const shortDeadlineMs = 1_500;
const baseUrl = "https://line.example";

describe("the worker that mails about turns", () => {
  let server: TestServer;
  let shop: TestShop;
  let provider: TestMailProvider;
  let worker: TurnMailWorker | undefined;
  let mailbox: DevMailbox;
  let isPaused = false;
  let rounds = 0;
  let offsetMs = 0;
  beforeAll(async () => {
    server = await startTestServer({ isWorker: false });
    shop = await server.shop();
    provider = await startMailProvider();
  });
  afterEach(async () => {
    await worker?.stop();
    provider.behaveHonestly();
    isPaused = false;
    // What a test has left is no other's.
    await server.db.query("delete from turn_mails");
  });
  afterAll(async () => {
    await provider.stop();
    await server.stop();
  });

  const advance = async (seconds: number): Promise<void> => {
    offsetMs += seconds * 1_000;
    await server.advance(seconds * 1_000);
  };
  /** `isReal`: over SMTP to the provider; else into a mailbox. */
  const start = (isReal = false, mailDeadlineMs = deadlineMs): void => {
    const clock = { now: () => Date.now() + offsetMs };
    mailbox = createDevMailbox(clock);
    const settings = isReal
      ? {
          server: readSmtpUrl(provider.url),
          from: "The Shop <line@shop.example>",
          deadlineMs: mailDeadlineMs,
        }
      : null;
    const log = createLog("silent");
    const metrics = createMetrics();
    worker = startTurnMailWorker({
      database: server.db.database,
      log,
      mailer: createMailer({ settings, mailbox, clock, metrics }),
      mailDeadlineMs,
      baseUrl: async () => baseUrl,
      isPaused: () => {
        rounds += 1;
        return isPaused;
      },
    });
  };
  let addresses = 0;
  /** A fan who waits, with an address; asked for a mail unless told. */
  const joining = async (queueId: string, options: { asks?: boolean; language?: string } = {}) => {
    const guest: TestFan = await shop.fan();
    const { body: entry } = await guest.enter(queueId);
    addresses += 1;
    const fan = await confirmAddress(server, shop, guest, `fan${addresses}@example.com`);
    const path = `/api/v1/queues/${queueId}/turn-mail`;
    const headers = { "Accept-Language": options.language ?? "en" };
    if (options.asks ?? true) expect((await fan.call("PUT", path, { headers })).status).toBe(200);
    const status = async (): Promise<unknown> => (await fan.call("GET", path)).body.status;
    return { fan, path, status, entryId: String(entry.entryId) };
  };
  const until = (ask: () => Promise<unknown>, wished: unknown): Promise<unknown> =>
    server.until(ask, (value) => value === wished);
  /** Waits until nothing is due that the worker could do, nor under way: what it has taken it puts off by more than it waits for a next try. */
  const idle = (): Promise<unknown> =>
    server.until(
      () =>
        server.db.query(
          `select 1 from turn_mails where status = 'DUE'
           and (due_at <= stanchion_now() or due_at > stanchion_now() + interval '30.5 seconds')`,
        ),
      (due) => due.length === 0,
    );
  const mailsTo = (email: string): StoredMail[] => mailbox.list().filter(({ to }) => to === email);
  const received = (email: string) => provider.mails.filter(({ to }) => to.includes(email));
  /** How many seconds a mail is put off. */
  const putOff = async (entryId: string): Promise<number> => {
    const [row] = await server.db.query<{ seconds: number }>(
      "select extract(epoch from due_at - stanchion_now())::float as seconds from turn_mails where entry_id = $1",
      [decodeId("entry", entryId)],
    );
    return row?.seconds ?? Number.NaN;
  };

  it("mails who has asked once it is their turn, once, and nobody else", async () => {
    const queue = await shop.queue({ name: "Summer\n drop", timeZone: "Europe/Berlin" });
    const asked = await joining(queue.id);
    const silent = await joining(queue.id, { asks: false });
    const withdrawn = await joining(queue.id);
    await withdrawn.fan.call("DELETE", withdrawn.path);
    start();
    const { admitted } = await testLine(server.db, queue.id).tick({ most: 3 });
    expect(admitted).toBe(3);
    await until(asked.status, "SENT");
    await idle();
    const [mail, ...more] = mailsTo(asked.fan.email);
    expect(more).toEqual([]);
    expect(mail?.subject).toBe("It is your turn: Summer drop");
    expect(mail?.text).toContain(`\n    ${baseUrl}/q/${queue.id}\n`);
    expect(mail?.text).toMatch(/You can buy until \d+ \w+ at \d\d:\d\d (CES?T|GMT\+[12])\. Go on here:/);
    const { body } = await asked.fan.call("GET", `/api/v1/queues/${queue.id}/status`);
    expect(mail?.text).not.toContain(Object(body.admission).token);
    expect(mail?.text).not.toMatch(/eyJ|adm_/);
    expect(mailsTo(silent.fan.email)).toEqual([]);
    expect(mailsTo(withdrawn.fan.email)).toEqual([]);
    expect((await asked.fan.call("GET", asked.path)).body).toMatchObject({
      status: "SENT",
      sentAt: expect.any(String),
    });
    await asked.fan.call("DELETE", asked.path);
    expect(await asked.status()).toBe("SENT");
  });

  it("leads to the shop's own page where the queue says one, as it is when the mail goes out", async () => {
    const queue = await shop.queue({ pageUrl: "https://shop.example/old" });
    const { fan, status } = await joining(queue.id);
    const page = "https://shop.example/drop?lang=de#line";
    const moved = await shop.call("PATCH", `/api/v1/queues/${queue.id}`, { body: { pageUrl: page } });
    expect(moved.status).toBe(200);
    start();
    await testLine(server.db, queue.id).tick();
    await until(status, "SENT");
    const [mail] = mailsTo(fan.email);
    expect(mail?.text).toContain(`\n    ${page}\n`);
    expect(mail?.text).not.toContain("/q/");
  });

  it("mails who is admitted by hand, and who comes again after an admission that ran out", async () => {
    const queue = await shop.queue({ admissionExpirationSeconds: 60, completionGraceSeconds: 0 });
    await joining(queue.id, { asks: false });
    const chosen = await joining(queue.id);
    start();
    const body = { consumerId: chosen.fan.consumerId };
    await shop.call("POST", `/api/v1/queues/${queue.id}/admit`, { body });
    await until(chosen.status, "SENT");
    await advance(61);
    await chosen.fan.call("POST", `/api/v1/queues/${queue.id}/enter`);
    expect(await chosen.status()).toBe("NONE");
    expect((await chosen.fan.call("PUT", chosen.path)).status).toBe(200);
    await testLine(server.db, queue.id).tick();
    await until(chosen.status, "SENT");
    expect(mailsTo(chosen.fan.email)).toHaveLength(2);
  });

  it("writes in the language that was asked in", async () => {
    const queue = await shop.queue({ name: "Sommer" });
    const fans = [];
    for (const language of ["de-AT", "ar", "zh-TW, fr;q=0.5"])
      fans.push(await joining(queue.id, { language }));
    start();
    await testLine(server.db, queue.id).tick();
    for (const { status } of fans) await until(status, "SENT");
    const subjects = fans.map(({ fan }) => mailsTo(fan.email)[0]?.subject);
    expect(subjects).toEqual(["Sie sind dran: Sommer", "حان دورك: Sommer", "C’est votre tour : Sommer"]);
  });

  it("sends what a worker left that died between admission and mail, and while it had it", async () => {
    const queue = await shop.queue();
    const { fan, status } = await joining(queue.id);
    await testLine(server.db, queue.id).tick();
    expect(await status()).toBe("REQUESTED");
    const request = { afterQueueId: "00000000-0000-0000-0000-000000000000", most: 10, putOffSeconds: 60 };
    expect(await takeTurnMails(server.db.database.pool, request)).toHaveLength(1);
    expect(await takeTurnMails(server.db.database.pool, request)).toEqual([]);
    start();
    await advance(61);
    await until(status, "SENT");
    expect(mailsTo(fan.email)).toHaveLength(1);
  });

  it("leaves a mail that is of no use any more", async () => {
    const queue = await shop.queue({ admissionExpirationSeconds: 60 });
    const [late, done, gone, moved] = [
      await joining(queue.id),
      await joining(queue.id),
      await joining(queue.id),
      await joining(queue.id),
    ];
    const line = testLine(server.db, queue.id);
    await line.tick({ most: 1 });
    await advance(61);
    await line.tick();
    const report = { consumerId: done.fan.consumerId };
    await shop.call("POST", `/api/v1/queues/${queue.id}/complete`, { body: report });
    await gone.fan.call("POST", `/api/v1/queues/${queue.id}/leave`);
    const body = { email: "somebody-else@example.com" };
    await shop.call("PATCH", `/api/v1/consumers/${moved.fan.consumerId}`, { body });
    start();
    for (const { status } of [late, done, gone, moved]) await until(status, "FAILED");
    expect(mailbox.list()).toEqual([]);
  });

  it("stands still while nobody can check out", async () => {
    const queue = await shop.queue();
    const { status } = await joining(queue.id);
    isPaused = true;
    start();
    await testLine(server.db, queue.id).tick();
    rounds = 0;
    await server.until(
      async () => rounds,
      (count) => count >= 2,
    );
    expect(await status()).toBe("REQUESTED");
    isPaused = false;
    await until(status, "SENT");
  });

  it("sends over SMTP, from a line with many as from one with one", async () => {
    const queues = [await shop.queue(), await shop.queue(), await shop.queue()];
    const fans = [];
    for (const { id } of [...queues, ...Array.from({ length: 9 }, () => queues[0] ?? { id: "" })])
      fans.push(await joining(id));
    start(true);
    for (const { id } of queues) await testLine(server.db, id).tick();
    for (const { status } of fans) await until(status, "SENT");
    for (const { fan, entryId } of fans) {
      const [mail, ...more] = received(fan.email);
      expect(more).toEqual([]);
      expect(mail?.raw).toContain(`Message-ID: <turn.${entryId}@shop.example>`);
      expect(mail?.raw).toContain("Content-Language: en");
      expect(mail?.raw).toContain("Auto-Submitted: auto-generated");
    }
  });

  it("tries again when the provider fails, and comes to an end", async () => {
    const queue = await shop.queue({ admissionExpirationSeconds: 120 });
    const [patient, unlucky] = [await joining(queue.id), await joining(queue.id)];
    provider.behave(replying({ MAIL: "451 not now" }));
    start(true);
    const line = testLine(server.db, queue.id);
    await line.tick({ most: 1 });
    await idle();
    expect(await putOff(patient.entryId)).toBeGreaterThan(2);
    expect(await patient.status()).toBe("REQUESTED");
    provider.behaveHonestly();
    await advance(6);
    await until(patient.status, "SENT");
    expect(received(patient.fan.email)).toHaveLength(1);

    provider.behave(replying({ MAIL: "451 not now" }));
    await line.tick();
    await idle();
    await advance(121);
    await until(unlucky.status, "FAILED");
    expect(received(unlucky.fan.email)).toEqual([]);
  });

  it("does not count as a try that the provider is left alone", async () => {
    const queue = await shop.queue();
    const fans: Awaited<ReturnType<typeof joining>>[] = [];
    for (let count = 0; count < 8; count += 1) fans.push(await joining(queue.id));
    provider.behave(replying({ MAIL: "451 not now" }));
    start(true);
    await testLine(server.db, queue.id).tick();
    await idle();
    const tries = await server.db.query<{ tries: number }>("select tries from turn_mails order by tries");
    expect(tries.at(0)?.tries).toBe(0);
    expect(tries.at(-1)?.tries).toBe(1);
    provider.behaveHonestly();
    // The first mail that is tried again shows that the provider is there.
    await server.until(
      async () => {
        // Not while one is under way: the clock would say that its worker has died.
        await idle();
        await advance(10);
        return Promise.all(fans.map(({ status }) => status()));
      },
      (statuses) => statuses.every((status) => status === "SENT"),
    );
    for (const { fan } of fans) expect(received(fan.email)).toHaveLength(1);
  });

  it("gives up at an address that is refused for good, and asks again where it is refused for now", async () => {
    const queue = await shop.queue();
    const [gone, grey] = [await joining(queue.id), await joining(queue.id)];
    provider.behave(replying({ RCPT: "550 no such user" }));
    start(true);
    const line = testLine(server.db, queue.id);
    await line.tick({ most: 1 });
    await until(gone.status, "FAILED");
    provider.behave(replying({ RCPT: "450 greylisted, come back" }));
    await line.tick();
    await idle();
    provider.behaveHonestly();
    await advance(6);
    await until(grey.status, "SENT");
  });

  it("does not send again what may have gone out, but what was never handed over", async () => {
    const queue = await shop.queue();
    const [taken, waited] = [await joining(queue.id), await joining(queue.id)];
    provider.behave(replying({ message: null }));
    start(true, shortDeadlineMs);
    const line = testLine(server.db, queue.id);
    await line.tick({ most: 1 });
    await until(taken.status, "FAILED");
    provider.behave(replying({ greeting: null }));
    await line.tick();
    await idle();
    provider.behaveHonestly();
    await advance(6);
    await until(waited.status, "SENT");
    expect(received(taken.fan.email)).toEqual([]);
  });

  it("stops within seconds, whatever the provider does, gives back what it had not begun and does not send again what it broke off", async () => {
    const queue = await shop.queue();
    const fans = [await joining(queue.id), await joining(queue.id)];
    const reached = Promise.withResolvers<void>();
    provider.behave(replying({ message: null }, (step) => step === "message" && reached.resolve()));
    await testLine(server.db, queue.id).tick();
    // Both are taken at once, and the second waits for the first.
    start(true, 60_000);
    await reached.promise;
    await worker?.stop();
    const outcomes = await Promise.all(
      fans.map(async ({ status, entryId }) => [await status(), (await putOff(entryId)) < 1]),
    );
    expect(outcomes.sort()).toEqual([
      ["FAILED", false],
      ["REQUESTED", true],
    ]);
  });

  it("counts as a delivery of the organization's, and only where it goes out", async () => {
    const queue = await shop.queue();
    const { status, entryId } = await joining(queue.id);
    const { body: organization } = await shop.call("GET", "/api/v1/organizations/current");
    const organizationId = decodeId("organization", String(organization.id));
    await server.db.query("insert into organization_quotas (organization_id, deliveries) values ($1, 0)", [
      organizationId,
    ]);
    start();
    await testLine(server.db, queue.id).tick();
    await idle();
    expect(await putOff(entryId)).toBeGreaterThan(2);
    await server.db.query("update organization_quotas set deliveries = 1 where organization_id = $1", [
      organizationId,
    ]);
    await advance(6);
    await until(status, "SENT");
    const { body } = await shop.call("GET", "/api/v1/organizations/current");
    expect(body.quotas).toMatchObject({ deliveries: { limit: 1, used: 1 } });
    await server.db.query("delete from organization_quotas where organization_id = $1", [organizationId]);
  });
});
