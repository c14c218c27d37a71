export { checkRefusal, exchangeBytes, type RawAnswer, readAnswers } from "./exchange-bytes.ts";
export { createTestDatabase, type TestDatabase } from "./test-database.ts";
export {
  countLockWaiters,
  holdLock,
  type TestLine,
  type TestStay,
  type TestTick,
  testLine,
} from "./test-line.ts";
export {
  errorOf,
  startTestServer,
  strangeId,
  type TestAnswer,
  type TestFan,
  type TestServer,
  type TestShop,
  wideLimits,
} from "./test-server.ts";
