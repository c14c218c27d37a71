import path from "node:path";
import { describe, expect, it } from "vitest";
import { ConfigError, readConfig } from "./config.ts";

function faultsOf(env: Record<string, string>): readonly string[] {
  try {
    readConfig(env);
  } catch (error) {
    if (error instanceof ConfigError) return error.faults;
    throw error;
  }
  return [];
}

const secret = "x".repeat(32);

describe("the environment", () => {
  it("may be empty: everything has a default", () => {
    expect(readConfig({})).toEqual({
      port: 4800,
      host: "127.0.0.1",
      dataFolder: path.resolve(".stanchion"),
      databaseUrl: null,
      databaseDirectUrl: null,
      databaseConnections: 12,
      valkeyUrl: null,
      trustProxy: ["loopback"],
      secret: null,
      rateLimits: {},
      publicUrl: null,
      mail: null,
      logLevel: "info",
      overload: { delayMs: 0, joinsMax: 10_000, databaseMax: 500 },
      fairness: {
        drandUrls: ["https://api.drand.sh", "https://api2.drand.sh", "https://drand.cloudflare.com"],
        drandChains: [],
        timeStamp: null,
      },
      webhooks: {
        allowsPrivateNetworks: false,
        retrySeconds: [60, 300, 1_800, 7_200, 21_600, 43_200, 86_400],
      },
    });
  });

  it("takes an empty variable for one that is not set", () => {
    const names = [
      "PORT",
      "HOST",
      "DATABASE_URL",
      "TRUST_PROXY",
      "STANCHION_SECRET",
      "RATE_LIMITS",
      "PUBLIC_URL",
      "SMTP_URL",
      "MAIL_FROM",
      "MAIL_TIMEOUT_MS",
      "DRAND_URLS",
      "DRAND_CHAINS",
      "TIMESTAMP_URL",
      "TIMESTAMP_CERTIFICATES",
      "WEBHOOKS_ALLOW_PRIVATE_NETWORKS",
      "WEBHOOK_RETRY_SECONDS",
    ];
    expect(readConfig(Object.fromEntries(names.map((name) => [name, ""])))).toEqual(readConfig({}));
  });

  it("names those outside whom a proof rests on", () => {
    const { fairness } = readConfig({
      DRAND_URLS: "https://one.example/, http://127.0.0.1:9/drand",
      TIMESTAMP_URL: "http://stamps.example/tsr",
    });
    expect(fairness.drandUrls).toEqual(["https://one.example", "http://127.0.0.1:9/drand"]);
    expect(fairness.timeStamp).toEqual({ url: "http://stamps.example/tsr", trusted: null });
    const wrong = {
      DRAND_URLS: "https://one.example,ftp://two",
      DRAND_CHAINS: "[{}]",
      TIMESTAMP_URL: "stamps",
      TIMESTAMP_CERTIFICATES: "/nowhere.pem",
    };
    expect(faultsOf(wrong).map((fault) => fault.split(" ")[0])).toEqual([
      "TIMESTAMP_URL",
      "TIMESTAMP_CERTIFICATES",
      "DRAND_URLS",
      "DRAND_CHAINS",
    ]);
  });

  it("says where webhooks may go, and how long is waited between their attempts", () => {
    const env = { WEBHOOKS_ALLOW_PRIVATE_NETWORKS: "1", WEBHOOK_RETRY_SECONDS: "1, 1,0" };
    expect(readConfig(env).webhooks).toEqual({ allowsPrivateNetworks: true, retrySeconds: [1, 1, 0] });
    for (const given of ["yes", "true", "2"])
      expect(faultsOf({ WEBHOOKS_ALLOW_PRIVATE_NETWORKS: given })).toEqual([
        "WEBHOOKS_ALLOW_PRIVATE_NETWORKS must be 1 or 0",
      ]);
    for (const given of ["1,,1", "1.5", "-1", "soon", "604801", Array(21).fill("1").join()])
      expect(faultsOf({ WEBHOOK_RETRY_SECONDS: given })[0]).toContain("WEBHOOK_RETRY_SECONDS must list");
  });

  it("is read as it says", () => {
    const config = readConfig({
      PORT: "0",
      HOST: "0.0.0.0",
      STANCHION_DATA: "/var/lib/stanchion",
      DATABASE_URL: "postgresql://me:secret@db/stanchion",
      DATABASE_DIRECT_URL: "postgresql://me:secret@db:6543/stanchion",
      DATABASE_CONNECTIONS: "30",
      VALKEY_URL: "rediss://cache:6380",
      TRUST_PROXY: "loopback, 10.0.0.0/8,2001:db8::/32, 192.0.2.1",
      STANCHION_SECRET: secret,
      RATE_LIMITS: '{"guest":{"limit":5,"windowSeconds":10}}',
      PUBLIC_URL: "https://line.example.com//",
      SMTP_URL: "smtps://shop%40example.com:p%2Fw@mail.example.com",
      MAIL_FROM: "The Shop <line@example.com>",
      MAIL_TIMEOUT_MS: "2000",
      LOG_LEVEL: "debug",
      OVERLOAD_JOINS_MAX: "0",
    });
    expect(config).toEqual({
      port: 0,
      host: "0.0.0.0",
      dataFolder: "/var/lib/stanchion",
      databaseUrl: "postgresql://me:secret@db/stanchion",
      databaseDirectUrl: "postgresql://me:secret@db:6543/stanchion",
      databaseConnections: 30,
      valkeyUrl: "rediss://cache:6380",
      trustProxy: ["loopback", "10.0.0.0/8", "2001:db8::/32", "192.0.2.1"],
      secret,
      rateLimits: { guest: { limit: 5, windowSeconds: 10 } },
      publicUrl: "https://line.example.com",
      mail: {
        server: {
          host: "mail.example.com",
          port: 465,
          isTlsFromStart: true,
          login: { user: "shop@example.com", password: "p/w" },
        },
        from: "The Shop <line@example.com>",
        deadlineMs: 2000,
      },
      logLevel: "debug",
      overload: { delayMs: 0, joinsMax: 0, databaseMax: 500 },
      fairness: {
        drandUrls: ["https://api.drand.sh", "https://api2.drand.sh", "https://drand.cloudflare.com"],
        drandChains: [],
        timeStamp: null,
      },
      webhooks: {
        allowsPrivateNetworks: false,
        retrySeconds: [60, 300, 1_800, 7_200, 21_600, 43_200, 86_400],
      },
    });
  });

  it("is refused with every fault at once, each with its variable's name", () => {
    const faults = faultsOf({
      PORT: "70000",
      DATABASE_URL: "mysql://db",
      VALKEY_URL: "cache:6379",
      TRUST_PROXY: "everyone",
      STANCHION_SECRET: "short",
      RATE_LIMITS: "{",
      PUBLIC_URL: "line.example.com",
      SMTP_URL: "mail.example.com:587",
      MAIL_FROM: "nobody",
      MAIL_TIMEOUT_MS: "0",
      LOG_LEVEL: "loud",
    });
    expect(faults.map((fault) => fault.split(" ")[0])).toEqual([
      "DATABASE_URL",
      "SMTP_URL",
      "MAIL_FROM",
      "MAIL_TIMEOUT_MS",
      "PORT",
      "VALKEY_URL",
      "TRUST_PROXY",
      "STANCHION_SECRET",
      "RATE_LIMITS",
      "PUBLIC_URL",
      "LOG_LEVEL",
    ]);
    expect(new ConfigError(faults).message).toContain("\n  - PORT must be a port from 0 to 65535\n");
  });

  it.each(["-1", "65536", "80a", "0x50", "1.5", " 80"])("refuses PORT %s", (PORT) => {
    expect(faultsOf({ PORT })).toEqual(["PORT must be a port from 0 to 65535"]);
  });

  it("needs a sender with a mail provider, and never repeats the provider's password", () => {
    expect(faultsOf({ SMTP_URL: "smtp://mail.example.com" })).toEqual([
      expect.stringMatching(/^MAIL_FROM is needed with SMTP_URL/),
    ]);
    for (const SMTP_URL of [
      "smtp://me:s3cret@",
      "smtp://me:s3cret@mail/path",
      "smtp://s3cret@mail",
      "smtp://me:s3cret%@mail",
    ]) {
      const faults = faultsOf({ SMTP_URL, MAIL_FROM: "line@example.com" });
      expect(faults).toEqual([expect.stringMatching(/^SMTP_URL (must|has)/)]);
      expect(faults[0]).not.toContain("s3cret");
    }
  });

  it("needs a secret with a database of its own, even where that is named wrongly", () => {
    const needed = [expect.stringMatching(/^STANCHION_SECRET is needed with DATABASE_URL/)];
    expect(faultsOf({ DATABASE_URL: "postgres://db/stanchion" })).toEqual(needed);
    expect(faultsOf({ DATABASE_URL: "nonsense" })).toEqual([
      expect.stringMatching(/^DATABASE_URL/),
      ...needed,
    ]);
    expect(faultsOf({ DATABASE_URL: "postgres://db/stanchion", STANCHION_SECRET: secret })).toEqual([]);
  });

  it("counts the secret in bytes", () => {
    expect(faultsOf({ STANCHION_SECRET: "x".repeat(31) })).toEqual([
      "STANCHION_SECRET must have 32 bytes or more",
    ]);
    expect(faultsOf({ STANCHION_SECRET: "é".repeat(16) })).toEqual([]);
  });

  it("never echoes a secret in what it says", () => {
    const faults = faultsOf({
      DATABASE_URL: "mysql://me:s3cret@db",
      STANCHION_SECRET: "s3cret",
      VALKEY_URL: "http://:s3cret@c",
    });
    expect(faults).toHaveLength(3);
    expect(faults.join()).not.toContain("s3cret");
  });

  it.each(
    [
      "everyone",
      "10.0.0.0/33",
      "10.0.0.0/0",
      "10.0.0.0/8/9",
      "10.0.0.0/",
      "2001:db8::/129",
      "10.0.0",
      "",
      ",",
    ].filter(Boolean),
  )("refuses TRUST_PROXY %s", (TRUST_PROXY) => {
    expect(faultsOf({ TRUST_PROXY })).toEqual([expect.stringMatching(/^TRUST_PROXY must list/)]);
  });

  it.each([
    ["no JSON", "general=5"],
    ["a list", "[]"],
    ["null", "null"],
    ["a class that there is not", '{"usual":{"limit":1,"windowSeconds":1}}'],
    ["no window", '{"general":{"limit":1}}'],
    ["a limit of none", '{"general":{"limit":0,"windowSeconds":1}}'],
    ["a fraction", '{"general":{"limit":1.5,"windowSeconds":1}}'],
    ["a text", '{"general":{"limit":"1","windowSeconds":1}}'],
    ["more than it knows", '{"general":{"limit":1,"windowSeconds":1,"burst":1}}'],
    ["null for a class", '{"general":null}'],
  ])("refuses RATE_LIMITS that hold %s", (_, RATE_LIMITS) => {
    expect(faultsOf({ RATE_LIMITS })).toEqual([expect.stringMatching(/^RATE_LIMITS /)]);
  });

  it("names every fault of RATE_LIMITS at once", () => {
    const RATE_LIMITS =
      '{"usual":{"limit":1,"windowSeconds":1},"general":{"limit":0,"windowSeconds":1},"guest":null}';
    expect(faultsOf({ RATE_LIMITS })).toEqual([
      expect.stringMatching(/^RATE_LIMITS knows the classes .*"usual" is none$/),
      expect.stringMatching(/^RATE_LIMITS needs .* for general, /),
      expect.stringMatching(/^RATE_LIMITS needs .* for guest, /),
    ]);
  });
});
