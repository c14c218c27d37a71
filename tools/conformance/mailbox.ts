import { sendRequest } from "./exchange.ts";

/** The code of the latest mail to this address, from the page where a server without a mail provider shows those of test keys. */
export async function readMailbox(serverUrl: string, email: string): Promise<string> {
  const request = { method: "GET", path: "/dev/mailbox", headers: {}, body: null, isRaw: false };
  const { text } = await sendRequest(serverUrl, request);
  const mail = text.split("<article>").find((article) => article.includes(`To ${email.toLowerCase()},`));
  const code = /\b(\d{6})\b/.exec(mail ?? "")?.[1];
  if (code === undefined) throw new Error(`there is no mail with a code to ${email}`);
  return code;
}
