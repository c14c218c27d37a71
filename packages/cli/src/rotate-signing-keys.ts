import { rotateSigningKeys } from "@stanchion/server";
import { withDatabase } from "./with-database.ts";

/** `stanchion signing-keys rotate`: a new signing key for admission tokens. */
export async function rotateSigningKey(): Promise<number> {
  const keyId = await withDatabase(({ database, secrets }) => rotateSigningKeys(database, secrets));
  console.log(
    `The new key ${keyId} is in the JWKS now and signs in ten minutes. Nothing else is to be done.`,
  );
  return 0;
}
