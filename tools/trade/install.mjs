/** Installs the tools of this folder when they are missing: nobody who only starts the server needs them. */
import { InstallError, installMissing } from "../install-missing.mjs";

export async function installTools() {
  try {
    await installMissing(import.meta.dirname, (line) => console.error(line));
  } catch (error) {
    if (!(error instanceof InstallError)) throw error;
    console.error(error.message);
    process.exit(1);
  }
}

if (import.meta.main) await installTools();
