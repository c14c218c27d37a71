import type { SessionTokens } from "@stanchion/contract";
import { generateKeyPair, generateProof, type KeyPair } from "dpop";
import type { CallOptions, TestAnswer, TestServer, TestShop } from "./test-server.ts";

/** A key of a device, made by a library of other people. */
export function newDeviceKey(alg: "ES256" | "Ed25519" = "ES256"): Promise<KeyPair> {
  return generateKeyPair(alg, { extractable: true });
}

export interface ProofParts {
  readonly method?: string;
  /** The path, of the server's own address. */
  readonly path?: string;
  readonly nonce?: string | undefined;
  readonly token?: string | undefined;
  readonly claims?: Record<string, string | number>;
}

export function proofOf(server: TestServer, key: KeyPair, parts: ProofParts): Promise<string> {
  const { method = "POST", path = "/api/v1/auth/guest", nonce, token, claims } = parts;
  return generateProof(key, server.url + path, method, nonce, token, claims);
}

/** A guest whose session is bound to a key; each call has a proof of its own, under the newest nonce. */
export interface BoundFan {
  readonly key: KeyPair;
  readonly tokens: SessionTokens;
  /** The newest nonce that the server has told. */
  readonly nonce: string | undefined;
  /** The same device with the tokens of another session. */
  with(tokens: SessionTokens): BoundFan;
  call(method: string, path: string, options?: CallOptions): Promise<TestAnswer>;
  enter(queueId: string, headers?: Record<string, string>): Promise<TestAnswer>;
  status(queueId: string, headers?: Record<string, string>): Promise<TestAnswer>;
  leave(queueId: string, headers?: Record<string, string>): Promise<TestAnswer>;
}

export async function boundFan(server: TestServer, shop: TestShop, given?: KeyPair): Promise<BoundFan> {
  const key = given ?? (await newDeviceKey());
  const start = async (nonce?: string): Promise<TestAnswer> =>
    server.call("POST", "/api/v1/auth/guest", {
      publishableKey: shop.publishableKey,
      headers: { DPoP: await proofOf(server, key, { nonce }) },
    });
  const nonceOf = ({ headers }: TestAnswer): string | undefined => headers.get("dpop-nonce") ?? undefined;
  // Where a test has moved the clocks, this one is wrong, as a phone's can be.
  const first = await start();
  const started = first.status === 401 ? await start(nonceOf(first)) : first;
  const tokens = started.body as unknown as SessionTokens;
  if (tokens.tokenType !== "DPoP") throw new Error(`no bound session: ${started.text}`);
  return fanOf(server, shop, key, tokens, nonceOf(started));
}

function fanOf(
  server: TestServer,
  shop: TestShop,
  key: KeyPair,
  tokens: SessionTokens,
  firstNonce: string | undefined,
): BoundFan {
  let nonce = firstNonce;
  const call: BoundFan["call"] = async (method, path, options = {}) => {
    const token = tokens.accessToken;
    const headers = {
      Authorization: `DPoP ${token}`,
      DPoP: await proofOf(server, key, { method, path, nonce, token }),
      ...options.headers,
    };
    const answer = await server.call(method, path, {
      publishableKey: shop.publishableKey,
      ...options,
      headers,
    });
    nonce = answer.headers.get("dpop-nonce") ?? nonce;
    return answer;
  };
  return {
    key,
    tokens,
    get nonce() {
      return nonce;
    },
    with: (others) => fanOf(server, shop, key, others, nonce),
    call,
    enter: (queueId, headers = {}) => call("POST", `/api/v1/queues/${queueId}/enter`, { headers }),
    status: (queueId, headers = {}) => call("GET", `/api/v1/queues/${queueId}/status`, { headers }),
    leave: (queueId, headers = {}) => call("POST", `/api/v1/queues/${queueId}/leave`, { headers }),
  };
}
