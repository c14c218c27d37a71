import { isIP } from "node:net";
import path from "node:path";
import { limits, type RateLimitOverrides, rateClassNames } from "@stanchion/contract";
import { type MailSettings, mailLimits, readMailAddress, readSmtpUrl } from "./delivery/mail/index.ts";
import { readRetrySeconds, retrySecondsDefault, type WebhookSettings } from "./delivery/webhooks/index.ts";
import {
  drandUrlsDefault,
  type FairnessSettings,
  readCertificateFile,
  readChains,
  readDrandUrls,
  readHttpUrl,
} from "./fairness/index.ts";
import { type OverloadLimits, overloadLimits } from "./platform/http/index.ts";

/** Everything that the environment decides, read once at start. */
export interface Config {
  readonly port: number;
  readonly host: string;
  /** The data folder, absolute. */
  readonly dataFolder: string;
  /** Null: the embedded PostgreSQL under the data folder. */
  readonly databaseUrl: string | null;
  /** The way past a pooler in transaction mode, where `databaseUrl` leads through one; else null. */
  readonly databaseDirectUrl: string | null;
  /** How many connections to the database the requests of a process share. */
  readonly databaseConnections: number;
  readonly valkeyUrl: string | null;
  /** Addresses, networks or the words loopback, linklocal, uniquelocal. */
  readonly trustProxy: readonly string[];
  /** Null with the embedded database: made in the data folder. */
  readonly secret: string | null;
  readonly rateLimits: RateLimitOverrides;
  /** Without a slash at the end; null until the port is known: then http://host:port. */
  readonly publicUrl: string | null;
  /** Null without SMTP_URL: test keys write to /dev/mailbox, live keys cannot send. */
  readonly mail: MailSettings | null;
  readonly logLevel: LogLevel;
  readonly overload: OverloadLimits;
  readonly fairness: FairnessSettings;
  readonly webhooks: WebhookSettings;
}

const logLevels = ["fatal", "error", "warn", "info", "debug", "trace", "silent"] as const;
export type LogLevel = (typeof logLevels)[number];

/** All that is wrong with the environment, each fault with its variable's name. */
export class ConfigError extends Error {
  readonly faults: readonly string[];
  constructor(faults: readonly string[]) {
    super(`The environment cannot be used:\n${faults.map((fault) => `  - ${fault}`).join("\n")}`);
    this.name = "ConfigError";
    this.faults = faults;
  }
}

/**
 * Reads and checks the environment; throws a {@link ConfigError} that names every fault at once.
 *
 * @example readConfig({ PORT: "4800" })
 */
export function readConfig(env: Readonly<Record<string, string | undefined>>): Config {
  const faults: string[] = [];
  const read = <T>(name: string, fallback: T, parse: (value: string) => T): T => {
    const value = env[name];
    if (value === undefined || value === "") return fallback;
    try {
      return parse(value);
    } catch (error) {
      const found: unknown[] = error instanceof AggregateError ? error.errors : [error];
      for (const fault of found)
        faults.push(`${name} ${fault instanceof Error ? fault.message : String(fault)}`);
      return fallback;
    }
  };
  const databaseUrl = read("DATABASE_URL", null, (value) => urlOf(value, ["postgres:", "postgresql:"]));
  const databaseDirectUrl = read("DATABASE_DIRECT_URL", null, (value) =>
    urlOf(value, ["postgres:", "postgresql:"]),
  );
  const smtpServer = read("SMTP_URL", null, readSmtpUrl);
  const mailFrom = read("MAIL_FROM", null, readMailAddress);
  const deadlineMs = read("MAIL_TIMEOUT_MS", mailLimits.deadlineMsDefault, mailDeadlineOf);
  const timeStampUrl = read("TIMESTAMP_URL", null, readHttpUrl);
  const trusted = read("TIMESTAMP_CERTIFICATES", null, readCertificateFile);
  const config: Config = {
    port: read("PORT", 4800, portOf),
    host: read("HOST", "127.0.0.1", hostOf),
    dataFolder: path.resolve(read("STANCHION_DATA", ".stanchion", (value) => value)),
    databaseUrl,
    databaseDirectUrl,
    databaseConnections: read("DATABASE_CONNECTIONS", databaseConnectionsDefault, connectionsOf),
    valkeyUrl: read("VALKEY_URL", null, (value) =>
      urlOf(value, ["redis:", "rediss:", "valkey:", "valkeys:"]),
    ),
    trustProxy: read("TRUST_PROXY", ["loopback"], proxiesOf),
    secret: read("STANCHION_SECRET", null, secretOf),
    rateLimits: read("RATE_LIMITS", {}, rateLimitsOf),
    publicUrl: read("PUBLIC_URL", null, (value) => urlOf(value, ["http:", "https:"]).replace(/\/+$/, "")),
    mail:
      smtpServer === null || mailFrom === null ? null : { server: smtpServer, from: mailFrom, deadlineMs },
    logLevel: read("LOG_LEVEL", "info", logLevelOf),
    overload: {
      delayMs: read("OVERLOAD_DELAY_MS", overloadLimits.delayMs, countOf),
      joinsMax: read("OVERLOAD_JOINS_MAX", overloadLimits.joinsMax, countOf),
      databaseMax: read("OVERLOAD_DATABASE_MAX", overloadLimits.databaseMax, countOf),
    },
    fairness: {
      drandUrls: read("DRAND_URLS", drandUrlsDefault, readDrandUrls),
      drandChains: read("DRAND_CHAINS", [], readChains),
      timeStamp: timeStampUrl === null ? null : { url: timeStampUrl, trusted },
    },
    webhooks: {
      allowsPrivateNetworks: read("WEBHOOKS_ALLOW_PRIVATE_NETWORKS", false, switchOf),
      retrySeconds: read("WEBHOOK_RETRY_SECONDS", retrySecondsDefault, readRetrySeconds),
    },
  };
  if (smtpServer !== null && mailFrom === null && !faults.some((fault) => fault.startsWith("MAIL_FROM")))
    faults.push("MAIL_FROM is needed with SMTP_URL: the address that mails come from");
  if (databaseDirectUrl !== null && (env.DATABASE_URL ?? "") === "")
    faults.push("DATABASE_DIRECT_URL leads past the pooler of DATABASE_URL, which is missing");
  if (
    (env.DATABASE_URL ?? "") !== "" &&
    config.secret === null &&
    !faults.some((fault) => fault.startsWith("STANCHION_SECRET"))
  )
    faults.push("STANCHION_SECRET is needed with DATABASE_URL: at least 32 characters of random text");
  if (faults.length > 0) throw new ConfigError(faults);
  return config;
}

function hostOf(value: string): string {
  if (!/^[A-Za-z0-9._:-]+$/.test(value))
    throw new Error("must be an address or a host name, such as 127.0.0.1");
  return value;
}

function portOf(value: string): number {
  const port = Number(value);
  if (!/^\d+$/.test(value) || port > 65_535) throw new Error("must be a port from 0 to 65535");
  return port;
}

function urlOf(value: string, protocols: readonly string[]): string {
  if (!URL.canParse(value) || !protocols.includes(new URL(value).protocol))
    throw new Error(
      `must be a URL that begins with ${protocols.map((protocol) => `${protocol}//`).join(" or ")}`,
    );
  return value;
}

function mailDeadlineOf(value: string): number {
  const { deadlineMsMin, deadlineMsMax } = mailLimits;
  const ms = Number(value);
  if (!/^\d+$/.test(value) || ms < deadlineMsMin || ms > deadlineMsMax)
    throw new Error(`must be a whole number from ${deadlineMsMin} to ${deadlineMsMax}`);
  return ms;
}

function secretOf(value: string): string {
  if (Buffer.byteLength(value) < 32) throw new Error("must have 32 bytes or more");
  return value;
}

function countOf(value: string): number {
  if (!/^\d{1,9}$/.test(value)) throw new Error("must be a whole number; 0 switches it off");
  return Number(value);
}

function switchOf(value: string): boolean {
  if (value !== "0" && value !== "1") throw new Error("must be 1 or 0");
  return value === "1";
}

const databaseConnectionsDefault = 12;
const databaseConnectionsMax = 1_000;

function connectionsOf(value: string): number {
  const connections = Number(value);
  if (!/^\d+$/.test(value) || connections < 1 || connections > databaseConnectionsMax)
    throw new Error(`must be a whole number from 1 to ${databaseConnectionsMax}`);
  return connections;
}

function logLevelOf(value: string): LogLevel {
  const level = logLevels.find((known) => known === value);
  if (level === undefined) throw new Error(`must be one of ${logLevels.join(", ")}`);
  return level;
}

const proxyWords = ["loopback", "linklocal", "uniquelocal"];

function proxiesOf(value: string): readonly string[] {
  const proxies = value.split(",").map((part) => part.trim());
  for (const proxy of proxies) {
    const [address = "", bits, ...rest] = proxy.split("/");
    const version = isIP(address);
    const isNetwork =
      bits === undefined || (/^[1-9]\d{0,2}$/.test(bits) && Number(bits) <= (version === 6 ? 128 : 32));
    if (!proxyWords.includes(proxy) && !(version !== 0 && isNetwork && rest.length === 0))
      throw new Error(
        `must list addresses or networks, such as 10.0.0.0/8, or ${proxyWords.join(", ")}; "${proxy}" is none`,
      );
  }
  return proxies;
}

function rateLimitsOf(value: string): RateLimitOverrides {
  const example = 'such as {"general":{"limit":100000,"windowSeconds":60}}';
  let parsed: unknown;
  try {
    parsed = JSON.parse(value);
  } catch (cause) {
    throw new Error(`must be JSON, ${example}`, { cause });
  }
  if (parsed === null || typeof parsed !== "object" || Array.isArray(parsed))
    throw new Error(`must be an object, ${example}`);
  const overrides: RateLimitOverrides = {};
  const faults: string[] = [];
  for (const [name, rule] of Object.entries(parsed)) {
    const known = rateClassNames.find((className) => className === name);
    const read = known === undefined ? null : rateLimitOf(rule);
    if (known === undefined) faults.push(`knows the classes ${rateClassNames.join(", ")}; "${name}" is none`);
    else if (read === null)
      faults.push(`needs limit and windowSeconds as whole numbers of at least 1 for ${known}, ${example}`);
    else overrides[known] = read;
  }
  if (faults.length > 0) throw new AggregateError(faults);
  return overrides;
}

function rateLimitOf(rule: unknown): { limit: number; windowSeconds: number } | null {
  const { limit, windowSeconds, ...rest } = Object(rule) as Record<string, unknown>;
  const isCount = (value: unknown, max: number): value is number =>
    typeof value === "number" && Number.isInteger(value) && value >= 1 && value <= max;
  if (
    !isCount(limit, limits.rateLimitMax) ||
    !isCount(windowSeconds, limits.rateWindowSecondsMax) ||
    Object.keys(rest).length > 0
  )
    return null;
  return { limit, windowSeconds };
}
