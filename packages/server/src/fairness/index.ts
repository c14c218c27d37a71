export { appendToLog, type LogHead, lockLog } from "./append-to-log.ts";
export { type DrandChain, roundAt, roundThatCounts, timeOfRound } from "./beacon/drand-chain.ts";
export { type FetchedRound, fetchRound } from "./beacon/fetch-round.ts";
export { chainNamed, isKnownChain } from "./beacon/known-chains.ts";
export { readChains } from "./beacon/read-chains.ts";
export {
  drandUrlsDefault,
  type FairnessSettings,
  readCertificateFile,
  readDrandUrls,
  readHttpUrl,
} from "./fairness-settings.ts";
export type { Hashed, LogEntry, LogEvent } from "./log-entry.ts";
export { registerFairnessLogRoutes } from "./log-routes.ts";
export type { LogOwner } from "./log-store.ts";
export {
  appendLeaf,
  emptyRoot,
  hashLeaf,
  hashNode,
  rootOfFrontier,
  treeOfLeaves,
} from "./merkle-tree.ts";
export { rankInThread } from "./rank-in-thread.ts";
export { makeReceipts, makeReceiptTexts, type ReceiptFacts, type SignedReceipt } from "./receipts.ts";
export { type StatementType, signStatement } from "./statement.ts";
export { createTimeStampWitness } from "./witness/time-stamp.ts";
export { type Witness, WitnessError, type WitnessRecord } from "./witness/witness.ts";
