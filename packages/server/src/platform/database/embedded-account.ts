import { chown, mkdtemp, realpath, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";

/** The user and group PostgreSQL runs as: it refuses to run as root. */
export interface Account {
  readonly uid: number;
  readonly gid: number;
}

const nobody: Account = { uid: 65_534, gid: 65_534 };

/**
 * The account to switch to for the cluster in `folder`: its owner, or nobody in particular for a new one.
 * Null where we are not root and PostgreSQL runs as we do.
 */
export async function accountFor(folder: string): Promise<Account | null> {
  if (process.getuid?.() !== 0) return null;
  const owner = await stat(folder).catch(() => null);
  return owner === null || owner.uid === 0 ? nobody : { uid: owner.uid, gid: owner.gid };
}

/** Whether `account` may walk down to `folder` and into it. */
export async function canReach(folder: string, account: Account): Promise<boolean> {
  for (let path = await realpath(folder); ; path = dirname(path)) {
    const { uid, gid, mode } = await stat(path);
    const wanted = uid === account.uid ? 0o100 : gid === account.gid ? 0o010 : 0o001;
    if ((mode & wanted) === 0) return false;
    if (path === dirname(path)) return true;
  }
}

/** Whether a folder made in `folder` can be given to `account`: some network and shared disks refuse. */
export async function canGiveAway(folder: string, account: Account): Promise<boolean> {
  const probe = await mkdtemp(join(folder, "owner-probe-"));
  try {
    await chown(probe, account.uid, account.gid);
    return (await stat(probe)).uid === account.uid;
  } catch {
    return false;
  } finally {
    await rm(probe, { recursive: true, force: true });
  }
}
