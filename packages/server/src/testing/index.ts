export { createTestDatabase, type TestDatabase } from "./test-database.ts";
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
