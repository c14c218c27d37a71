import { isConnectionBroken, MailBrokenOff, MailTooSlow } from "./mail-failure.ts";
import { mailLimits } from "./mail-limits.ts";
import type { SmtpServer } from "./mail-settings.ts";
import { type Envelope, SmtpSession } from "./smtp-session.ts";

/** More mails wait already than may. */
export class TooManyMails extends Error {
  constructor() {
    super(`${mailLimits.waitingMax} mails wait already`);
    this.name = "TooManyMails";
  }
}

interface IdleSession {
  readonly session: SmtpSession;
  readonly timer: NodeJS.Timeout;
}

/** The connections to the provider: so many mails under way at once, the others in a bounded queue, each within its time. */
export class SmtpPool {
  readonly #server: SmtpServer;
  readonly #deadlineMs: number;
  readonly #sessions = new Set<SmtpSession>();
  readonly #idle: IdleSession[] = [];
  readonly #waiting = new Set<() => void>();
  #underWay = 0;
  #isClosed = false;

  constructor(server: SmtpServer, deadlineMs: number) {
    this.#server = server;
    this.#deadlineMs = deadlineMs;
  }

  get underWay(): number {
    return this.#underWay;
  }

  /**
   * Hands one message over; throws {@link MailTooSlow}, {@link TooManyMails} or what the way to the provider threw. Where
   * `ending` is aborted the mail is broken off.
   */
  async send(envelope: Envelope, message: Buffer, ending?: AbortSignal): Promise<void> {
    const deadline = new AbortController();
    const breakOff = (): void => deadline.abort(new MailBrokenOff("broken off by who sends it"));
    ending?.addEventListener("abort", breakOff, { once: true });
    if (ending?.aborted) breakOff();
    const timer = setTimeout(() => deadline.abort(new MailTooSlow(this.#deadlineMs)), this.#deadlineMs);
    try {
      await this.#takeTurn(deadline.signal);
      try {
        await this.#sendInTurn(envelope, message, deadline.signal);
      } finally {
        this.#giveTurn();
      }
    } finally {
      clearTimeout(timer);
      ending?.removeEventListener("abort", breakOff);
    }
  }

  /** Says goodbye on idle connections; what is still under way is broken off. */
  async close(): Promise<void> {
    this.#isClosed = true;
    const idle = this.#idle.splice(0);
    for (const { timer } of idle) clearTimeout(timer);
    const ending = idle.map(({ session }) => session.end());
    const isIdle = new Set(idle.map(({ session }) => session));
    for (const session of this.#sessions)
      if (!isIdle.has(session)) breakOff(session, new MailBrokenOff("the server is stopping"));
    await Promise.all(ending);
    this.#sessions.clear();
  }

  async #takeTurn(signal: AbortSignal): Promise<void> {
    if (this.#underWay < mailLimits.underWayMax) {
      this.#underWay += 1;
      return;
    }
    if (this.#waiting.size >= mailLimits.waitingMax) throw new TooManyMails();
    await new Promise<void>((resolve, reject) => {
      const go = (): void => {
        signal.removeEventListener("abort", stop);
        resolve();
      };
      const stop = (): void => {
        this.#waiting.delete(go);
        reject(signal.reason);
      };
      this.#waiting.add(go);
      signal.addEventListener("abort", stop, { once: true });
    });
  }

  /** The turn goes to the one who has waited longest. */
  #giveTurn(): void {
    const [next] = this.#waiting;
    if (next === undefined) {
      this.#underWay -= 1;
      return;
    }
    this.#waiting.delete(next);
    next();
  }

  async #sendInTurn(envelope: Envelope, message: Buffer, signal: AbortSignal): Promise<void> {
    const used = this.#takeIdle();
    if (used !== null) {
      try {
        return await this.#sendBy(used, envelope, message, signal);
      } catch (error) {
        // A provider may end an idle connection whenever it likes, also in the moment in which we use it again.
        if (signal.aborted || this.#isClosed || !isConnectionBroken(error)) throw error;
      }
    }
    const fresh = new SmtpSession(this.#server);
    this.#sessions.add(fresh);
    await this.#sendBy(fresh, envelope, message, signal);
  }

  async #sendBy(
    session: SmtpSession,
    envelope: Envelope,
    message: Buffer,
    signal: AbortSignal,
  ): Promise<void> {
    const stop = (): void => breakOff(session, signal.reason);
    signal.addEventListener("abort", stop, { once: true });
    try {
      await session.deliver(envelope, message);
      this.#putIdle(session);
    } catch (error) {
      session.abort(new Error("a mail failed on it", { cause: error }));
      this.#sessions.delete(session);
      throw error;
    } finally {
      signal.removeEventListener("abort", stop);
    }
  }

  #takeIdle(): SmtpSession | null {
    for (;;) {
      const last = this.#idle.pop();
      if (last === undefined) return null;
      clearTimeout(last.timer);
      if (last.session.isGood) return last.session;
      this.#sessions.delete(last.session);
    }
  }

  #putIdle(session: SmtpSession): void {
    if (this.#isClosed || !session.isGood) {
      this.#discard(session);
      return;
    }
    const timer = setTimeout(() => {
      const index = this.#idle.findIndex((idle) => idle.session === session);
      if (index >= 0) this.#idle.splice(index, 1);
      this.#discard(session);
    }, mailLimits.idleConnectionMs);
    timer.unref();
    this.#idle.push({ session, timer });
  }

  #discard(session: SmtpSession): void {
    this.#sessions.delete(session);
    // It ends by itself within a moment, and nobody waits for it.
    session.end().catch(() => {});
  }
}

function breakOff(session: SmtpSession, reason: MailBrokenOff): void {
  reason.wasHandingOver = session.isHandingOver;
  session.abort(reason);
}
