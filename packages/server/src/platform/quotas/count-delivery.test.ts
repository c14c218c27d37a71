import { decodeId, type Quotas } from "@stanchion/contract";
import { type Kysely, sql } from "kysely";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { changeLimitsOnHost } from "../../identity/index.ts";
import {
  codeCalls,
  errorOf,
  latestCode,
  replying,
  startMailProvider,
  startTestServer,
  type TestAnswer,
  type TestServer,
  type TestShop,
} from "../../testing/index.ts";
import { inOrganization, type Tables } from "../database/index.ts";

const dayMs = 86_400_000;
const mailTimeoutMs = 3_000;

describe("a quota of deliveries", () => {
  let server: TestServer;
  let shop: TestShop;
  beforeAll(async () => {
    server = await startTestServer({ isWorker: false });
  });
  afterAll(() => server.stop());
  beforeEach(async () => {
    shop = await server.shop();
  });

  let addresses = 0;
  const newEmail = () => {
    addresses += 1;
    return `person-${addresses}@example.com`;
  };
  const request = (email = newEmail()) => codeCalls(server, shop).request(email);
  const verify = (email: string, code: string) => codeCalls(server, shop).verify(email, code);
  const invite = (email = newEmail()) =>
    shop.call("POST", "/api/v1/invitations", { body: { email, role: "viewer" } });
  const grant = (deliveries: Quotas["deliveries"]) =>
    changeLimitsOnHost(server.db.database, decodeId("organization", shop.organizationId) ?? "", {
      quotas: { deliveries },
    });
  const used = async () => {
    const { body } = await shop.call("GET", "/api/v1/organizations/current");
    return (body.quotas as { deliveries: { limit: number; used: number; resetsAt: string } }).deliveries;
  };
  const statuses = (answers: readonly TestAnswer[], status: number) =>
    answers.filter((answer) => answer.status === status);

  it("lets exactly ten of 30 codes and invitations go out that are asked for at once", async () => {
    await grant(10);
    const asked = Array.from({ length: 30 }, (_, index) => (index % 3 === 0 ? invite() : request()));
    const answers = await Promise.all(asked);
    expect([...statuses(answers, 200), ...statuses(answers, 201)]).toHaveLength(10);
    const refused = statuses(answers, 409);
    expect(refused).toHaveLength(20);
    const { resetsAt } = await used();
    for (const answer of refused)
      expect(errorOf(answer)).toMatchObject({
        code: "QUOTA_EXCEEDED",
        details: { quota: "deliveries", limit: 10, used: 10, resetsAt },
        retryable: false,
      });
  });

  it("begins anew 24 hours after the first that was counted", async () => {
    await grant(1);
    expect((await request()).status).toBe(200);
    await server.advance(dayMs - 10_000);
    expect((await request()).status).toBe(409);
    await server.advance(10_000);
    expect((await request()).status).toBe(200);
    expect(await used()).toMatchObject({ limit: 1, used: 1 });
  });

  it("leaves the code that was sent before good, and tells an address that has had too many so first", async () => {
    await grant(10);
    const email = newEmail();
    for (let sent = 0; sent < 10; sent += 1) expect((await request(email)).status).toBe(200);
    expect(errorOf(await request(email)).code).toBe("RATE_LIMITED");
    expect(errorOf(await request()).code).toBe("QUOTA_EXCEEDED");
    expect((await verify(email, await latestCode(server, email))).status).toBe(200);
  });

  it("is told in the same words of an address that is known and of one that is not", async () => {
    const known = newEmail();
    await shop.call("POST", "/api/v1/consumers", { body: { email: known } });
    await grant(0);
    const [ofKnown, ofUnknown] = [await request(known), await request()].map((answer) => {
      const { requestId: _, ...said } = errorOf(answer);
      return { status: answer.status, said };
    });
    expect(ofKnown).toEqual(ofUnknown);
    expect(ofKnown?.said.details).toMatchObject({ quota: "deliveries", limit: 0, used: 0, resetsAt: null });
  });

  it("gets back what the provider did not take, and keeps what it may have taken", async () => {
    const provider = await startMailProvider({ hideSTARTTLS: true });
    const MAIL_FROM = "The Shop <line@example.com>";
    const env = { SMTP_URL: provider.url, MAIL_FROM, MAIL_TIMEOUT_MS: String(mailTimeoutMs) };
    const mailing = await startTestServer({ isWorker: false, env, database: server.db });
    const ask = () => codeCalls(mailing, shop).request(newEmail());
    const body = { email: newEmail(), role: "viewer" };
    try {
      await grant(5);
      provider.behave(replying({ greeting: "554 5.7.1 no" }));
      expect(errorOf(await ask()).code).toBe("MAIL_PROVIDER_FAILED");
      const invited = mailing.call("POST", "/api/v1/invitations", { bearer: shop.secretKey, body });
      expect(errorOf(await invited).code).toBe("MAIL_PROVIDER_FAILED");
      expect(await used()).toMatchObject({ used: 0 });
      provider.behave(() => {});
      expect(errorOf(await ask()).code).toBe("MAIL_PROVIDER_TIMEOUT");
      expect(await used()).toMatchObject({ used: 1 });
    } finally {
      await mailing.stop();
      await provider.stop();
    }
  });

  it("leaves of a refused invitation neither a row nor a record", async () => {
    await grant(0);
    const email = newEmail();
    expect(errorOf(await invite(email)).code).toBe("QUOTA_EXCEEDED");
    expect((await shop.call("GET", "/api/v1/invitations")).body.data).toEqual([]);
    const log = await shop.call("GET", "/api/v1/audit-log?action=invitation.created");
    expect(log.body.data).toEqual([]);
    await grant(null);
    expect((await invite(email)).status).toBe(201);
    expect(await used()).toEqual({ limit: null, used: null, resetsAt: null });
  });

  it("is out of reach of what acts for the organization, as every quota is", async () => {
    await grant(1);
    const organizationId = decodeId("organization", shop.organizationId) ?? "";
    const asTenant = (change: (db: Kysely<Tables>) => Promise<unknown>) =>
      inOrganization(server.db.database, { organizationId }, change);
    const own = sql<boolean>`organization_id = ${organizationId}`;
    await expect(
      asTenant((db) => db.updateTable("organizationQuotas").set({ deliveries: null }).where(own).execute()),
    ).rejects.toThrow("permission denied");
    await expect(asTenant((db) => db.deleteFrom("organizationQuotas").where(own).execute())).rejects.toThrow(
      "permission denied",
    );
  });

  it("counts for nobody else", async () => {
    await grant(0);
    const neighbour = await server.shop();
    expect((await codeCalls(server, neighbour).request(newEmail())).status).toBe(200);
  });
});
