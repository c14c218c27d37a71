import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { decodeId } from "@stanchion/contract";
import { Webhook } from "standardwebhooks";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import {
  startTestReceiver,
  startTestServer,
  type TestReceiver,
  type TestServer,
  type TestShop,
} from "../../server/src/testing/index.ts";

const main = new URL("./main.ts", import.meta.url).pathname;

describe("stanchion listen and trigger", () => {
  let server: TestServer;
  let shop: TestShop;
  let receiver: TestReceiver;
  let child: ChildProcess | undefined;
  beforeAll(async () => {
    server = await startTestServer();
  });
  afterAll(() => server.stop());
  beforeEach(async () => {
    shop = await server.shop();
    receiver = await startTestReceiver();
  });
  afterEach(async () => {
    child?.kill("SIGKILL");
    await receiver.stop();
  });

  const asked = (key = shop.secretKey) => ["--url", server.url, "--key", key];
  const run = (...args: string[]) =>
    new Promise<{ code: number; out: string; err: string }>((done) => {
      // No database is known: a developer has none.
      execFile(process.execPath, [main, ...args], { env: { PATH: process.env.PATH } }, (error, out, err) =>
        done({ code: error === null ? 0 : Number(error.code), out, err }),
      );
    });
  const listen = async (...args: string[]) => {
    const listening = spawn(process.execPath, [main, "listen", "--forward-to", receiver.url, ...args]);
    child = listening;
    let out = "";
    listening.stdout.on("data", (piece: Buffer) => {
      out += piece.toString();
    });
    const told = (text: string) =>
      server.until(
        async () => out,
        (all) => all.includes(text),
      );
    await told("Press Ctrl-C to end.");
    const end = async (): Promise<number> => {
      const gone = once(listening, "exit");
      listening.kill("SIGINT");
      return (await gone)[0] as number;
    };
    return { told, end, secret: /whsec_\S+/.exec(out)?.[0] ?? "" };
  };

  it("brings events to a receiver of one's own, signed with the secret that was shown, and leaves nothing behind", async () => {
    const { told, end, secret } = await listen(...asked(), "--events", "queue.paused");
    const queue = await shop.queue();
    await shop.call("POST", `/api/v1/queues/${queue.id}/pause`);
    await told("queue.paused  evt_");
    expect(await told("→ 204 in ")).toContain(`test events of ${server.url}: queue.paused`);
    const [webhook] = receiver.received;
    expect(receiver.received.length).toBe(1);
    const verified = new Webhook(secret).verify(
      webhook?.text ?? "",
      webhook?.headers as Record<string, string>,
    );
    expect(verified).toMatchObject({
      id: webhook?.headers["webhook-id"],
      type: "queue.paused",
      data: { sequence: 1, id: queue.id, status: "PAUSED" },
    });
    expect(await end()).toBe(0);
    await server.advance(60_000);
    await server.until(
      () =>
        server.db.query("select from event_listeners where organization_id = $1", [
          decodeId("organization", shop.organizationId),
        ]),
      (rows) => rows.length === 0,
    );
  });

  it("brings an example to who listens, and says what a receiver answers", async () => {
    const type = "draw.consumer.won";
    const nobody = await run("trigger", type, ...asked());
    expect([nobody.code, nobody.err]).toEqual([
      1,
      expect.stringContaining("Nobody listens to draw.consumer.won."),
    ]);
    receiver.answer = (_, response) => void response.writeHead(500).end();
    const { told } = await listen(...asked());
    const { code, out } = await run("trigger", type, ...asked());
    expect([code, out]).toEqual([0, expect.stringContaining("goes to 1 listening.")]);
    await told("→ 500 in ");
    expect(receiver.received[0]?.body).toMatchObject({ type, sample: true });
  });

  it("sends an example straight to an address, and knows what was meant", async () => {
    const sent = await run("trigger", "order.created", "--forward-to", receiver.url);
    const secret = /whsec_\S+(?=;)/.exec(sent.out)?.[0] ?? "";
    expect([sent.code, sent.err]).toEqual([0, ""]);
    const [webhook] = receiver.received;
    new Webhook(secret).verify(webhook?.text ?? "", webhook?.headers as Record<string, string>);
    const wrong = await run("trigger", "queue.consumer.admited", ...asked());
    expect(wrong).toMatchObject({
      code: 2,
      err: "There is no event queue.consumer.admited. Did you mean queue.consumer.admitted?\n",
    });
  });

  it("refuses live keys without --live, what is no key, and a receiver without an address", async () => {
    const to = ["--forward-to", "localhost:3000/hooks"];
    const live = await run("listen", ...to, ...asked("sk_live_0123"));
    expect([live.code, live.err]).toEqual([2, expect.stringMatching(/^This is a live key/)]);
    expect((await run("listen", ...to, ...asked("pk_test_0123"))).code).toBe(2);
    expect((await run("listen", ...asked())).err).toMatch(/^--forward-to must be an address/);
    const unknown = await run("listen", ...to, ...asked("sk_test_0123"));
    expect([unknown.code, unknown.err]).toEqual([
      1,
      expect.stringContaining("The credential is not valid here."),
    ]);
  });
});
