import { randomBytes } from "node:crypto";
import { access, link, mkdir, open, readFile, unlink } from "node:fs/promises";
import path from "node:path";

/** The secret of the data folder, made at the first start with mode 0600. */
export async function readOrMakeSecret(dataFolder: string): Promise<string> {
  const file = path.join(dataFolder, "secret");
  await mkdir(dataFolder, { recursive: true });
  if (!(await isThere(file))) await makeSecret(file);
  const secret = (await readFile(file, "utf8")).trim();
  if (secret.length < 32)
    throw new Error(
      `${file} holds no secret; put the old one back, or remove the whole data folder to begin anew`,
    );
  return secret;
}

function isThere(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}

/** Whole or not at all, and never over one that another process has just made. */
async function makeSecret(file: string): Promise<void> {
  const made = `${file}.${process.pid}`;
  const handle = await open(made, "w", 0o600);
  await handle.writeFile(`${randomBytes(32).toString("base64url")}\n`);
  await handle.sync();
  await handle.close();
  await link(made, file).catch((error: unknown) => {
    if (Object(error).code !== "EEXIST") throw error;
  });
  await unlink(made);
}
