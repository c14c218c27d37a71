import { Redis } from "ioredis";

/** The Valkey or Redis of tests about limits that processes share. */
export const limitStoreUrl =
  process.env.TEST_VALKEY_URL ?? process.env.VALKEY_URL ?? "redis://127.0.0.1:6379/7";

/** Why tests that need the store cannot run; null where it answers. */
export async function whyNoLimitStore(): Promise<string | null> {
  const redis = new Redis(limitStoreUrl, {
    lazyConnect: true,
    retryStrategy: () => null,
    connectTimeout: 1_000,
  });
  redis.on("error", () => {});
  const why = await redis.connect().then(
    () => null,
    () => `no Valkey or Redis answers at ${new URL(limitStoreUrl).host}`,
  );
  redis.disconnect();
  return why;
}
