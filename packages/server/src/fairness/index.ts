export { appendToLog, lockLog } from "./append-to-log.ts";
export { registerBeaconRoutes } from "./beacon/beacon-routes.ts";
export { type BeaconChoice, type ChosenBeacon, chooseBeacon } from "./beacon/choose-beacon.ts";
export { type DrandChain, roundAt, roundThatCounts, timeOfRound } from "./beacon/drand-chain.ts";
export { findChance } from "./beacon/find-chance.ts";
export { chainNamed, isKnownChain } from "./beacon/known-chains.ts";
export { readChains } from "./beacon/read-chains.ts";
export { ruledBeacon } from "./beacon/ruled-beacon.ts";
export { Entrant, type EntrantFacts, entrantArrays } from "./entrant.ts";
export { type EntryFacts, type ReceiptMaker, receiptMaker } from "./entry-receipts.ts";
export {
  drandUrlsDefault,
  type FairnessSettings,
  readCertificateFile,
  readDrandUrls,
  readHttpUrl,
} from "./fairness-settings.ts";
export { chunkLeaves, growTree, pathInTree } from "./leaf-tree.ts";
export { registerFairnessLogRoutes } from "./log-routes.ts";
export { hashLeaf } from "./merkle-tree.ts";
export { listProofParts } from "./proof-part-store.ts";
export {
  commaJoined,
  type RunStatement,
  statementsOf,
  writeProofParts,
} from "./proof-part-writer.ts";
export { rankInThread } from "./rank-in-thread.ts";
export { makeReceipts } from "./receipts.ts";
export { groupsByLog, receiptsOfGroups } from "./row-receipts.ts";
export { changedRules, writeRules } from "./rules.ts";
export { orderOf } from "./shuffle.ts";
export { shuffleInThread } from "./shuffle-in-thread.ts";
export { signStatement } from "./statement.ts";
export { subjectOf } from "./subject.ts";
export { seekWitness } from "./witness/seek-witness.ts";
export { createTimeStampWitness } from "./witness/time-stamp.ts";
export type { Witness, WitnessRecord } from "./witness/witness.ts";
