import type { SessionTokens } from "@stanchion/contract";
import type { KeyPair } from "dpop";
import { proofOf } from "./device-keys.ts";
import type { CallOptions, TestAnswer, TestFan, TestServer, TestShop } from "./test-server.ts";

const exchangePath = "/api/v1/auth/carry/exchange";

/** A device that goes on with what another one has. */
export interface NewDevice {
  readonly fingerprint?: string;
  readonly key?: KeyPair;
}

export interface CarryCalls {
  /** Makes the code on a fan's device. */
  make(fan: Pick<TestFan, "call">, fingerprint?: string): Promise<TestAnswer>;
  codeOf(fan: Pick<TestFan, "call">, fingerprint?: string): Promise<string>;
  exchange(carryCode: unknown, device?: NewDevice): Promise<TestAnswer>;
  /** The calls of the device that goes on, without a key. */
  as(answer: TestAnswer, fingerprint?: string): Pick<TestFan, "tokens" | "call" | "consumerId">;
}

/** The two calls of going on with another device. */
export function carryCalls(server: TestServer, shop: TestShop): CarryCalls {
  const { publishableKey } = shop;
  const make: CarryCalls["make"] = (fan, fingerprint) =>
    fan.call("POST", "/api/v1/auth/carry", { headers: headersOf(fingerprint) });
  const send = async (carryCode: unknown, { fingerprint, key }: NewDevice, nonce?: string) => {
    const proof =
      key === undefined ? {} : { DPoP: await proofOf(server, key, { path: exchangePath, nonce }) };
    const headers = { ...headersOf(fingerprint), ...proof };
    return server.call("POST", exchangePath, { publishableKey, headers, body: { carryCode } });
  };
  return {
    make,
    async codeOf(fan, fingerprint) {
      const answer = await make(fan, fingerprint);
      if (answer.status !== 201) throw new Error(`no carry code: ${answer.text}`);
      return String(answer.body.carryCode);
    },
    async exchange(carryCode, device = {}) {
      const first = await send(carryCode, device);
      const nonce = first.headers.get("dpop-nonce") ?? undefined;
      const isOldNonce = Object(first.body.details).reason === "nonce";
      return isOldNonce ? send(carryCode, device, nonce) : first;
    },
    as({ body }, fingerprint) {
      const tokens = body as unknown as SessionTokens;
      const call = (method: string, path: string, options: CallOptions = {}): Promise<TestAnswer> =>
        server.call(method, path, {
          publishableKey,
          bearer: tokens.accessToken,
          ...options,
          headers: { ...headersOf(fingerprint), ...options.headers },
        });
      return { tokens, consumerId: tokens.session.consumerId, call };
    },
  };
}

function headersOf(fingerprint: string | undefined): Record<string, string> {
  return fingerprint === undefined ? {} : { "X-Fingerprint": fingerprint };
}
