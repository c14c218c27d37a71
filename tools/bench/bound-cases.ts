import { createHash, generateKeyPairSync, sign } from "node:crypto";
import { ProofNonces } from "../../packages/server/src/identity/proof-nonces.ts";
import { issueAccessToken } from "../../packages/server/src/identity/session-tokens.ts";
import type { Secrets } from "../../packages/server/src/platform/secrets.ts";
import type { Case } from "./case.ts";

const fansMax = 20_000;
// Longer than a run: only the server's own secret can make such a nonce.
const nonceAheadMs = 3_600_000;

/**
 * The status of fans whose sessions are bound to a key: with a proof that was judged before, as a fan who polls sends it, and
 * with a new one each time. `statusOf` makes the request of a fan from the headers that say who asks.
 */
export function makeBoundCases(options: {
  readonly size: number;
  readonly path: string;
  readonly organizationId: string;
  readonly secrets: Secrets;
  readonly requests: number;
  consumerOf(ticket: number): string;
  statusOf(ticket: number, credential: string): string;
}): Case[] {
  const { size, path, organizationId, secrets, requests, consumerOf, statusOf } = options;
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const { crv, kty, x, y } = publicKey.export({ format: "jwk" });
  const deviceKey = createHash("sha256").update(JSON.stringify({ crv, kty, x, y })).digest();
  const nonce = new ProofNonces(secrets).at(Date.now() + nonceAheadMs);
  const head = part({ typ: "dpop+jwt", alg: "ES256", jwk: { kty, crv, x, y } });
  let proofs = 0;
  const requestOf = (index: number): string => {
    const ticket = 1 + ((index * 7_919) % size);
    const consumerId = consumerOf(ticket);
    const subject = { organizationId, isLive: false, isConfirmed: false, isExternal: false, consumerId };
    const token = issueAccessToken(secrets, { ...subject, familyId: consumerId, deviceKey }, Date.now());
    proofs += 1;
    const claims = {
      jti: `bench-${proofs}-0123456789abcdef0123`,
      htm: "GET",
      htu: `http://127.0.0.1${path}`,
      iat: Math.floor(Date.now() / 1_000),
      nonce,
      ath: createHash("sha256").update(token).digest("base64url"),
    };
    const signed = `${head}.${part(claims)}`;
    const key = { key: privateKey, dsaEncoding: "ieee-p1363" } as const;
    const proof = `${signed}.${sign("sha256", Buffer.from(signed), key).toString("base64url")}`;
    return statusOf(ticket, `Authorization: DPoP ${token}\r\nDPoP: ${proof}\r\n`);
  };
  const made = new Map<string, readonly string[]>();
  const textsOf = (name: string, count: number): readonly string[] => {
    const known = made.get(name);
    if (known !== undefined) return known;
    const texts = Array.from({ length: count }, (_, index) => requestOf(index));
    made.set(name, texts);
    return texts;
  };
  const fans = Math.min(fansMax, requests);
  return [
    {
      name: "status, bound to a key, a proof that is known",
      port: "api",
      expected: "200",
      requestOf: (_, index) => textsOf("known", fans)[index % fans] ?? "",
    },
    {
      name: "status, bound to a key, a new proof each time",
      port: "api",
      expected: "200",
      requestOf: (round, index) => {
        made.delete(`round ${round - 1}`);
        return textsOf(`round ${round}`, requests)[index] ?? "";
      },
    },
  ];
}

function part(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}
