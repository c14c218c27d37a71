import { hash, randomBytes } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { bls12_381 } from "@noble/curves/bls12-381.js";
import { type DrandChain, hashDrandChain } from "../fairness/beacon/drand-chain.ts";

/** A drand node with a key of its own, on this machine. */
export interface TestBeacon {
  readonly url: string;
  readonly chain: DrandChain;
  /** What it answers at /info: an element of the setting DRAND_CHAINS. */
  readonly info: Record<string, unknown>;
  /** The signature of a round, in hex. */
  sign(round: number): string;
  /** How it answers from now on; `signed`: as a node does, whether the round's time has come or not. */
  manner: BeaconManner;
  /** How many rounds it was asked for. */
  asked(): number;
  stop(): Promise<void>;
}

export type BeaconManner =
  | "signed"
  /** 404 for every round. */
  | "missing"
  /** Another round's signature. */
  | "forged"
  /** No answer at all. */
  | "silent"
  | "broken"
  /** An answer without an end. */
  | "endless"
  /** To another address, which would be right. */
  | "redirecting";

/** Starts a beacon; its first round came at `genesisMs`, by itself an hour ago. */
export async function startTestBeacon({
  genesisMs = Date.now() - 3_600_000,
  period = 3,
  beaconId = `made-up-${randomBytes(4).toString("hex")}`,
}: {
  genesisMs?: number;
  period?: number;
  beaconId?: string;
} = {}): Promise<TestBeacon> {
  const { secretKey, publicKey } = bls12_381.shortSignatures.keygen();
  const described = {
    beaconId,
    genesis: Math.floor(genesisMs / 1000),
    groupHash: randomBytes(32).toString("hex"),
    period,
    publicKey: Buffer.from(publicKey.toBytes()).toString("hex"),
  };
  const scheme = "bls-unchained-g1-rfc9380";
  const chain: DrandChain = { ...described, chainHash: hashDrandChain(described), scheme };
  const sign = (round: number): string => {
    const number = Buffer.alloc(8);
    number.writeBigUInt64BE(BigInt(round));
    const { hash: toPoint, sign, Signature } = bls12_381.shortSignatures;
    const point = toPoint(hash("sha256", number, "buffer"), "BLS_SIG_BLS12381G1_XMD:SHA-256_SSWU_RO_NUL_");
    return Buffer.from(Signature.toBytes(sign(point, secretKey))).toString("hex");
  };
  let asked = 0;
  const server = createServer((request, response) => {
    asked += 1;
    const [, chainHash, round] = /^\/([0-9a-f]{64})\/public\/(\d+)$/.exec(request.url ?? "") ?? [];
    if (chainHash !== chain.chainHash || beacon.manner === "missing") {
      response.writeHead(404).end("no such round");
      return;
    }
    switch (beacon.manner) {
      case "silent":
        return;
      case "broken":
        response.writeHead(500).end("{}");
        return;
      case "redirecting":
        response.writeHead(302, { Location: request.url }).end();
        return;
      case "endless": {
        const more = setInterval(() => response.write(" ".repeat(4096)), 1);
        response.on("close", () => clearInterval(more));
        return;
      }
      default: {
        const signature = sign(Number(round) + (beacon.manner === "forged" ? 1 : 0));
        response.writeHead(200, { "Content-Type": "application/json" });
        response.end(JSON.stringify({ round: Number(round), signature, randomness: "" }));
      }
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const beacon: TestBeacon = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    chain,
    info: {
      public_key: chain.publicKey,
      period,
      genesis_time: chain.genesis,
      hash: chain.chainHash,
      groupHash: chain.groupHash,
      schemeID: scheme,
      metadata: { beaconID: beaconId },
    },
    sign,
    manner: "signed",
    asked: () => asked,
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return beacon;
}
