/** Mails to fans when it is their turn: `@stanchion/sdk/turn-mail`. */
import type { TurnMail } from "@stanchion/contract";
import { hasMembers } from "../answers.ts";
import type { CallOptions, EntryDesk } from "../entry-desk.ts";
import type { Stanchion } from "../stanchion.ts";
import { type ApiRequest, pathOf } from "../transport.ts";

export type { TurnMail };

/** Asks for the mail with the language that it shall be in. */
export interface TurnMailOptions extends CallOptions {
  /** A BCP 47 tag; by default what the browser sends, and English elsewhere. */
  readonly language?: string;
}

/** The mail that tells one fan of the turn in one queue. */
export interface TurnMails {
  /**
   * Whether it is asked for, and whether it can be.
   *
   * @throws {StanchionError} NOT_IN_QUEUE; AUTHENTICATION_REQUIRED when there is no session; what every call can throw.
   * @example
   * const { isAvailable, status, email } = await turnMails.read(queueId);
   */
  read(queueId: string, options?: CallOptions): Promise<TurnMail>;

  /**
   * Asks for it. Asking again changes nothing but the language.
   *
   * @throws {StanchionError} EMAIL_REQUIRED where no address is known to be the fan's own: confirm one by `auth.requestCode` and
   * `auth.verifyCode`, then ask again. NOT_IN_QUEUE, INVALID_STATE, ADMISSION_EXPIRED, ALREADY_COMPLETED, MAIL_PROVIDER_FAILED;
   * AUTHENTICATION_REQUIRED when there is no session; what every call can throw.
   * @example
   * const { email } = await turnMails.request(queueId, { language: "de" });
   */
  request(queueId: string, options?: TurnMailOptions): Promise<TurnMail>;

  /**
   * Takes that back.
   *
   * @throws {StanchionError} NOT_IN_QUEUE; AUTHENTICATION_REQUIRED when there is no session; what every call can throw.
   * @example
   * await turnMails.cancel(queueId);
   */
  cancel(queueId: string, options?: CallOptions): Promise<void>;
}

/**
 * The mails of a client's fan.
 *
 * @example
 * const turnMails = turnMailsOf(stanchion);
 * await turnMails.request(queueId);
 */
export function turnMailsOf({ queues }: Pick<Stanchion, "queues">): TurnMails {
  const ask = <T>(
    method: "GET" | "PUT" | "DELETE",
    queueId: string,
    isAnswer: (body: unknown) => body is T,
    { signal, language }: TurnMailOptions,
  ): Promise<T> => {
    const headers = language === undefined ? {} : { "Accept-Language": language };
    const request: ApiRequest = { method, path: pathOf("queue", queueId, "/turn-mail"), headers, signal };
    return deskOf(queues).callAs(request, isAnswer);
  };
  return {
    read: (queueId, options = {}) => ask("GET", queueId, isTurnMail, options),
    request: (queueId, options = {}) => ask("PUT", queueId, isTurnMail, options),
    cancel: async (queueId, options = {}) => void (await ask("DELETE", queueId, isNothing, options)),
  };
}

/** What a client shows as its `queues` stands in front of a desk. */
function deskOf(queues: Stanchion["queues"]): Pick<EntryDesk<never, never, never>, "callAs"> {
  return queues as unknown as EntryDesk<never, never, never>;
}

function isTurnMail(body: unknown): body is TurnMail {
  return hasMembers(body, "string", "queueId", "entryId", "status");
}

/** An answer without a body. */
function isNothing(body: unknown): body is undefined {
  return body === undefined;
}
