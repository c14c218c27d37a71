import type { Socket } from "node:net";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { mailLimits } from "../delivery/mail/index.ts";
import {
  type CodeCalls,
  codeCalls,
  codeIn,
  dripping,
  errorOf,
  flooding,
  type Replies,
  replying,
  startMailProvider,
  startTestServer,
  type TestAnswer,
  type TestMailProvider,
  type TestServer,
  type TestShop,
  wideLimits,
  wrongCode,
} from "../testing/index.ts";

const never = null;
const deadlineMs = 1_000;
const password = "p4ssw0rd-of-ours";
const { failuresInRowMax, restSeconds } = mailLimits;

describe("a mail provider", () => {
  let provider: TestMailProvider;
  let server: TestServer;
  let shop: TestShop;
  let fans: CodeCalls;
  let lines: string[] = [];
  beforeAll(async () => {
    provider = await startMailProvider({
      // Without TLS between us the loopback is fast enough for the short time limit on a busy machine.
      hideSTARTTLS: true,
      allowInsecureAuth: true,
      onAuth: ({ username, password: given }, _session, done) =>
        username === "shop" && given === password
          ? done(null, { user: username })
          : done(new Error("5.7.8 no")),
    });
    server = await startTestServer({
      isWorker: false,
      onLog: (line) => lines.push(line),
      env: {
        SMTP_URL: provider.url.replace("//", `//shop:${password}@`),
        MAIL_FROM: "The Shop <line@example.com>",
        MAIL_TIMEOUT_MS: String(deadlineMs),
        RATE_LIMITS: JSON.stringify(wideLimits),
      },
    });
  });
  beforeAll(async () => {
    shop = await server.shop();
    fans = codeCalls(server, shop);
  });
  beforeEach(() => {
    lines = [];
  });
  afterEach(async () => {
    provider.behaveHonestly();
    await server.advance(restSeconds * 1_000);
    await fans.request(newEmail());
  });
  afterAll(async () => {
    await server.stop();
    await provider.quiet();
    await provider.stop();
  });

  let addresses = 0;
  const newEmail = (): string => {
    addresses += 1;
    return `fan${addresses}@example.org`;
  };
  const code = (answer: TestAnswer): string => errorOf(answer).code;
  const lastCode = (): string => codeIn(subjectOf(provider.mails.at(-1)?.raw ?? ""));
  const withOffer = (replies: Replies): Replies => ({
    EHLO: "250-mail.test\r\n250 AUTH PLAIN",
    ...replies,
  });

  /** Asks for a code and holds the refusal against all that must be so of it, whatever the provider did. */
  const expectRefusal = async (email: string, wished: string): Promise<void> => {
    const began = performance.now();
    const answer = await fans.request(email);
    expect(performance.now() - began).toBeLessThan(deadlineMs + 1_000);
    expect(code(answer)).toBe(wished);
    expect(errorOf(answer)).toMatchObject({ details: {}, retryable: true });
    const logged = lines.map((line) => JSON.parse(line)).filter((line) => line.code === wished);
    expect(logged).toEqual([
      expect.objectContaining({ requestId: errorOf(answer).requestId, cause: expect.stringMatching(/\S/) }),
    ]);
    for (const secret of ["127.0.0.1", String(provider.port), "5.7.1", "ECONN", "no such user"])
      expect(answer.text).not.toContain(secret);
    for (const secret of [password, Buffer.from(`\0shop\0${password}`).toString("base64"), email])
      expect(lines.join("")).not.toContain(secret);
  };
  const expectFit = async (): Promise<void> => {
    await provider.quiet();
    provider.behaveHonestly();
    const before = provider.mails.length;
    expect((await fans.request(newEmail())).status).toBe(200);
    expect(provider.mails.length).toBe(before + 1);
  };

  it("gets the code of an address, in a mail that says whose it is and how long it is good", async () => {
    const email = newEmail();
    expect((await fans.request(email.toUpperCase())).status).toBe(200);
    const mail = provider.mails.at(-1);
    expect(mail).toMatchObject({ from: "line@example.com", to: [email] });
    expect(mail?.raw).toContain("From: The Shop <line@example.com>");
    expect(mail?.raw).toContain("Auto-Submitted: auto-generated");
    expect(mail?.raw).toContain("10 minutes");
    expect((await fans.verify(email, lastCode())).status).toBe(200);
  });

  const refusals: [string, Replies][] = [
    ["refuses the recipient with 550", { RCPT: "550 5.1.1 no such user" }],
    ["refuses the sender with 550", { MAIL: "550 5.7.1 not you" }],
    ["refuses the message with 451", { message: "451 4.3.0 later" }],
    ["is closing, 421", { greeting: "421 4.3.2 closing" }],
    ["does not take our password", { AUTH: `535 5.7.8 not with ${password}` }],
    [
      "repeats our password in a reply",
      { AUTH: `999 ${Buffer.from(`\0shop\0${password}`).toString("base64")}` },
    ],
    ["says yes as its greeting", { greeting: "250 ok" }],
    ["is a web server", { greeting: "HTTP/1.1 400 Bad Request\r\n\r\n<!doctype html><h1>no</h1>" }],
    ["says nonsense", { MAIL: "\u0000%%%" }],
  ];
  it.each(refusals)("that %s is a 502", async (_, replies) => {
    provider.behave(replying(withOffer(replies)));
    await expectRefusal(newEmail(), "MAIL_PROVIDER_FAILED");
    await expectFit();
  });

  it.each(["greeting", "EHLO", "AUTH", "MAIL", "RCPT", "DATA", "message"] as const)(
    "that hangs up in the middle of its reply to %s is a 502",
    async (step) => {
      const hangUp = (said: string, socket: Socket): void => {
        if (said === step) socket.end("2");
      };
      provider.behave(replying(withOffer({ [step]: never }), hangUp));
      await expectRefusal(newEmail(), "MAIL_PROVIDER_FAILED");
      await expectFit();
    },
  );

  it.each(["greeting", "EHLO", "AUTH", "MAIL", "RCPT", "DATA", "message"] as const)(
    "that falls silent instead of its reply to %s is a 504",
    async (step) => {
      provider.behave(replying(withOffer({ [step]: never })));
      await expectRefusal(newEmail(), "MAIL_PROVIDER_TIMEOUT");
      await expectFit();
    },
  );

  it("that drips is a 504", async () => {
    provider.behave(dripping("220-wait a little\r\n", 10));
    await expectRefusal(newEmail(), "MAIL_PROVIDER_TIMEOUT");
    await expectFit();
  });

  it.each([
    ["in one line", "x"],
    ["in lines", "220-more\r\n"],
    ["in empty lines", "\r\n"],
  ])("that says 1 GB %s is a 502, and costs no memory to speak of", async (_, text) => {
    const flood = flooding(text, 2 ** 30);
    provider.behave(flood);
    const before = process.memoryUsage.rss();
    await expectRefusal(newEmail(), "MAIL_PROVIDER_FAILED");
    await provider.quiet();
    expect(process.memoryUsage.rss() - before).toBeLessThan(2 ** 25);
    expect(flood.sentBytes()).toBeLessThan(2 ** 25);
    await expectFit();
  });

  it("that is not there is a 502, and is used again when it is back", async () => {
    await provider.goAway();
    await expectRefusal(newEmail(), "MAIL_PROVIDER_FAILED");
    await provider.comeBack();
    await expectFit();
  });

  it("that failed several times is left alone, and then tried by one mail", async () => {
    provider.behave(replying({ greeting: "554 no" }));
    for (let n = 0; n < failuresInRowMax; n += 1)
      expect(code(await fans.request(newEmail()))).toBe("MAIL_PROVIDER_FAILED");
    const { connections } = provider;
    const refused = await fans.request(newEmail());
    expect(errorOf(refused)).toMatchObject({
      error: "service_unavailable",
      code: "UPSTREAM_UNAVAILABLE",
      retryable: true,
    });
    const retryAfter = Number(refused.headers.get("retry-after"));
    expect(retryAfter).toBeGreaterThan(restSeconds - 10);
    expect(errorOf(refused).details).toEqual({ retryAfter });
    expect(provider.connections).toBe(connections);

    await server.advance(restSeconds * 1_000);
    const probes = await Promise.all([1, 2, 3, 4].map(() => fans.request(newEmail())));
    expect(probes.map(code).sort()).toEqual([
      "MAIL_PROVIDER_FAILED",
      ...Array(3).fill("UPSTREAM_UNAVAILABLE"),
    ]);
    expect(code(await fans.request(newEmail()))).toBe("UPSTREAM_UNAVAILABLE");

    await server.advance(restSeconds * 1_000);
    await expectFit();
    expect((await fans.request(newEmail())).status).toBe(200);
  });

  it("that does not know some addresses is not left alone for it", async () => {
    provider.behave(replying(withOffer({ RCPT: "550 5.1.1 no such user" })));
    for (let n = 0; n < 3 * failuresInRowMax; n += 1)
      expect(code(await fans.request(newEmail()))).toBe("MAIL_PROVIDER_FAILED");
    await expectFit();
  });

  it("that failed leaves no code behind, and does not use up what an address may be sent", async () => {
    const email = newEmail();
    expect((await fans.request(email)).status).toBe(200);
    const before = lastCode();
    for (let n = 0; n < 12; n += 1) {
      provider.behave(replying(withOffer({ RCPT: "550 5.1.1 no such user" })));
      expect(code(await fans.request(email))).toBe("MAIL_PROVIDER_FAILED");
    }
    expect(code(await fans.verify(email, before))).toBe("INVALID_OTP");
    provider.behaveHonestly();
    expect((await fans.request(email)).status).toBe(200);
    expect((await fans.verify(email, lastCode())).status).toBe(200);
  });

  it("that is left alone leaves the code alone that was sent before", async () => {
    const email = newEmail();
    expect((await fans.request(email)).status).toBe(200);
    const mailed = lastCode();
    provider.behave(replying({ greeting: "554 no" }));
    for (let n = 0; n < failuresInRowMax; n += 1) await fans.request(newEmail());
    expect(code(await fans.request(email))).toBe("UPSTREAM_UNAVAILABLE");
    expect((await fans.verify(email, mailed)).status).toBe(200);
  });

  it("that took the mail and did not say so in time may still deliver it: its code is good", async () => {
    const email = newEmail();
    let heard = "";
    provider.behave((socket) => {
      socket.on("data", (chunk: Buffer) => {
        heard += chunk.toString();
      });
      replying(withOffer({ message: never }))(socket);
    });
    expect(code(await fans.request(email))).toBe("MAIL_PROVIDER_TIMEOUT");
    const mailed = codeIn(subjectOf(heard));
    expect(code(await fans.verify(email, wrongCode(mailed)))).toBe("INVALID_OTP");
    expect((await fans.verify(email, mailed)).status).toBe(200);
  });

  it("is asked for mails by live keys too", async () => {
    const live = codeCalls(server, await server.shop({ isLive: true }));
    const email = newEmail();
    expect((await live.request(email)).status).toBe(200);
    expect((await live.verify(email, lastCode())).status).toBe(200);
  });

  it("takes the place of the mailbox page, and is counted in the metrics", async () => {
    expect(code(await server.call("GET", "/dev/mailbox"))).toBe("ROUTE_NOT_FOUND");
    const countOf = async (name: string): Promise<number> => {
      const { text } = await server.call("GET", "/metrics");
      const value = new RegExp(`^${name}\\S* (\\d+)$`, "m").exec(text)?.[1];
      if (value === undefined) throw new Error(`no ${name} in the metrics`);
      return Number(value);
    };
    const [sent, failed] = [
      await countOf("stanchion_mails_sent_total"),
      await countOf("stanchion_mails_failed_total"),
    ];
    await fans.request(newEmail());
    provider.behave(replying({ greeting: "554 no" }));
    await fans.request(newEmail());
    expect(await countOf("stanchion_mails_sent_total")).toBe(sent + 1);
    expect(await countOf("stanchion_mails_failed_total")).toBe(failed + 1);
    expect(await countOf("stanchion_mails_under_way")).toBe(0);
    expect(await countOf("stanchion_mail_provider_resting")).toBe(0);
  });
});

/** The subject of a message as it came over the wire; a subject in ASCII is written as it is. */
function subjectOf(raw: string): string {
  return /^Subject: (.*)$/m.exec(raw)?.[1] ?? "";
}
