import { bytesFromUuid } from "@stanchion/contract";
import { Entrant, type EntrantFacts } from "../fairness/index.ts";
import { newUuid, newUuidBytes } from "../platform/randomness.ts";

/** A guest without a device who asks to enter, for who writes groups without a request. */
export function testEntrant({
  consumerId = newUuid(Date.now()),
  ...more
}: Partial<Omit<EntrantFacts, "consumerBytes">> = {}): Entrant {
  return new Entrant({
    consumerId,
    consumerBytes: bytesFromUuid(consumerId),
    level: 0,
    device: { fingerprint: null, deviceKey: null },
    idempotencyKey: null,
    requestId: "req_1",
    newEntryBytes: () => newUuidBytes(Date.now()),
    ...more,
  });
}
