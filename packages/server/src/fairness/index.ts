export { appendToLog, lockLog } from "./append-to-log.ts";
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
export { registerFairnessLogRoutes } from "./log-routes.ts";
export { hashLeaf, treeOfLeaves } from "./merkle-tree.ts";
export { rankInThread } from "./rank-in-thread.ts";
export { makeReceipts } from "./receipts.ts";
export { signStatement } from "./statement.ts";
export { createTimeStampWitness } from "./witness/time-stamp.ts";
export { type Witness, WitnessError, type WitnessRecord } from "./witness/witness.ts";
