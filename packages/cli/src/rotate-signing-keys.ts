import { parseArgs } from "node:util";
import { keyPurposes, rotateSigningKeys } from "@stanchion/server";
import { withDatabase } from "./with-database.ts";

/** `stanchion signing-keys rotate [PURPOSE]`: a new signing key, for admission tokens unless another purpose is named. */
export async function rotateSigningKey(args: readonly string[]): Promise<number> {
  const { positionals } = parseArgs({ args: [...args], options: {}, allowPositionals: true });
  const [word = "admission", ...rest] = positionals;
  const purpose = keyPurposes.find((one) => one === word);
  if (purpose === undefined || rest.length > 0) {
    console.error(`signing-keys rotate takes one of these words, or none: ${keyPurposes.join(", ")}.`);
    return 2;
  }
  const keyId = await withDatabase(({ database, secrets }) => rotateSigningKeys(database, secrets, purpose));
  console.log(
    `The new key ${keyId} is in the JWKS now and signs in ten minutes. Nothing else is to be done.`,
  );
  return 0;
}
