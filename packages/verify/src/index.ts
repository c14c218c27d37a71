/** Checks draws and openings of lines: every step of `fair-draw-v1` and `fair-line-v1`, written apart from the server. */
export { bytesFromHex, bytesFromText, hexFromBytes, u32, u64 } from "./bytes.ts";
export { canonicalJson } from "./canonical-json.ts";
export { readAuthorities, type TrustedAuthority } from "./certificate.ts";
export {
  type CheckDrawOptions,
  type CheckedDraw,
  checkDraw,
  checkDrawEntry,
  type DrawEntryEvidence,
  type DrawEntryProof,
  type DrawEvidence,
  type DrawStanding,
} from "./check-draw.ts";
export { needsEntryProof } from "./check-draw-receipt.ts";
export { type CheckedLine, checkLine, type LineEvidence, type LineStanding } from "./check-line.ts";
export {
  checkLog,
  checkLogPart,
  findSeenSizes,
  type LogEvidence,
  type LogPartEvidence,
  type SeenLog,
} from "./check-log.ts";
export type { CheckStep } from "./check-step.ts";
export { type ConsistencyClaim, checkConsistency, makeConsistencyPath } from "./consistency-proof.ts";
export { type Beacon, type DrandBeacon, findDrandRound, hashDrandChain, timeOfDrandRound } from "./drand.ts";
export { checkDrandSignature, knownDrandChains } from "./drand-signature.ts";
export {
  type Award,
  commitToDrawSeed,
  type DrawLeaf,
  type DrawRules,
  type EntryLevel,
  hashRemovals,
  hashRules,
  hashSubject,
  makeDrawSeed,
  pickWinners,
  type Removal,
  type SeedParts,
  writeDrawLeaf,
} from "./draw.ts";
export { type DrawAddresses, findDrawAddresses } from "./draw-addresses.ts";
export type {
  AnnouncedDrawProof,
  DrawProof,
  DrawWitness,
  FrozenDrawProof,
  PublishedDrawProof,
} from "./draw-proof.ts";
export type { DrawLevel, Trust } from "./find-level.ts";
export { findReceiptMixUp } from "./find-receipt-mix-up.ts";
export { findLogGap, type GatherLogOptions, gatherLog } from "./gather-log.ts";
export { checkInclusion, type InclusionClaim, makeInclusionPath } from "./inclusion-proof.ts";
export { type CheckedStatement, checkStatement, type Jwk, type Jwks, type StatementType } from "./jws.ts";
export { describeLevel, describeRemoval, neverProven } from "./level-words.ts";
export {
  commitToLineSeed,
  findTicketOfRank,
  type LineLeaf,
  type LineRules,
  lineBeaconDelayMs,
  makeLineSeed,
  rankTicket,
  writeLineLeaf,
} from "./line.ts";
export { findLineAddresses, type LineAddresses } from "./line-addresses.ts";
export type { LineEnd, RankFate } from "./line-progress.ts";
export {
  type AnnouncedLineProof,
  type FrozenLineProof,
  isLineDrawn,
  isOfLine,
  type LineProof,
  type PublishedLineProof,
} from "./line-proof.ts";
export {
  type GrowingTree,
  growTree,
  hashLeaf,
  hashNode,
  rootOfLeafHashes,
  rootOfLeaves,
} from "./merkle-tree.ts";
export { rankLeaves } from "./ranking.ts";
export { hashLogEntry, type LogEntry, type LogPage } from "./read-log.ts";
export {
  checkReceipt,
  findReceiptFault,
  hashReceiptBody,
  type Receipt,
  type ReceiptBody,
} from "./receipt.ts";
export { shuffleAll, shuffleIndex, unshuffleIndex } from "./shuffle.ts";
export { splitLines } from "./split-lines.ts";
