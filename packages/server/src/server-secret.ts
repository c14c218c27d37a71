import { randomBytes } from "node:crypto";
import { mkdir, open, readFile } from "node:fs/promises";
import path from "node:path";

/** The secret of the data folder, made at the first start with mode 0600. */
export async function readOrMakeSecret(dataFolder: string): Promise<string> {
  const file = path.join(dataFolder, "secret");
  await mkdir(dataFolder, { recursive: true });
  try {
    const handle = await open(file, "wx", 0o600);
    await handle.writeFile(`${randomBytes(32).toString("base64url")}\n`);
    await handle.sync();
    await handle.close();
  } catch (error) {
    if (Object(error).code !== "EEXIST") throw error;
  }
  const secret = (await readFile(file, "utf8")).trim();
  if (secret.length < 32)
    throw new Error(
      `${file} holds no secret; put the old one back, or remove the whole data folder to begin anew`,
    );
  return secret;
}
