/** What of an element's attributes cannot be right, in words for its developer. */

/** What is judged. `idName`: of the attribute with the id, as `queue-id`. */
export interface GivenAttributes {
  readonly idName: string;
  readonly id: string | null;
  readonly publishableKey: string | null;
  readonly formerKeys: readonly string[];
  readonly baseUrl: string | null;
  /** Of the page: `https:`. */
  readonly pageProtocol: string;
}

const wholeKey = /^pk_(test|live)_\w+$/;

/** The first fault: its attribute, and what to do; null: there is none. */
export function attributeFaultOf(given: GivenAttributes): readonly [attribute: string, text: string] | null {
  const { idName, id, publishableKey, formerKeys, baseUrl, pageProtocol } = given;
  const start = idName.replace(/id$/, "").replace("-", "_");
  if (!id?.startsWith(start)) return [idName, `must be given, and begin with ${start}.`];
  if (publishableKey?.startsWith("sk_"))
    return ["publishable-key", "is a secret key, which everybody can read here: revoke it now."];
  // A key that was not copied whole, or stands with what is around it, is no header.
  if (!wholeKey.test(publishableKey ?? ""))
    return ["publishable-key", "must be given: one whole key that begins with pk_test_ or pk_live_."];
  if (!formerKeys.every((key) => wholeKey.test(key) && key.slice(0, 8) === publishableKey?.slice(0, 8)))
    return [
      "former-keys",
      "must be whole keys with spaces between them, which begin as publishable-key does.",
    ];
  if (baseUrl === null) return null;
  if (baseUrl !== "" && !/^(https?:\/)?\//.test(baseUrl))
    return ["base-url", "must begin with https://, as https://line.example.com does."];
  if (pageProtocol === "https:" && /^http:\/\/(?!localhost|127\.|\[::1)/.test(baseUrl))
    return ["base-url", "must begin with https://, since the page does: browsers ask nothing else of it."];
  return null;
}
