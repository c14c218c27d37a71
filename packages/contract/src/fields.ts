/** The building blocks of the contract's schemas. Each rule carries its issue type, so that one parser renders every issue. */
import * as v from "valibot";
import { canonicalEmail, isEmailAddress, isLocalPartAscii } from "./email-addresses.ts";
import type { IssueType } from "./errors.ts";
import { decodeId, type IdKind } from "./ids.ts";
import { limits } from "./limits.ts";
import { isListableOrigin } from "./origins.ts";

/** A rule over a value of the right JSON type: breaking it is a 422 issue of this type. */
export function rule<T>(type: IssueType, expected: string, isKept: (value: T) => boolean) {
  return v.check<T, string>(isKept, `${type}:${expected}`);
}

const hasNoStrayCharacters = (value: string): boolean => value.isWellFormed() && !value.includes("\0");

/** Text of `min` to `max` characters, without NUL and lone surrogates. */
export function text(min: number, max: number) {
  return v.pipe(
    v.string(),
    rule<string>("pattern", "well-formed Unicode without NUL", hasNoStrayCharacters),
    v.minLength(min),
    v.maxLength(max),
  );
}

/** Spaces of every kind, and what cannot be seen at all. An empty text is too short, which is another fault. */
const isNotBlank = (value: string): boolean =>
  value === "" || /[^\p{Z}\p{C}]/u.test(value) || !hasNoStrayCharacters(value);
const notBlank = rule<string>("pattern", "text that is not blank", isNotBlank);

export const name = v.pipe(text(1, limits.nameCharactersMax), notBlank);

/** A whole number from `min` to `max`. */
export function integer(min: number, max: number) {
  return v.pipe(
    v.number(),
    rule<number>("format", "integer", (value) => Number.isInteger(value) || !Number.isFinite(value)),
    v.minValue(min),
    v.maxValue(max),
  );
}

/** An id of this kind; it comes out as it went in. */
export function id(kind: IdKind) {
  return v.pipe(
    v.string(),
    rule<string>("format", `${kind} id`, (value) => decodeId(kind, value) !== null),
  );
}

/** An id of one of several kinds. */
export function idOf(kinds: readonly [IdKind, ...IdKind[]]) {
  const expected = kinds.map((kind) => `${kind} id`).join(" or ");
  return v.pipe(
    v.string(),
    rule<string>("format", expected, (value) => kinds.some((kind) => decodeId(kind, value) !== null)),
  );
}

const dateTimePattern = /^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d(:\d\d(\.\d{1,9})?)?([Zz]|[+-]\d\d:\d\d)$/;

/** An RFC 3339 time with an offset, between the years 1970 and 9999. It comes out as the text that went in. */
export const dateTime = v.pipe(v.string(), rule<string>("format", "date-time with offset", isDateTime));

function isDateTime(value: string): boolean {
  if (!dateTimePattern.test(value)) return false;
  const time = Date.parse(value.toUpperCase());
  if (Number.isNaN(time) || time < 0 || time >= 253_402_300_800_000) return false;
  // Date.parse rolls the 30th of February over; the calendar does not have it.
  const day = Number(value.slice(8, 10));
  return day <= new Date(Date.UTC(Number(value.slice(0, 4)), Number(value.slice(5, 7)), 0)).getUTCDate();
}

/** An IANA time zone, used for showing only. */
export const timeZone = v.pipe(
  v.string(),
  rule<string>("format", "IANA time zone", (value) => {
    try {
      new Intl.DateTimeFormat("en", { timeZone: value });
      return /^[A-Za-z]/.test(value);
    } catch {
      return false;
    }
  }),
);

/**
 * What `new URL` would mend, a browser may read as another address: blanks, a missing slash, letters that are not seen. Of those
 * that are in no text at all, another rule tells.
 */
const plainWebUrl = /^https?:\/\/(?:[^\s\\\p{C}]|[\0\p{Cs}])+$/iu;

/** An absolute http or https address without user information. */
export const webUrl = v.pipe(
  v.string(),
  rule<string>("pattern", "well-formed Unicode without NUL", hasNoStrayCharacters),
  v.maxLength(limits.urlCharactersMax),
  rule<string>("format", "http or https URL", (value) => {
    if (!plainWebUrl.test(value) || !URL.canParse(value)) return false;
    const url = new URL(value);
    return url.username === "" && url.password === "";
  }),
);

/**
 * A web origin as browsers send it, such as `https://shop.example`; or with `*.` in front of the host all hosts that have
 * exactly one label more.
 */
export const webOrigin = v.pipe(
  v.string(),
  v.maxLength(limits.originCharactersMax),
  rule<string>("format", "origin such as https://shop.example or https://*.shop.example", isListableOrigin),
);

/**
 * An e-mail address. It is kept and compared as `canonicalEmail` writes it. What stands before the `@` is ASCII: most
 * providers cannot deliver mail to any other.
 */
export const email = v.pipe(
  v.string(),
  rule<string>("pattern", "well-formed Unicode without NUL", hasNoStrayCharacters),
  v.maxLength(limits.emailCharactersMax),
  rule<string>("email", "valid email, in ASCII before the @", isLocalPartAscii),
  rule<string>(
    "email",
    "valid email",
    (value) =>
      !isLocalPartAscii(value) ||
      (isEmailAddress(value) && canonicalEmail(value).length <= limits.emailCharactersMax),
  ),
);

/** A password that is chosen. */
export const newPassword = text(limits.passwordCharactersMin, limits.passwordCharactersMax);

/** A password that is compared, whatever was allowed when it was chosen. */
export const presentPassword = text(1, limits.passwordCharactersMax);

/** A stock-keeping unit: what the shop's own systems call a thing that is sold. */
export const sku = v.pipe(
  v.string(),
  rule<string>("pattern", "text without control characters", (value) => /^\P{C}*$/u.test(value)),
  v.minLength(1),
  v.maxLength(limits.skuCharactersMax),
  // What has control characters was told so already.
  rule<string>("pattern", "text that is not blank", (value) => /\p{C}/u.test(value) || isNotBlank(value)),
);

/** An amount of money, never a float: up to 12 digits, and up to 4 behind the point. */
export const price = v.pipe(
  v.string(),
  rule<string>("pattern", 'a decimal such as "120.00"', (value) => /^\d{1,12}(\.\d{1,4})?$/.test(value)),
);

/** A currency's code of ISO 4217, in capitals. */
export const currency = v.pipe(
  v.string(),
  rule<string>("format", "ISO 4217 currency", (value) => knownCurrencies().has(value)),
);

let currencies: ReadonlySet<string> | null = null;

function knownCurrencies(): ReadonlySet<string> {
  currencies ??= new Set(Intl.supportedValuesOf("currency"));
  return currencies;
}

/** Texts of the caller's own under names of its own. */
export const metadata = v.pipe(
  v.record(text(1, limits.metadataKeyCharactersMax), text(0, limits.metadataValueCharactersMax)),
  v.maxEntries(limits.metadataMembersMax),
);

/** A merge patch of {@link metadata}: a member that is null is taken away. */
export const metadataPatch = v.record(
  text(1, limits.metadataKeyCharactersMax),
  v.nullable(text(0, limits.metadataValueCharactersMax)),
);

/** A field that a create needs: in a merge patch it may be absent, and clearing it is a 422 `required`. */
export function neededInPatch<T extends v.GenericSchema>(schema: T) {
  const isNotCleared = rule<v.InferOutput<T> | null>("required", schema.expects, (value) => value !== null);
  return v.optional(v.pipe(v.nullable(schema), isNotCleared));
}

/** A field that may be left out or null: absent and null are the default on create; in a patch absent is unchanged, null clears. */
export function clearable<T extends v.GenericSchema>(schema: T) {
  return v.optional(v.nullable(schema));
}
