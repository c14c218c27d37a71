import { type EntryStatus, encodeId, type TurnMail } from "@stanchion/contract";
import { fillText, type Mail, onOneLine } from "../../delivery/mail/index.ts";
import { chooseTurnMailWords } from "./turn-mail-words.ts";

/** A mail that was asked for, as its row has it. DUE: the turn has come. */
export interface TurnMailRow {
  readonly status: "REQUESTED" | "DUE" | "SENT" | "FAILED";
  readonly language: string;
  readonly requestedAt: Date;
  readonly endedAt: Date | null;
}

/** What a mail tells. Names are the shop's own. */
export interface Turn {
  readonly email: string;
  readonly language: string;
  readonly queueName: string;
  readonly organizationName: string;
  /** The page of the shop that has the line; null: the server's own. */
  readonly pageUrl: string | null;
  readonly timeZone: string;
  readonly expiresAt: Date;
}

export function turnMailOf(about: {
  queueId: string;
  entryId: string;
  state: EntryStatus;
  isAvailable: boolean;
  email: string | null;
  row: TurnMailRow | undefined;
}): TurnMail {
  const { state, isAvailable, email } = about;
  // Of a place that was given up before its turn no mail comes.
  const isMoot = about.row?.status === "REQUESTED" && state !== "QUEUED" && state !== "ADMITTED";
  const row = isMoot ? undefined : about.row;
  return {
    queueId: encodeId("queue", about.queueId),
    entryId: encodeId("entry", about.entryId),
    isAvailable,
    status: row === undefined ? "NONE" : row.status === "DUE" ? "REQUESTED" : row.status,
    email: email === null ? null : hiddenAddress(email),
    language: row?.language ?? null,
    requestedAt: row?.requestedAt.toISOString() ?? null,
    sentAt: row?.status === "SENT" ? (row.endedAt?.toISOString() ?? null) : null,
  };
}

/** Enough for who owns it to know it: `f***@example.com`. */
export function hiddenAddress(email: string): string {
  const at = email.lastIndexOf("@");
  const [first = ""] = email.slice(0, at);
  return `${first}***${email.slice(at)}`;
}

/** The mail about a turn, in plain text. It has no token in it: who reads it without the fan's session can do nothing. */
export function composeTurnMail(
  turn: Turn,
  place: { entryId: string; queueId: string; baseUrl: string },
): Mail {
  const words = chooseTurnMailWords([turn.language]);
  const facts = {
    queue: onOneLine(turn.queueName),
    shop: onOneLine(turn.organizationName),
    until: timeIn(words.language, turn.timeZone, turn.expiresAt),
  };
  const say = (text: string): string => fillText(text, facts);
  return {
    to: turn.email,
    language: words.language,
    id: `turn.${encodeId("entry", place.entryId)}`,
    subject: say(words.subject),
    text: `${say(words.turn)}

${say(words.until)}

    ${linkOf(turn, place)}

${words.device}
${words.reason}
`,
  };
}

/** Where the fan's place is. Parsed, an address has no line break: none of a shop's own brings words into the mail. */
function linkOf({ pageUrl }: Turn, place: { queueId: string; baseUrl: string }): string {
  return pageUrl === null ? `${place.baseUrl}/q/${encodeId("queue", place.queueId)}` : new URL(pageUrl).href;
}

function timeIn(language: string, timeZone: string, at: Date): string {
  return new Intl.DateTimeFormat(language === "en" ? "en-GB" : language, {
    day: "numeric",
    month: "long",
    hour: "2-digit",
    minute: "2-digit",
    timeZoneName: "short",
    timeZone,
  }).format(at);
}

/** How long to wait after so many tries; null: enough was tried. */
export function retrySecondsAfter(tries: number): number | null {
  return retrySeconds[tries - 1] ?? null;
}

const retrySeconds = [5, 15, 45, 120, 300, 600, 1_200, 2_400, 3_600];
export const turnMailTriesMax = retrySeconds.length + 1;
