/** What could not be installed, in words for a person. */
export class InstallError extends Error {}

/** Installs what the lock file of this folder names and is not there; tells `say` that it does. */
export function installMissing(root: string, say: (line: string) => void): Promise<void>;
