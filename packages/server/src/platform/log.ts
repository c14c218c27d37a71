import { type Logger, pino, stdSerializers } from "pino";

export type Log = Logger;

const secretPaths = [
  "authorization",
  "secret",
  "password",
  "currentPassword",
  "newPassword",
  "cookie",
  "token",
  "accessToken",
  "refreshToken",
  "secretKey",
  "publishableKey",
  "lineToken",
  "fingerprint",
  "dpop",
  "otp",
  "accessCode",
  "exchangeCode",
  "carryCode",
];
const keyShapes =
  /\b([ps]k_(?:test|live)_)\w+|((?:postgres(?:ql)?|smtps?|rediss?|valkeys?):\/\/[^:@/\s]*:)[^@\s]+@/g;

/** Hides the secret part of API keys and the password in addresses of services inside a text. */
export function maskSecrets(text: string): string {
  return text.replace(keyShapes, (_, key: string | undefined, address: string | undefined) =>
    key === undefined ? `${address}***@` : `${key}***`,
  );
}

/** The driver hangs the whole connection on an error of one: every statement, and the key by which it can be cancelled. */
function serializeError(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const { client: _, ...rest } = { ...stdSerializers.err(error) } as Record<string, unknown>;
  return rest;
}

/** Structured logs, one JSON object a line. Secrets are masked by the name of their member and by their shape. */
export function createLog(level: string, write?: (line: string) => void): Log {
  const options = {
    level,
    base: null,
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    serializers: { err: serializeError },
    redact: { paths: secretPaths.flatMap((path) => [path, `*.${path}`]), censor: "***" },
    formatters: { level: (label: string) => ({ level: label }) },
    hooks: { streamWrite: maskSecrets },
  };
  return write === undefined ? pino(options) : pino(options, { write });
}
