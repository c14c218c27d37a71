import { encodeId, type IdKind } from "@stanchion/contract";
import { canonicalJson } from "../platform/canonical-json.ts";

/** What hashed JSON may hold: ids, hex, fixed words, times and signatures as text, whole numbers; never free text. */
export type HashedJson =
  | string
  | number
  | boolean
  | null
  | readonly HashedJson[]
  | { readonly [name: string]: HashedJson };

export type Hashed = { readonly [name: string]: HashedJson };

/** What becomes of a draw or a line, as the log has it. Hashes are in hex, statements compact JWS. */
export type LogEvent =
  /** When it is made. */
  | { readonly kind: "rules.made"; readonly data: { readonly rulesHash: string } }
  /** When people may know of it. */
  | { readonly kind: "rules.announced"; readonly data: { readonly rules: Hashed } }
  /** Before the first entry. */
  | { readonly kind: "rules.changed"; readonly data: { readonly rulesHash: string; readonly before: string } }
  | { readonly kind: "freeze"; readonly data: { readonly statement: string } }
  | {
      readonly kind: "result";
      readonly data: Hashed & { readonly seed: string; readonly resultHash: string };
    }
  | { readonly kind: "awards"; readonly data: { readonly awards: readonly Hashed[] } }
  | {
      readonly kind: "cancelled" | "void" | "deleted" | "line.opened" | "line.progress";
      readonly data: Hashed;
    };

export type LogEntry = LogEvent & {
  /** What it is about; the id as a UUID. */
  readonly distribution: { readonly kind: IdKind; readonly id: string };
};

/** The canonical JSON of an entry, which is the data of its leaf. Throws for what could be free text or a number that is not whole. */
export function writeEntry({ distribution, kind, data }: LogEntry, at: Date): string {
  requireHashable(data);
  const distributionId = encodeId(distribution.kind, distribution.id);
  return canonicalJson({ at: at.toISOString(), data, distributionId, kind });
}

function requireHashable(value: HashedJson): void {
  if (typeof value === "number" && !Number.isSafeInteger(value))
    throw new Error(`the log takes whole numbers only, not ${value}`);
  if (typeof value === "string" && !/^[\w.:+/=-]*$/.test(value))
    throw new Error("the log takes ids, hashes, words and times only");
  if (value !== null && typeof value === "object") Object.values(value).forEach(requireHashable);
}
