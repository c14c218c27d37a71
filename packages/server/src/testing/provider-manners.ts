import type { Socket } from "node:net";
import type { ProviderManners } from "./mail-provider.ts";

/** What a provider says to each step; what is not named it does as one should. `null`: nothing at all. */
export interface Replies {
  readonly greeting?: string | null;
  readonly EHLO?: string | null;
  readonly STARTTLS?: string | null;
  readonly AUTH?: string | null;
  readonly MAIL?: string | null;
  readonly RCPT?: string | null;
  readonly DATA?: string | null;
  /** After the message and its dot. */
  readonly message?: string | null;
}

const properReplies: Required<Replies> = {
  greeting: "220 mail.test ESMTP",
  EHLO: "250 mail.test",
  STARTTLS: "220 go ahead",
  AUTH: "235 welcome",
  MAIL: "250 ok",
  RCPT: "250 ok",
  DATA: "354 go ahead",
  message: "250 accepted",
};

/** Talks as a provider does, but for these replies. `afterwards` is called with the step once its reply is written. */
export function replying(
  replies: Replies,
  afterwards: (step: string, socket: Socket) => void = () => {},
): ProviderManners {
  const all = { ...properReplies, ...replies };
  return (socket) => {
    let isInMessage = false;
    let unread = "";
    const say = (step: keyof Replies): void => {
      const reply = all[step];
      if (reply !== null) socket.write(`${reply}\r\n`);
      afterwards(step, socket);
    };
    const hear = (line: string): void => {
      if (isInMessage) {
        if (line !== ".") return;
        isInMessage = false;
        say("message");
        return;
      }
      const verb = (line.split(/[ :]/)[0] ?? "").toUpperCase();
      const step = Object.keys(all).find((known): known is keyof Replies => known === verb);
      if (step === undefined) {
        socket.write(verb === "QUIT" ? "221 bye\r\n" : "500 what\r\n");
        return;
      }
      isInMessage = step === "DATA" && all.DATA?.startsWith("354") === true;
      say(step);
    };
    socket.on("data", (chunk: Buffer) => {
      const lines = (unread + chunk.toString("latin1")).split("\r\n");
      unread = lines.pop() ?? "";
      for (const line of lines) hear(line);
    });
    say("greeting");
  };
}

/** Says this text, byte by byte, one every `everyMs`, over and over. */
export function dripping(text: string, everyMs: number): ProviderManners {
  return (socket) => {
    let at = 0;
    const timer = setInterval(() => {
      socket.write(text.charAt(at % text.length));
      at += 1;
    }, everyMs);
    socket.on("close", () => clearInterval(timer));
  };
}

/** Greets, then says this over and over, until so many bytes are sent, as fast as they are taken. */
export function flooding(
  text: string,
  bytesMax: number,
  greeting = "",
): ProviderManners & { readonly sentBytes: () => number } {
  const block = Buffer.from(text.repeat(Math.ceil(65_536 / text.length)));
  let sentBytes = 0;
  const manners = (socket: Socket): void => {
    socket.write(greeting);
    const pour = (): void => {
      while (sentBytes < bytesMax && !socket.destroyed) {
        sentBytes += block.length;
        if (!socket.write(block)) return;
      }
    };
    socket.on("drain", pour);
    pour();
  };
  return Object.assign(manners, { sentBytes: () => sentBytes });
}
