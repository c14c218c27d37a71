/** The headers of a page of fans. `imageSource`: the origin of a logo, with a space before it. */
export function pageHeadersWith(imageSource = "", { hasForms = false } = {}): readonly string[] {
  return [
    "Content-Security-Policy",
    `default-src 'none'; ${hasForms ? "" : "script-src 'self'; connect-src 'self'; "}style-src 'self'; img-src 'self' data:${imageSource}; base-uri 'none'; form-action ${hasForms ? "'self'" : "'none'"}; frame-ancestors 'self'`,
    "Referrer-Policy",
    // Without any, browsers would send forms with the origin `null`.
    hasForms ? "same-origin" : "no-referrer",
    "X-Content-Type-Options",
    "nosniff",
  ];
}
