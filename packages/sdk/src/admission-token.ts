/** When an admission token was made and when it ends, in ms since 1970 by the server's clock. */
export interface AdmissionTokenTimes {
  readonly issuedAtMs: number;
  readonly expiresAtMs: number;
}

/** Reads the times of an admission token without verifying it; null when it is not readable. */
export function readAdmissionTokenTimes(token: string): AdmissionTokenTimes | null {
  try {
    const payload = (token.split(".")[1] ?? "").replaceAll("-", "+").replaceAll("_", "/");
    const claims: unknown = JSON.parse(atob(payload));
    const { iat, exp } = claims as { readonly iat?: unknown; readonly exp?: unknown };
    if (typeof exp !== "number") return null;
    return { issuedAtMs: typeof iat === "number" ? iat * 1_000 : Number.NaN, expiresAtMs: exp * 1_000 };
  } catch {
    return null;
  }
}
