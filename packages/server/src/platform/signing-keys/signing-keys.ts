import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from "node:crypto";
import { sql } from "kysely";
import { type ChangeAuthor, hostAuthor, recordChangeBy, systemAuthor } from "../audit/index.ts";
import type { Database } from "../database/index.ts";
import type { Log } from "../log.ts";
import { newUuid } from "../randomness.ts";
import type { Secrets } from "../secrets.ts";

/** What keys sign: admission tokens, or the statements that prove fairness. No key signs both. */
export const keyPurposes = ["admission", "fairness"] as const;
export type KeyPurpose = (typeof keyPurposes)[number];

export interface SigningKey {
  readonly keyId: string;
  readonly privateKey: KeyObject;
}

/** The keys of one purpose. */
export interface KeysOfPurpose {
  /** The key that signs now. */
  current(nowMs: number): SigningKey;
  /** The public key of a `kid`, or null. */
  verifier(keyId: string): KeyObject | null;
}

/** The signing keys, as this process knows them. */
export interface SigningKeys extends Readonly<Record<KeyPurpose, KeysOfPurpose>> {
  /** The JWKS: every key that a token could still be signed with, the next ones before they sign, and for ever the keys of statements. */
  readonly jwks: string;
  /** Reads the keys anew. */
  refresh(): Promise<void>;
  close(): void;
}

interface KnownKey extends SigningKey {
  readonly purpose: KeyPurpose;
  readonly publicKey: KeyObject;
  readonly jwk: unknown;
  readonly activeFromMs: number;
}

/** Shops keep the JWKS for five minutes, so a new key is shown ten minutes before it signs. */
const announcedSeconds = 600;
/** Tokens live a minute; a retired key of theirs stays shown for a day. */
const retiredKeptSeconds = 86_400;
/** Keys of statements are never forgotten, so there shall not be many of them. */
const rotateAfterDays: Readonly<Record<KeyPurpose, number>> = { admission: 30, fairness: 365 };
const refreshMs = 5_000;
/**
 * When the first key of a purpose becomes active. It signs from its making on, since there is no other; but a process of an earlier
 * version, which knows no purposes, takes whichever key is active, and shall not sign admissions with that of statements.
 */
const firstActiveSeconds: Readonly<Record<KeyPurpose, number>> = { admission: 0, fairness: announcedSeconds };

/** Opens the keys and reads them anew every five seconds; the first of each purpose is made where there is none. */
export async function openSigningKeys(database: Database, secrets: Secrets, log: Log): Promise<SigningKeys> {
  let known: KnownKey[] = [];
  let jwks = '{"keys":[]}';

  const refresh = async (): Promise<void> => {
    known = await readKeys(database, secrets);
    jwks = JSON.stringify({ keys: known.map((key) => key.jwk) });
  };

  await refresh();
  const missing = keyPurposes.filter((purpose) => !known.some((key) => key.purpose === purpose));
  for (const purpose of missing)
    await addKey(database, secrets, purpose, firstActiveSeconds[purpose], systemAuthor());
  if (missing.length > 0) await refresh();
  const timer = setInterval(() => {
    refresh().catch((error: unknown) => log.warn({ err: error }, "the signing keys could not be refreshed"));
  }, refreshMs);
  timer.unref();

  const keysOf = (purpose: KeyPurpose): KeysOfPurpose => ({
    current(nowMs) {
      const own = known.filter((key) => key.purpose === purpose);
      const active = own.findLast((key) => key.activeFromMs <= nowMs) ?? own[0];
      if (active === undefined) throw new Error("there is no signing key");
      return active;
    },
    verifier: (keyId) =>
      known.find((key) => key.purpose === purpose && key.keyId === keyId)?.publicKey ?? null,
  });
  return {
    admission: keysOf("admission"),
    fairness: keysOf("fairness"),
    get jwks() {
      return jwks;
    },
    refresh,
    close: () => clearInterval(timer),
  };
}

async function readKeys(database: Database, secrets: Secrets): Promise<KnownKey[]> {
  const rows = await database.kysely
    .selectFrom("signingKeys")
    .selectAll()
    .where((eb) =>
      eb.or([
        eb("purpose", "=", "fairness"),
        eb("retiredAt", "is", null),
        eb("retiredAt", ">", new Date(Date.now() - retiredKeptSeconds * 1000)),
      ]),
    )
    .orderBy("activeFrom")
    .execute();
  return rows.map((row) => {
    const der = secrets.decrypt(row.sealedPrivateKey);
    const privateKey = createPrivateKey({ key: der, format: "der", type: "pkcs8" });
    return {
      keyId: row.keyId,
      purpose: row.purpose,
      privateKey,
      publicKey: createPublicKey(privateKey),
      jwk: row.publicKey,
      activeFromMs: row.activeFrom.getTime(),
    };
  });
}

/** Whether these are the secrets that the keys were sealed under; also where there is no key yet, or no table of them. */
export async function canOpenSigningKeys(database: Database, secrets: Secrets): Promise<boolean> {
  const { rows } = await sql<{ isThere: boolean }>`
    select to_regclass('signing_keys') is not null as "isThere"`.execute(database.kysely);
  if (rows[0]?.isThere !== true) return true;
  const newest = await database.kysely
    .selectFrom("signingKeys")
    .select("sealedPrivateKey")
    .orderBy("createdAt", "desc")
    .limit(1)
    .executeTakeFirst();
  if (newest === undefined) return true;
  try {
    secrets.decrypt(newest.sealedPrivateKey);
    return true;
  } catch {
    return false;
  }
}

/** Makes a new key of a purpose that signs from now plus the announcement on, and retires the ones before it. */
export async function rotateSigningKeys(
  database: Database,
  secrets: Secrets,
  purpose: KeyPurpose,
  author: ChangeAuthor = hostAuthor(),
): Promise<string> {
  return addKey(database, secrets, purpose, announcedSeconds, author);
}

/** Rotates where the newest key of a purpose is old enough. To be called now and then by one worker. */
export async function rotateWhenDue(database: Database, secrets: Secrets): Promise<void> {
  for (const purpose of keyPurposes) {
    const newest = await database.kysely
      .selectFrom("signingKeys")
      .select("createdAt")
      .where("purpose", "=", purpose)
      .orderBy("createdAt", "desc")
      .limit(1)
      .executeTakeFirst();
    const dueSinceMs = Date.now() - rotateAfterDays[purpose] * 86_400_000;
    if (newest !== undefined && newest.createdAt.getTime() > dueSinceMs) continue;
    await rotateSigningKeys(database, secrets, purpose, systemAuthor());
  }
}

async function addKey(
  database: Database,
  secrets: Secrets,
  purpose: KeyPurpose,
  announceSeconds: number,
  author: ChangeAuthor,
): Promise<string> {
  const now = Date.now();
  const { privateKey, publicKey } = generateKeyPairSync("ed25519");
  const keyId = newUuid(now);
  const activeFrom = new Date(now + announceSeconds * 1000);
  await database.kysely.transaction().execute(async (transaction) => {
    await transaction
      .updateTable("signingKeys")
      .set({ retiredAt: activeFrom })
      .where("purpose", "=", purpose)
      .where("retiredAt", "is", null)
      .execute();
    await transaction
      .insertInto("signingKeys")
      .values({
        keyId,
        purpose,
        publicKey: JSON.stringify({
          ...publicKey.export({ format: "jwk" }),
          kid: keyId,
          use: "sig",
          alg: "EdDSA",
        }),
        sealedPrivateKey: secrets.encrypt(privateKey.export({ format: "der", type: "pkcs8" })),
        createdAt: new Date(now),
        activeFrom,
      })
      .execute();
    const after = { purpose, activeFrom };
    await recordChangeBy(transaction, author, { action: "signing_key.created", target: keyId, after });
  });
  return keyId;
}
