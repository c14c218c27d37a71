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

const lookEveryMs = 20;
const looksMax = 250;

/** The token of the latest mail to this address, from the same page; a mail may be on its way. */
export async function findMailedToken(serverUrl: string, email: string): Promise<string> {
  const request = { method: "GET", path: "/dev/mailbox", headers: {}, body: null, isRaw: false };
  for (let looks = 0; looks < looksMax; looks += 1) {
    const { text } = await sendRequest(serverUrl, request);
    const mail = text.split("<article>").find((article) => article.includes(`To ${email.toLowerCase()},`));
    const token = /Its token: ([\w-]{43})/.exec(mail ?? "")?.[1];
    if (token !== undefined) return token;
    await new Promise((resolve) => setTimeout(resolve, lookEveryMs));
  }
  throw new Error(`there is no mail with a token to ${email}`);
}
