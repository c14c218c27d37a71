import { noteSecret } from "./logged-secrets.ts";
import type { TestServer } from "./test-server.ts";

/** The token of the latest mail to an address, from the page of mails that were not sent; null where there is none. */
export async function mailedToken(server: TestServer, email: string): Promise<string | null> {
  const { text } = await server.call("GET", "/dev/mailbox");
  const mail = text.split("<article>").find((article) => article.includes(`To ${email},`));
  const token = /Its token: ([\w-]{43})/.exec(mail ?? "")?.[1] ?? null;
  noteSecret(token);
  return token;
}
