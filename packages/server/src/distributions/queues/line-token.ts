import type { Secrets } from "../../platform/secrets.ts";

/** What a line token says: enough to answer a status without the database while the rank waits. */
export interface LinePlace {
  readonly entryBytes: Uint8Array;
  readonly ticket: number;
  readonly enteredAtMs: number;
}

// version, entry 16, ticket u48, entered u48, MAC 16: 45 bytes are 60 characters without unused bits.
const placeBytes = 29;
const tokenBytes = 45;
const tokenCharacters = 60;
const versionByte = 1;

/** Whom a token is good for; not inside it, but under its MAC. */
export interface LineTokenHolder {
  readonly queueBytes: Uint8Array;
  readonly consumerBytes: Uint8Array;
  /** Only where the queue asks for a fingerprint: that, or the thumbprint of the key that the session is bound to. */
  readonly device: string | Uint8Array | null;
}

/** The token of a place. The same place and holder always give the same token. */
export function issueLineToken(secrets: Secrets, place: LinePlace, holder: LineTokenHolder): string {
  const bytes = inputFor(holder);
  bytes[0] = versionByte;
  bytes.set(place.entryBytes, 1);
  bytes.writeUIntBE(place.ticket, 17, 6);
  bytes.writeUIntBE(place.enteredAtMs, 23, 6);
  // The MAC takes the place of what it covers and what is not inside the token.
  secrets.writeMac("line-token", bytes, bytes, placeBytes);
  return bytes.toString("base64url", 0, tokenBytes);
}

/** The place that a token proves for this holder, or null: then the database is asked. */
export function readLineToken(secrets: Secrets, token: string, holder: LineTokenHolder): LinePlace | null {
  if (token.length !== tokenCharacters) return null;
  const bytes = Buffer.from(token, "base64url");
  if (bytes.length !== tokenBytes || bytes[0] !== versionByte) return null;
  const input = inputFor(holder);
  bytes.copy(input, 0, 0, placeBytes);
  if (!secrets.isMac("line-token", input, bytes.subarray(placeBytes))) return null;
  return {
    entryBytes: bytes.subarray(1, 17),
    ticket: bytes.readUIntBE(17, 6),
    enteredAtMs: bytes.readUIntBE(23, 6),
  };
}

const inputWithoutDevice = Buffer.alloc(placeBytes + 32);

/** What the MAC covers, but for the place at its start; good until the next is asked for. */
function inputFor({ queueBytes, consumerBytes, device }: LineTokenHolder): Buffer {
  const input =
    device === null ? inputWithoutDevice : Buffer.allocUnsafe(inputWithoutDevice.length + device.length);
  input.set(queueBytes, placeBytes);
  input.set(consumerBytes, placeBytes + 16);
  if (typeof device === "string") input.write(device, placeBytes + 32, "latin1");
  else if (device !== null) input.set(device, placeBytes + 32);
  return input;
}
