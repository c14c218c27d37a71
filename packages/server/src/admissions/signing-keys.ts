import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from "node:crypto";
import { sql } from "kysely";
import { type ChangeAuthor, hostAuthor, recordChangeBy, systemAuthor } from "../platform/audit/index.ts";
import type { Database } from "../platform/database/index.ts";
import type { Log } from "../platform/log.ts";
import { newUuid } from "../platform/randomness.ts";
import type { Secrets } from "../platform/secrets.ts";

export interface SigningKey {
  readonly keyId: string;
  readonly privateKey: KeyObject;
}

/** The keys of admission tokens, as this process knows them. */
export interface SigningKeys {
  /** The key that signs now. */
  current(nowMs: number): SigningKey;
  /** The public key of a token's `kid`, or null. */
  verifier(keyId: string): KeyObject | null;
  /** The JWKS: every key that a token could still be signed with, and the next one before it signs. */
  readonly jwks: string;
  /** Reads the keys anew. */
  refresh(): Promise<void>;
  close(): void;
}

interface KnownKey extends SigningKey {
  readonly publicKey: KeyObject;
  readonly jwk: unknown;
  readonly activeFromMs: number;
}

/** Shops keep the JWKS for five minutes, so a new key is shown ten minutes before it signs. */
const announcedSeconds = 600;
/** Tokens live a minute; a retired key stays shown for a day. */
const retiredKeptSeconds = 86_400;
const rotateAfterDays = 30;
const refreshMs = 5_000;

export async function openSigningKeys(database: Database, secrets: Secrets, log: Log): Promise<SigningKeys> {
  let known: KnownKey[] = [];
  let jwks = '{"keys":[]}';

  const refresh = async (): Promise<void> => {
    const rows = await database.kysely
      .selectFrom("signingKeys")
      .selectAll()
      .where((eb) =>
        eb.or([
          eb("retiredAt", "is", null),
          eb("retiredAt", ">", new Date(Date.now() - retiredKeptSeconds * 1000)),
        ]),
      )
      .orderBy("activeFrom")
      .execute();
    known = rows.map((row) => {
      const privateKey = createPrivateKey({
        key: secrets.decrypt(row.sealedPrivateKey),
        format: "der",
        type: "pkcs8",
      });
      return {
        keyId: row.keyId,
        privateKey,
        publicKey: createPublicKey(privateKey),
        jwk: row.publicKey,
        activeFromMs: row.activeFrom.getTime(),
      };
    });
    jwks = JSON.stringify({ keys: known.map((key) => key.jwk) });
  };

  await refresh();
  if (known.length === 0) {
    await addKey(database, secrets, 0, systemAuthor());
    await refresh();
  }
  const timer = setInterval(() => {
    refresh().catch((error: unknown) => log.warn({ err: error }, "the signing keys could not be refreshed"));
  }, refreshMs);
  timer.unref();

  return {
    current(nowMs) {
      const active = known.findLast((key) => key.activeFromMs <= nowMs) ?? known[0];
      if (active === undefined) throw new Error("there is no signing key");
      return active;
    },
    verifier: (keyId) => known.find((key) => key.keyId === keyId)?.publicKey ?? null,
    get jwks() {
      return jwks;
    },
    refresh,
    close: () => clearInterval(timer),
  };
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

/** Makes a new key that signs from now plus the announcement on, and retires the ones before it. */
export async function rotateSigningKeys(
  database: Database,
  secrets: Secrets,
  author: ChangeAuthor = hostAuthor(),
): Promise<string> {
  return addKey(database, secrets, announcedSeconds, author);
}

/** Rotates once the newest key is 30 days old. To be called now and then by one worker. */
export async function rotateWhenDue(database: Database, secrets: Secrets): Promise<void> {
  const newest = await database.kysely
    .selectFrom("signingKeys")
    .select("createdAt")
    .orderBy("createdAt", "desc")
    .limit(1)
    .executeTakeFirst();
  if (newest !== undefined && newest.createdAt.getTime() > Date.now() - rotateAfterDays * 86_400_000) return;
  await rotateSigningKeys(database, secrets, systemAuthor());
}

async function addKey(
  database: Database,
  secrets: Secrets,
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
      .where("retiredAt", "is", null)
      .execute();
    await transaction
      .insertInto("signingKeys")
      .values({
        keyId,
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
    const after = { activeFrom };
    await recordChangeBy(transaction, author, { action: "signing_key.created", target: keyId, after });
  });
  return keyId;
}
