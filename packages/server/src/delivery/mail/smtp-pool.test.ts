import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { startMailProvider, type TestMailProvider } from "../../testing/mail-provider.ts";
import { dripping, flooding, replying } from "../../testing/provider-manners.ts";
import { toMailFailure } from "./mail-failure.ts";
import { mailLimits } from "./mail-limits.ts";
import { readSmtpUrl } from "./mail-settings.ts";
import { SmtpPool, TooManyMails } from "./smtp-pool.ts";

const envelope = { from: "line@example.com", to: "fan@example.org" };
const message = Buffer.from("Subject: hello\r\n\r\nhello\r\n");
const never = null;
const deadlineMs = 400;
const megabyte = 1_048_576;

describe("mail to a provider", () => {
  let provider: TestMailProvider;
  let pool: SmtpPool;
  beforeAll(async () => {
    provider = await startMailProvider({ hideSTARTTLS: true });
    pool = new SmtpPool(readSmtpUrl(provider.url), deadlineMs);
  });
  afterAll(async () => {
    await pool.close();
    await provider.quiet();
    await provider.stop();
  });
  afterEach(() => provider.behaveHonestly());

  const send = (): Promise<void> => pool.send(envelope, message);
  /** How sending fails, and after how long. */
  const failure = async () => {
    const began = performance.now();
    const thrown = await send().then(
      () => {
        throw new Error("it was sent");
      },
      (error: unknown) => error,
    );
    const { kind, message: text } = toMailFailure(thrown);
    return { kind, text, tookMs: performance.now() - began };
  };
  /** Nothing stays open, and the next mail gets through. */
  const expectFit = async (): Promise<void> => {
    await provider.quiet();
    provider.behaveHonestly();
    const before = provider.mails.length;
    await send();
    expect(provider.mails.length).toBe(before + 1);
  };

  it("is handed over, and the connection is used again", async () => {
    const { connections } = provider;
    for (let n = 0; n < 3; n += 1) await send();
    expect(provider.mails.at(-1)).toMatchObject({ from: envelope.from, to: [envelope.to] });
    expect(provider.connections - connections).toBe(1);
    expect(provider.open).toBe(1);
  });

  it("goes over a fresh connection where the provider has ended the idle one", async () => {
    await send();
    const { connections } = provider;
    provider.behaveHonestly();
    await send();
    expect(provider.connections - connections).toBe(1);
  });

  it("goes over a fresh connection where the provider says goodbye in answer to it", async () => {
    let hasMail = false;
    provider.behave((socket) => {
      if (hasMail) replying({})(socket);
      else
        replying({}, (step) => {
          hasMail ||= step === "message";
        })(socket);
    });
    await send();
    provider.behave(replying({}));
    await send();
  });

  it(`is under way at most ${mailLimits.underWayMax} times at once, the others wait their turn`, async () => {
    let open = 0;
    let most = 0;
    provider.behave((socket) => {
      open += 1;
      most = Math.max(most, open);
      socket.on("close", () => {
        open -= 1;
      });
      replying({})(socket);
    });
    const patient = new SmtpPool(readSmtpUrl(provider.url), 30_000);
    await Promise.all(Array.from({ length: 60 }, () => patient.send(envelope, message)));
    expect(most).toBe(mailLimits.underWayMax);
    expect(patient.underWay).toBe(0);
    await patient.close();
  });

  it("is refused where too many wait already, and those that wait are done in time or not at all", async () => {
    provider.behave(replying({ greeting: never }));
    const all = mailLimits.underWayMax + mailLimits.waitingMax + 7;
    const ends = await Promise.allSettled(Array.from({ length: all }, send));
    const reasons = ends.map((end) => (end.status === "rejected" ? end.reason : null));
    expect(reasons.filter((reason) => reason instanceof TooManyMails)).toHaveLength(7);
    expect(reasons.filter((reason) => toMailFailure(reason).kind === "tooSlow")).toHaveLength(all - 7);
    expect(pool.underWay).toBe(0);
    await expectFit();
  });

  it.each([
    ["550 for the recipient", { RCPT: "550 5.1.1 no such user" }, "addressRefused"],
    ["451 for the recipient", { RCPT: "451 4.7.1 greylisted" }, "addressRefused"],
    ["421 for the recipient", { RCPT: "421 4.3.2 closing" }, "failed"],
    ["550 for the sender", { MAIL: "550 5.7.1 not you" }, "failed"],
    ["554 as its greeting", { greeting: "554 no service" }, "failed"],
    ["421 as its greeting", { greeting: "421 too busy" }, "failed"],
    ["451 after the message", { message: "451 4.3.0 later" }, "failed"],
    ["550 after the message", { message: "550 5.7.1 spam" }, "failed"],
    ["421 after the message", { message: "421 4.3.2 closing" }, "failed"],
    ["250 as its greeting", { greeting: "250 ok" }, "failed"],
    [
      "a web page",
      { greeting: "HTTP/1.1 400 Bad Request\r\n\r\n<!doctype html><title>no</title>" },
      "failed",
    ],
    ["a web page in the middle", { MAIL: "<html><body>Not here</body></html>" }, "failed"],
    ["nonsense", { EHLO: "\u0000\u0001\u0002 %%%" }, "failed"],
    ["empty lines", { EHLO: "\r\n\r\n\r\n999" }, "failed"],
    ["that it has no TLS after all", { EHLO: "250-mail.test\r\n250 STARTTLS", STARTTLS: "454 no" }, "failed"],
  ] as const)("fails at once where it says %s", async (_, replies, kind) => {
    provider.behave(replying(replies));
    expect(await failure()).toMatchObject({ kind });
    await expectFit();
  });

  it.each([
    ["before its greeting", { greeting: never }],
    ["after EHLO", { EHLO: never }],
    ["in the middle of TLS", { EHLO: "250-mail.test\r\n250 STARTTLS" }],
    ["after MAIL FROM", { MAIL: never }],
    ["after RCPT TO", { RCPT: never }],
    ["after DATA", { DATA: never }],
    ["after the message", { message: never }],
    ["in the middle of a long reply", { EHLO: "250-mail.test\r\n250-SIZE" }],
  ] as const)("is given up in time where it falls silent %s", async (_, replies) => {
    provider.behave(replying(replies));
    const { kind, tookMs } = await failure();
    expect(kind).toBe("tooSlow");
    expect(tookMs).toBeGreaterThanOrEqual(deadlineMs - 5);
    expect(tookMs).toBeLessThan(deadlineMs + 1_000);
    await expectFit();
  });

  it.each([
    ["a greeting", "220 mail.test welcomes you "],
    ["empty lines", "\r\n"],
    ["a reply that goes on and on", "220-still here\r\n"],
  ])("is given up in time where it drips %s byte by byte", async (_, text) => {
    provider.behave(dripping(text, 5));
    const { kind, tookMs } = await failure();
    expect(kind).toBe("tooSlow");
    expect(tookMs).toBeLessThan(deadlineMs + 1_000);
    await expectFit();
  });

  it.each(["greeting", "EHLO", "MAIL", "RCPT", "DATA", "message"] as const)(
    "fails at once where the connection ends in the middle of the reply to %s",
    async (step) => {
      const manners = replying({ [step]: never }, (said, socket) => {
        if (said === step) socket.end("25");
      });
      provider.behave(manners);
      expect((await failure()).kind).toBe("failed");
      await expectFit();
    },
  );

  it("fails at once where TLS begins with nonsense", async () => {
    const replies = { EHLO: "250-mail.test\r\n250 STARTTLS" };
    provider.behave(
      replying(replies, (step, socket) => {
        if (step === "STARTTLS") socket.once("data", () => socket.write("this is no TLS\r\n"));
      }),
    );
    expect(await failure()).toMatchObject({ kind: "failed", text: expect.stringContaining("SSL") });
    await expectFit();
  });

  it("fails at once where nobody listens, and passes when somebody does again", async () => {
    await provider.goAway();
    expect(await failure()).toMatchObject({ kind: "failed", text: expect.stringContaining("ECONNREFUSED") });
    await provider.comeBack();
    await expectFit();
  });

  it.each([
    ["in one line", "x", ""],
    ["in empty lines", "\r\n", ""],
    ["in one reply of many lines", "250-more\r\n", "220 hi\r\n"],
    ["in replies that nobody asked for", "250 ok\r\n", "220 hi\r\n"],
    ["in greetings", "220 hi\r\n", ""],
  ])("takes no memory to speak of where the provider says 1 GB %s", async (_, text, greeting) => {
    const flood = flooding(text, 1_024 * megabyte, greeting);
    provider.behave(flood);
    const before = process.memoryUsage.rss();
    expect((await failure()).kind).toBe("failed");
    await provider.quiet();
    expect(process.memoryUsage.rss() - before).toBeLessThan(32 * megabyte);
    // The rest lies in the buffers of the system, on both ends.
    expect(flood.sentBytes()).toBeLessThan(32 * megabyte);
    await expectFit();
  });

  it("fails where everything is answered with yes before it was asked", async () => {
    provider.behave((socket) => void socket.write(`220 hi\r\n${"250 ok\r\n".repeat(50)}`));
    expect((await failure()).kind).toBe("failed");
    await expectFit();
  });

  it("leaves nothing open when it is closed, also what is under way", async () => {
    const closing = new SmtpPool(readSmtpUrl(provider.url), 60_000);
    await closing.send(envelope, message);
    const reached = Promise.withResolvers<void>();
    provider.behave(
      replying({ EHLO: never }, (step) => {
        if (step === "EHLO") reached.resolve();
      }),
    );
    const ended = expect(closing.send(envelope, message)).rejects.toThrow("stopping");
    await reached.promise;
    await closing.close();
    await ended;
    await provider.quiet();
    expect(provider.open).toBe(0);
  });
});
