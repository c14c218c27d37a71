import { ed25519 } from "@noble/curves/ed25519.js";
import { bytesFromHex, bytesFromText, hexFromBytes } from "../bytes.ts";
import { canonicalJson } from "../canonical-json.ts";
import { makeConsistencyPath } from "../consistency-proof.ts";
import { hashSubject } from "../draw.ts";
import { makeInclusionPath } from "../inclusion-proof.ts";
import { hashLeaf, rootOfLeafHashes } from "../merkle-tree.ts";
import type { ReceiptBody } from "../receipt.ts";
import { shuffleAll } from "../shuffle.ts";
import { officialFiles } from "./ethereum-shuffles.ts";
import { madeUpBytes, madeUpHex, madeUpId, madeUpLevel } from "./made-up.ts";
import { makeDrawVectors } from "./make-draw-vectors.ts";
import { makeLineVectors } from "./make-line-vectors.ts";
import { makeLogVectors } from "./make-log-vectors.ts";
import { makeProofVectors } from "./make-proof-vectors.ts";

/** Every file of vectors by its name, as text. */
export async function makeVectorFiles(): Promise<Record<string, string>> {
  return {
    "trees.json": writeVectors(makeTreeVectors()),
    "draws.json": writeVectors(makeDrawVectors()),
    "shuffles.json": writeVectors(makeShuffleVectors()),
    "lines.json": writeVectors(makeLineVectors()),
    "receipts.json": writeVectors(makeReceiptVectors()),
    "logs.json": writeVectors(makeLogVectors()),
    "proofs.json": writeVectors(await makeProofVectors()),
  };
}

/** One member on a line, and one element of a list of lists or objects: short to keep, and still to be read. */
function writeVectors(vectors: readonly object[]): string {
  const cases = vectors.map((vector) => {
    const members = Object.entries(vector).map(([name, value]) => `    "${name}": ${writeMember(value)}`);
    return `  {\n${members.join(",\n")}\n  }`;
  });
  return `[\n${cases.join(",\n")}\n]\n`;
}

function writeMember(value: unknown): string {
  const isListOfRows = Array.isArray(value) && typeof value[0] === "object";
  if (!isListOfRows) return JSON.stringify(value);
  return `[\n${value.map((row) => `      ${JSON.stringify(row)}`).join(",\n")}\n    ]`;
}

function makeTreeVectors() {
  const transparencyLeaves = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657"];
  const eight = [...transparencyLeaves, "606162636465666768696a6b6c6d6e6f"];
  const small = Array.from({ length: 9 }, (_, size) => eight.slice(0, size));
  const larger = [15, 16, 17, 33].map((size) => {
    return Array.from({ length: size }, (_, index) => madeUpHex(index, "leaf", index));
  });
  return [...small, ...larger].map((leaves) => {
    const hashes = leaves.map((leaf) => hashLeaf(bytesFromHex(leaf)));
    return {
      name: `tree of ${leaves.length}`,
      leaves,
      root: hexFromBytes(rootOfLeafHashes(hashes)),
      inclusion: hashes.map((_, index) => ({
        index,
        path: makeInclusionPath(hashes, index).map(hexFromBytes),
      })),
      consistency: Array.from({ length: leaves.length + 1 }, (_, from) => {
        return { from, path: makeConsistencyPath(hashes, from).map(hexFromBytes) };
      }),
    };
  });
}

function makeShuffleVectors() {
  const madeUp = [0, 1, 2, 3, 4, 5, 7, 8, 9, 255, 256, 257, 1000].map((count) => {
    return { seed: madeUpHex(32, "shuffle", count), count };
  });
  // The tests hold these against the files of Ethereum's own.
  const official = officialFiles.map(([seed, count]) => ({ seed, count }));
  return [...madeUp, ...official.filter(({ count }) => count <= 1000)].map(({ seed, count }) => {
    return { seed, count, shuffled: [...shuffleAll(count, bytesFromHex(seed))] };
  });
}

function makeReceiptVectors() {
  const secretKey = madeUpBytes(32, "receipt key");
  const kid = "vectors";
  const jwk = { crv: "Ed25519", kid, kty: "OKP", x: base64Url(ed25519.getPublicKey(secretKey)) };
  return [1, 5].map((size) => {
    const bodies = Array.from({ length: size }, (_, index) => makeReceiptBody(size, index));
    const leaves = bodies.map((body) => bytesFromText(canonicalJson(body)));
    const hashes = leaves.map(hashLeaf);
    const index = size - 1;
    const [header, payload] = [
      { alg: "EdDSA", kid, typ: "receipt+jws" },
      { logHead: madeUpHex(32, "log"), logSize: 41, root: hexFromBytes(rootOfLeafHashes(hashes)), size },
    ].map((part) => base64Url(bytesFromText(canonicalJson(part))));
    const signature = base64Url(ed25519.sign(bytesFromText(`${header}.${payload}`), secretKey));
    return {
      name: `receipt in a group of ${size}`,
      jwks: { keys: [jwk] },
      receipt: {
        body: bodies[index],
        salt: receiptSalt(size, index),
        index,
        size,
        path: makeInclusionPath(hashes, index).map(hexFromBytes),
        signature: `${header}.${payload}.${signature}`,
      },
      group: leaves.map(hexFromBytes),
    };
  });
}

function makeReceiptBody(size: number, index: number): ReceiptBody {
  const consumerId = madeUpId("cons", "receipt", size, index);
  return {
    consumerId,
    distributionId: madeUpId("draw", "receipt", size),
    enteredAt: "2027-03-01T10:00:00.123Z",
    entryId: madeUpId("ent", "receipt", size, index),
    level: madeUpLevel(index),
    number: index + 1,
    rulesHash: madeUpHex(32, "rules", size),
    subject: hexFromBytes(hashSubject(receiptSalt(size, index), consumerId)),
  };
}

function receiptSalt(size: number, index: number): string {
  return madeUpHex(16, "receipt salt", size, index);
}

function base64Url(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("base64url");
}
