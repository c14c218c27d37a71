import { decodeId } from "@stanchion/contract";
import type { Secrets } from "../../packages/server/src/platform/secrets.ts";
import { accessTokenOf, uuidOf } from "../made-up-people.ts";
import type { Case } from "./case.ts";
import type { Shop, Stage } from "./stage.ts";

/** The bearer of any consumer of a shop. */
export function bearerOf(secrets: Secrets, { organizationId }: Shop, consumerId: string): string {
  return accessTokenOf(secrets, decodeId("organization", organizationId) ?? "", consumerId);
}

/** Entering what stands at the path, such as `queues/{queueId}`, `count` consumers in a round. */
export function entering(
  { secrets }: Stage,
  shop: Shop,
  { path, count }: { path: string; count: number },
): Omit<Case, "name"> {
  const target = `/api/v1/${path}/enter`;
  // Made ahead, so that making them is not measured.
  let made: string[] = [];
  let madeFor = -1;
  return {
    port: "api",
    expected: "201",
    requestOf(round, index) {
      if (madeFor !== round) {
        madeFor = round;
        made = Array.from({ length: count }, (_, each) =>
          enterRequest(secrets, shop, target, `${round}/${each}`),
        );
      }
      return made[index] ?? "";
    },
    asked: enterRequest(secrets, shop, "/bare", "asked"),
  };
}

/** The whole HTTP text by which one consumer enters. `target`: the path of the operation; `who`: any text. */
export function enterRequest(secrets: Secrets, shop: Shop, target: string, who: string): string {
  const { consumerId, headers } = whoEnters(secrets, shop, `${target} ${who}`);
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return (
    `POST ${target} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 0\r\n` +
    `${lines.join("")}X-Fingerprint: device-of-${consumerId}\r\n\r\n`
  );
}

/** A consumer of their own for each text, and what they enter with. */
export function whoEnters(secrets: Secrets, shop: Shop, who: string) {
  const consumerId = uuidOf(`joiner ${who}`);
  const headers = {
    "X-Publishable-Key": shop.publishableKey,
    Authorization: `Bearer ${bearerOf(secrets, shop, consumerId)}`,
    "Idempotency-Key": uuidOf(`key ${who}`),
  };
  return { consumerId, headers };
}
