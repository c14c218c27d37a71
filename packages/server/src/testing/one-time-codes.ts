import { noteSecret } from "./logged-secrets.ts";
import type { TestAnswer, TestServer, TestShop } from "./test-server.ts";

/** The code of the latest mail to this address on the page of the mailbox. */
export async function latestCode(server: TestServer, email: string): Promise<string> {
  const { text } = await server.call("GET", "/dev/mailbox");
  const mail = text.split("<article>").find((article) => article.includes(`To ${email.toLowerCase()},`));
  return codeIn(mail ?? "");
}

/** The code that a mail tells. */
export function codeIn(text: string): string {
  const code = /\b(\d{6})\b/.exec(text)?.[1];
  if (code === undefined) throw new Error(`no code in: ${text}`);
  noteSecret(code);
  return code;
}

/** Another code than this one. */
export function wrongCode(code: string): string {
  return String((Number(code) + 1) % 1_000_000).padStart(6, "0");
}

export interface CodeCalls {
  request(email: string, bearer?: string): Promise<TestAnswer>;
  verify(email: string, code: string, bearer?: string): Promise<TestAnswer>;
}

/** The two calls of signing in by a code, with the publishable key of a shop. */
export function codeCalls(server: TestServer, shop: TestShop): CodeCalls {
  const post = (route: string, body: unknown, bearer: string | undefined): Promise<TestAnswer> =>
    server.call("POST", `/api/v1/auth/otp/${route}`, {
      publishableKey: shop.publishableKey,
      body,
      ...(bearer === undefined ? {} : { bearer }),
    });
  return {
    request: (email, bearer) => post("request", { email }, bearer),
    verify: (email, code, bearer) => post("verify", { email, code }, bearer),
  };
}
