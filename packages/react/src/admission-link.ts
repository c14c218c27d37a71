/**
 * The checkout's address with an admission's token in its query, as the shop's middleware reads it.
 *
 * @throws {TypeError} When the address is none that a page may link to: it must be of http or https, with its host.
 * @example
 * admissionLink("https://shop.example/checkout?item=7", token) // "https://shop.example/checkout?item=7&admission_token=…"
 */
export function admissionLink(checkoutUrl: string, token: string): string {
  const url = new URL(checkoutUrl);
  if (!/^https?:$/.test(url.protocol))
    throw new TypeError("checkoutUrl must be an address of http or https.");
  url.searchParams.set("admission_token", token);
  return url.href;
}
