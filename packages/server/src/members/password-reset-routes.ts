import { canonicalEmail, limits, shapes } from "@stanchion/contract";
import type { Mailer } from "../delivery/mail/index.ts";
import { jsonAnswer, type OperationHost, registerOperation } from "../platform/http/index.ts";
import type { Log } from "../platform/log.ts";
import { cookieHeader } from "./cookies.ts";
import { addKnownDevice } from "./known-devices.ts";
import { browserOf, type MemberDeps } from "./own-member-routes.ts";
import { mailReset, resetPassword } from "./password-reset.ts";
import { addressKeyOf } from "./sign-in.ts";

const mailsPerAddress = {
  authentication: {
    limit: limits.passwordResetsPerAddressMax,
    windowSeconds: limits.passwordResetsPerAddressSeconds,
  },
};

/** A new password by mail. Answers when the mails under way have gone out, for whoever stops the server. */
export function registerPasswordResetRoutes(
  host: OperationHost,
  deps: MemberDeps & { mailer: Mailer; baseUrl: () => string; log: Log },
): { drained(): Promise<unknown> } {
  const { mailer, log, secrets, clock } = deps;
  const underWay = new Set<Promise<void>>();

  // Whether somebody has the address must not show in how long the answer takes, so it does not wait for the mail.
  registerOperation(host, "requestPasswordReset", async (call) => {
    const email = canonicalEmail(call.readBody(shapes.passwordResetRequest).email);
    mailer.requireProvider(false);
    const key = `reset ${addressKeyOf(secrets, email).toString("hex")}`;
    const { isAllowed } = await host.rateLimiter.countText("authentication", key, mailsPerAddress);
    if (isAllowed) {
      const { requestId } = call;
      const mailing = mailReset(host.database, { clock, mailer, baseUrl: deps.baseUrl() }, email)
        .catch((error: unknown) => log.warn({ err: error, requestId }, "a mail for a new password failed"))
        .finally(() => underWay.delete(mailing));
      underWay.add(mailing);
    }
    return jsonAnswer(200, { ok: true });
  });

  registerOperation(host, "resetPassword", async (call) => {
    const { accountId, email } = await resetPassword(
      host.database,
      deps,
      call.readBody(shapes.passwordReset),
    );
    deps.sessions.forget(accountId);
    // Who reads the mails of the address is no stranger: from this browser it cannot be shut out.
    const { devices } = browserOf(host, call.request);
    const known = addKnownDevice(secrets, devices, addressKeyOf(secrets, email), clock.now());
    return { status: 204, headers: cookieHeader(call.request, "devices", known, host.publicUrl()) };
  });

  return { drained: () => Promise.all(underWay) };
}
