export { type DrandChain, roundAt, roundThatCounts, timeOfRound } from "./beacon/drand-chain.ts";
export { chainNamed, isKnownChain } from "./beacon/known-chains.ts";
export { readChains } from "./beacon/read-chains.ts";
export { rankInThread } from "./rank-in-thread.ts";
