import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createOrganization } from "../packages/server/src/identity/index.ts";
import { createTestDatabase, type TestDatabase, testLine } from "../packages/server/src/testing/index.ts";
import {
  type Guest,
  makeGuests,
  makeQueue,
  type ServerProcess,
  startServerProcess,
  until,
} from "./server-process.ts";

const killCount = process.env.FULL === "1" ? 20 : 5;
const joinsBetweenKills = 150;
const crowdSize = (killCount + 1) * joinsBetweenKills;
const atOnce = 40;
const maxAdmissions = Math.floor(crowdSize * 0.7);

describe("a server that is killed again and again while a crowd joins", () => {
  let db: TestDatabase;
  let server: ServerProcess;
  let port = 0;
  beforeAll(async () => {
    db = await createTestDatabase();
    server = await startServerProcess("start", { databaseUrl: db.url });
    port = Number(new URL(server.url).port);
  });
  afterAll(async () => {
    await server.kill("SIGKILL");
    await db.drop();
  });

  it(`keeps every place that it acknowledged, through ${killCount} kills`, { timeout: 300_000 }, async () => {
    const { publishableKey, secretKey } = await createOrganization(db.database, { name: "Shop" });
    const { url } = server;
    const queueId = await makeQueue(url, secretKey, { admitRate: 6_000, maxAdmissions });
    const line = testLine(db, queueId);
    const waiting = await makeGuests(url, publishableKey, crowdSize);
    const acknowledged = new Map<string, { entryId: string; ticket: number }>();
    let restarting: Promise<void> | null = null;
    let failures = 0;

    const killAndStart = async (): Promise<void> => {
      await server.kill("SIGKILL");
      server = await startServerProcess("start", { databaseUrl: db.url, port });
      restarting = null;
    };
    const joinUntilAnswered = async (guest: Guest): Promise<void> => {
      for (;;) {
        const answer = await guest.call(url, "POST", `/api/v1/queues/${queueId}/enter`, {
          "Idempotency-Key": "join",
        });
        if (answer?.status === 201) {
          const { entryId, ticket } = answer.body as { entryId: string; ticket: number };
          acknowledged.set(guest.consumerId, { entryId, ticket });
          return;
        }
        failures += 1;
        await restarting;
      }
    };
    let kills = 0;
    const walkIn = async (): Promise<void> => {
      for (let guest = waiting.pop(); guest !== undefined; guest = waiting.pop()) {
        if (kills < killCount && acknowledged.size >= (kills + 1) * joinsBetweenKills) {
          kills += 1;
          restarting ??= killAndStart();
        }
        await joinUntilAnswered(guest);
      }
    };
    await Promise.all(Array.from({ length: atOnce }, walkIn));
    await restarting;
    expect(kills).toBe(killCount);
    expect(failures).toBeGreaterThanOrEqual(killCount);

    const admittedCount = async () =>
      (await line.stays()).filter((stay) => stay.status === "ADMITTED").length;
    await until(admittedCount, (count) => count >= maxAdmissions, 60_000);
    const stays = await line.stays();
    expect(stays.map((stay) => stay.ticket)).toEqual(stays.map((_, index) => index + 1));
    expect(new Set(stays.map((stay) => stay.consumerId)).size).toBe(crowdSize);
    expect(stays).toHaveLength(crowdSize);
    const tickets = new Set([...acknowledged.values()].map(({ ticket }) => ticket));
    expect(tickets.size).toBe(crowdSize);
    expect(stays.slice(0, maxAdmissions).every((stay) => stay.status === "ADMITTED")).toBe(true);
    expect(stays.slice(maxAdmissions).every((stay) => stay.status === "QUEUED")).toBe(true);
    const times = stays.slice(0, maxAdmissions).map((stay) => stay.admittedAt?.getTime() ?? 0);
    expect(times).toEqual([...times].sort((a, b) => a - b));
  });
});
