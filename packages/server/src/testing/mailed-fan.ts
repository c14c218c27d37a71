import { codeCalls, latestCode } from "./one-time-codes.ts";
import type { CallOptions, TestAnswer, TestFan, TestServer, TestShop } from "./test-server.ts";

/** A fan whose address is known. */
export interface MailedFan {
  readonly email: string;
  readonly consumerId: string;
  call(method: string, path: string, options?: CallOptions): Promise<TestAnswer>;
}

/** Lets a guest confirm an address, and go on with the session that comes of it; every place is kept. */
export async function confirmAddress(
  server: TestServer,
  shop: TestShop,
  fan: TestFan,
  email: string,
): Promise<MailedFan> {
  const calls = codeCalls(server, shop);
  await calls.request(email, fan.tokens.accessToken);
  const code = await latestCode(server, email);
  const { body } = await calls.verify(email, code, fan.tokens.accessToken);
  const { consumerId } = Object(body.session);
  const { publishableKey } = shop;
  return {
    email,
    consumerId,
    call: (method, path, options) =>
      server.call(method, path, { publishableKey, bearer: String(body.accessToken), ...options }),
  };
}
