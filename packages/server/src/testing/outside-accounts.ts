import type { CallOptions, TestAnswer, TestServer, TestShop } from "./test-server.ts";

export interface AccountCalls {
  /** Vouches for a subject of https://id.example, or as `more` says. */
  authorize(subject: string, more?: Record<string, unknown>): Promise<TestAnswer>;
  /** The code for a subject. */
  codeFor(subject: string, more?: Record<string, unknown>): Promise<string>;
  exchange(exchangeCode: string, bearer?: string): Promise<TestAnswer>;
}

/** The two calls of signing in by an account of the shop's own. */
export function accountCalls(server: TestServer, shop: TestShop): AccountCalls {
  const authorize: AccountCalls["authorize"] = (subject, more) =>
    shop.call("POST", "/api/v1/auth/external/authorize", {
      body: { provider: "example", issuer: "https://id.example", subject, ...more },
    });
  return {
    authorize,
    async codeFor(subject, more) {
      const answer = await authorize(subject, more);
      if (answer.status !== 201) throw new Error(`no exchange code: ${answer.text}`);
      return String(answer.body.exchangeCode);
    },
    exchange(exchangeCode, bearer) {
      const options: CallOptions = { publishableKey: shop.publishableKey, body: { exchangeCode } };
      const path = "/api/v1/auth/external/exchange";
      return server.call("POST", path, bearer === undefined ? options : { ...options, bearer });
    },
  };
}
