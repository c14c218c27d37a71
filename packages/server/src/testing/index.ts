export { addKey } from "./add-key.ts";
export { type CarryCalls, carryCalls, type NewDevice } from "./carrying.ts";
export { checkDrawProof, drawProofOf } from "./check-draw-proof.ts";
export { checkLineProof, lineProofOf } from "./check-line-proof.ts";
export { type BoundFan, boundFan, newDeviceKey, type ProofParts, proofOf } from "./device-keys.ts";
export { bringDrawsOn, drawAmong, startDraws } from "./draw-among.ts";
export { bringOpeningsOn, drawnLine } from "./drawn-line.ts";
export { checkRefusal, exchangeBytes, type RawAnswer, readAnswers } from "./exchange-bytes.ts";
export { fillDraw } from "./fill-draw.ts";
export { limitStoreUrl, whyNoLimitStore } from "./limit-store.ts";
export { noteLogLine, noteSecretsOf } from "./logged-secrets.ts";
export { type ReceivedMail, startMailProvider, type TestMailProvider } from "./mail-provider.ts";
export { confirmAddress, type MailedFan } from "./mailed-fan.ts";
export { mailedToken } from "./mailed-tokens.ts";
export { type CodeCalls, codeCalls, codeIn, latestCode, wrongCode } from "./one-time-codes.ts";
export { mergedOf, openStream, type ReceivedEvent } from "./open-stream.ts";
export { type AccountCalls, accountCalls } from "./outside-accounts.ts";
export { dripping, flooding, type Replies, replying } from "./provider-manners.ts";
export { signedHook, standardSigned } from "./sign-hook.ts";
export { RefusedForNow, type StockedProduct, stocked } from "./stocked.ts";
export { createTestDatabase, type TestDatabase } from "./test-database.ts";
export { testEntrant } from "./test-entrant.ts";
export {
  countLockWaiters,
  holdLock,
  type TestLine,
  type TestStay,
  type TestTick,
  testLine,
} from "./test-line.ts";
export { insertMember } from "./test-members.ts";
export { startTestNameServer, type TestNameServer } from "./test-name-server.ts";
export { type ReceivedWebhook, startTestReceiver, type TestReceiver } from "./test-receiver.ts";
export {
  type CallOptions,
  cookiesOf,
  errorOf,
  startTestServer,
  strangeId,
  type TestAnswer,
  type TestFan,
  type TestMember,
  type TestServer,
  type TestShop,
  wideLimits,
} from "./test-server.ts";
