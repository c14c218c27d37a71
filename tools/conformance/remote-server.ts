/** A server of which only the address and keys are known. What cases make there is taken away afterwards. */
import { rateClasses } from "@stanchion/contract";
import type { Facilities, Keys, Need } from "./conformance-case.ts";
import type { ConformanceServer } from "./conformance-server.ts";
import { jsonOf, type SentRequest, sendRequest } from "./exchange.ts";
import { readMailbox } from "./mailbox.ts";
import type { Servers } from "./run-cases.ts";
import { readDocument } from "./served-document.ts";
import { createTraces, type Traces } from "./traces.ts";

export interface RemoteKeys {
  readonly secretKey: string;
  readonly publishableKey?: string;
  readonly other?: Keys;
}

export async function createRemoteServer(
  url: string,
  keys: RemoteKeys,
  say: (line: string) => void,
): Promise<Servers & { readonly traces: Traces }> {
  const request: SentRequest = {
    method: "GET",
    path: "/openapi.json",
    headers: {},
    body: null,
    isRaw: false,
  };
  const answer = await sendRequest(url, request);
  const document = jsonOf(answer);
  if (answer.status !== 200 || document === null)
    throw new Error(`${url}/openapi.json answered ${answer.status}: is that a Stanchion server?`);
  const usual = await readUsual(url, keys.secretKey);
  const checkout = await sendRequest(url, { ...request, path: "/dev/checkout" });
  const mailbox = await sendRequest(url, { ...request, path: "/dev/mailbox" });
  const facilities: Partial<Facilities> = {
    ...(checkout.status === 404 ? {} : { "demo shop": true }),
    patience: true,
    ...(usual ? { "usual limits": true } : {}),
    ...(mailbox.status === 200 ? { mailbox: (email: string) => readMailbox(url, email) } : {}),
    ...(keys.publishableKey === undefined ? {} : { "publishable key": keys.publishableKey }),
    ...(keys.other === undefined ? {} : { "other organization": keys.other }),
  };
  const traces = createTraces(url, keys.secretKey, say);
  const server: ConformanceServer = {
    url,
    secretKey: keys.secretKey,
    facilities,
    document: readDocument(document),
    shared: new Map(),
    casesAtOnce: 1,
    noted: traces.note,
    sending: traces.sending,
    close: traces.remove,
  };
  return {
    with: async (needs: readonly Need[]) =>
      needs.every((need) => Object.hasOwn(facilities, need)) ? server : null,
    close: () => server.close(),
    traces,
  };
}

/**
 * Whether the server counts as the contract says when nothing is set.
 * @throws {Error} where the key is refused: all that follows would be, until the limit of failed credentials is met
 */
async function readUsual(url: string, secretKey: string): Promise<boolean> {
  const headers = { Authorization: `Bearer ${secretKey}` };
  const path = "/api/v1/experiences";
  const answer = await sendRequest(url, { method: "GET", path, headers, body: null, isRaw: false });
  if (answer.status !== 200)
    throw new Error(`The secret key is refused: ${answer.status} ${String(jsonOf(answer)?.message)}`);
  const asked = { method: "POST", path: "/api/v1/api-keys", headers, body: null, isRaw: false };
  if ((await sendRequest(url, asked)).status === 403)
    throw new Error("The secret key cannot do everything: give one with the scopes * and keys:write.");
  return answer.headers.get("x-ratelimit-limit") === String(rateClasses.general.limit);
}
