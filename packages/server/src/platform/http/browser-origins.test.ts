/** Every operation, asked by pages of many origins with every kind of credential, held against what the contract says of browsers. */
import {
  limits,
  type OperationName,
  type OperationShape,
  operationNames,
  operationOf,
  pathIdKinds,
} from "@stanchion/contract";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { beginMaintenance, endMaintenance } from "../../switch-maintenance.ts";
import {
  type CallOptions,
  errorOf,
  exchangeBytes,
  startTestServer,
  strangeId,
  type TestAnswer,
  type TestServer,
  type TestShop,
} from "../../testing/index.ts";

/** Is it written like one origin: a scheme, a host, perhaps a port? Only such a one can be told that it may read. */
interface Page {
  readonly origin: string;
  readonly isOneOrigin: boolean;
}

const list = [
  "https://shop.example",
  "https://tickets.example:8443",
  "http://localhost:5173",
  "https://xn--bcher-kva.example",
  "https://[2001:db8::1]",
  "https://*.shop.example",
  "http://*.dev.example:8080",
  // These can stand in a list, and let nobody in.
  "null",
  "*",
  "",
  "https://shop.example/",
  "https://*",
  "https://*.com",
  "https://sh*p.example",
];

/** What the wildcards of the list hold, word by word. */
const heldByWildcard = [
  "https://www.shop.example",
  "https://xn--bcher-kva.shop.example",
  "https://a_1.shop.example",
  "http://me.dev.example:8080",
];

const pages: readonly Page[] = [
  ...list.map((origin) => ({ origin, isOneOrigin: /^https?:\/\/[^/*]+$/.test(origin) })),
  ...[
    ...heldByWildcard,
    "https://shop.example.evil.com",
    "https://evilshop.example",
    "https://evil-shop.example",
    "https://www.shop.example.evil.com",
    "https://evil.com:80.shop.example",
    "https://a.b.shop.example",
    "https://.shop.example",
    "https://-.shop.example",
    "https://www.shop.example.",
    "https://www.shop.example:8443",
    "https://WWW.shop.example",
    "http://www.shop.example",
    "https://other.com",
    "http://dev.example:8080",
    "http://me.dev.example",
    "http://me.dev.example:80",
    "https://me.dev.example:8080",
    "https://shop.example.",
    "https://shop.example:444",
    "https://shop.example:443",
    "https://tickets.example",
    "http://shop.example",
    "https://SHOP.example",
    "https://xn--shp-8na.example",
    "https://xn--bcher-kvb.example",
    "https://203.0.113.7",
    "https://[2001:db8::2]",
    "http://localhost:5174",
    "http://127.0.0.1:5173",
    "chrome-extension://abcdefghijklmnopabcdefghijklmnop",
  ].map((origin) => ({ origin, isOneOrigin: true })),
  ...[
    "NULL",
    "https://shop.example, https://evil.example",
    "https://evil.example https://shop.example",
    "https://shop.example?a",
    "https://shop.example#a",
    "https://shop.example\\.evil.example",
    "https://somebody@shop.example",
    "https://b\u00fccher.example",
    `https://${"a".repeat(4_000)}.example`,
    "shop.example",
    "//shop.example",
    "https://",
    "javascript:alert(1)",
    '"><script>',
  ].map((origin) => ({ origin, isOneOrigin: false })),
];

/** One way to say who asks, and what the contract makes of it. */
interface Credential {
  readonly name: string;
  readonly kind: "none" | "publishable" | "secret" | "consumer" | "member";
  readonly isLive?: boolean;
  readonly list?: readonly string[];
  readonly options: CallOptions;
}

type Decision = "answered" | "unauthorized" | "origin refused" | "let in";

/** Section 6 of the contract, with the order of section 2: 401, then 403, then 400. */
function decide(operation: OperationShape, credential: Credential, page: Page, own: string): Decision {
  // A signature by another system is judged by itself, whatever page would send it along.
  if (operation.access === "anyone" || operation.access === "signed") return "answered";
  // Who signs in, and who has signed in, does it on a page of the server's own.
  if (operation.access === "visitor") return page.origin === own ? "let in" : "origin refused";
  if (!accepts(operation, credential)) return "unauthorized";
  if (credential.kind === "member") return page.origin === own ? "let in" : "origin refused";
  if (credential.kind === "secret" || !page.isOneOrigin) return "origin refused";
  if (page.origin === own) return "let in";
  const isAllowed =
    credential.list === undefined
      ? !credential.isLive
      : credential.list.includes(page.origin) ||
        (credential.list.length > 0 && heldByWildcard.includes(page.origin));
  return isAllowed ? "let in" : "origin refused";
}

/** A consumer comes with a publishable key, so it can do what the key can. */
function accepts({ access, leastRole }: OperationShape, { kind }: Credential): boolean {
  if (kind === "member") return leastRole !== null;
  if (access === "member") return false;
  if (access === "secret") return kind === "secret";
  if (access === "consumer") return kind === "consumer";
  return kind !== "none";
}

/** What stands in an answer of each decision. Let in, the request is still one that cannot be read, so that nothing is done. */
function checkDecision(decision: Decision, answer: TestAnswer, page: Page): string | null {
  const { code, details } = errorOf(answer);
  switch (decision) {
    case "answered":
      return answer.status !== 401 && code !== "ORIGIN_NOT_ALLOWED" ? null : "an open answer was refused";
    case "unauthorized":
      return answer.status === 401 ? null : "not 401";
    case "let in":
      return answer.status === 400 ? null : "not let in";
    case "origin refused":
      return answer.status === 403 && code === "ORIGIN_NOT_ALLOWED" && details.origin === page.origin
        ? null
        : "not refused for its origin";
  }
}

/** Those of the contract, and `Date`, by which clients correct their clocks. */
const exposed =
  "X-Request-Id, Retry-After, X-RateLimit-Limit, X-RateLimit-Remaining, X-RateLimit-Reset, RateLimit, RateLimit-Policy, ETag, Location, Idempotent-Replayed, DPoP-Nonce, WWW-Authenticate, Date";

/** What a browser is told: exactly that origin, `*` where it is open to all, and to anything else nothing. */
function checkHeaders(answer: Pick<TestAnswer, "headers">, page: Page, isOpenToAll = false): string[] {
  const { headers } = answer;
  const wrong = (name: string, wanted: string | null): string[] =>
    headers.get(name) === wanted ? [] : [`${name} is ${headers.get(name)} instead of ${wanted}`];
  const told = isOpenToAll ? "*" : page.isOneOrigin ? page.origin : null;
  const variesBy = (headers.get("vary") ?? "").split(", ");
  return [
    ...wrong("access-control-allow-origin", told),
    ...wrong("access-control-expose-headers", told === null ? null : exposed),
    ...wrong("access-control-allow-credentials", null),
    ...wrong("set-cookie", null),
    ...(isOpenToAll || variesBy.includes("Origin") ? [] : [`it varies by ${variesBy}`]),
  ];
}

describe("pages of every origin", () => {
  let server: TestServer;
  let listed: TestShop;
  let open: TestShop;
  let live: TestShop;
  let spent: TestShop;
  let credentials: readonly Credential[];
  let everyPage: readonly Page[];
  let own: string;
  let cells = 0;
  beforeAll(async () => {
    server = await startTestServer({ isWorker: false });
    own = new URL(server.url).origin;
    const one = { limit: 1, windowSeconds: 3_600 };
    let empty: TestShop;
    [listed, open, live, spent, empty] = await Promise.all([
      server.shop({ allowedOrigins: list }),
      server.shop(),
      server.shop({ isLive: true }),
      server.shop({ allowedOrigins: list, rateLimits: { general: one } }),
      server.shop({ allowedOrigins: [] }),
    ]);
    const otherPort = new URL(own);
    otherPort.port = "1";
    const otherName = new URL(own);
    otherName.hostname = "localhost";
    everyPage = [
      ...pages,
      ...[own, otherPort.origin, otherName.origin].map((origin) => ({ origin, isOneOrigin: true })),
      // The same place, but not written as a browser writes it.
      { origin: own.replace("127.0.0.1", "127.1"), isOneOrigin: true },
    ];
    credentials = [
      { name: "no credential", kind: "none", options: {} },
      ...(await Promise.all([
        ...credentialsOf("a test key", open, {}),
        ...credentialsOf("a live key", live, { isLive: true }),
        ...credentialsOf("a key with a list", listed, { list }),
        ...credentialsOf("a key with a list of nobody", empty, { list: [] }),
        open.member().then(
          ({ cookie }): Credential => ({
            name: "a member's cookie",
            kind: "member",
            options: { headers: { Cookie: cookie } },
          }),
        ),
      ])),
    ];
    await spent.call("GET", "/api/v1/experiences");
    const { publishableKey } = spent;
    await server.call("GET", `/api/v1/queues/${strangeId("queue")}`, { publishableKey });
  });
  afterAll(() => server.stop());

  it.each(operationNames)("%s", async (name) => {
    const operation = operationOf(name);
    const faults: string[] = [];
    for (const page of everyPage) {
      const asked = await Promise.all([
        preflight(pathOf(operation), page, operation.method),
        ...credentialsFor(operation).map((credential) => ask(name, credential, page)),
      ]);
      faults.push(...asked.flat());
      cells += asked.length;
    }
    expect(faults).toEqual([]);
  });

  it("were asked about in more than 20,000 cells, and none was left out", () => {
    const asked = operationNames.map((name) => 1 + credentialsFor(operationOf(name)).length);
    expect(cells).toBe(everyPage.length * asked.reduce((sum, count) => sum + count));
    expect(cells).toBeGreaterThan(20_000);
    expect(credentials).toHaveLength(14);
    expect(new Set(everyPage.map(({ origin }) => origin)).size).toBe(everyPage.length);
  });

  it("read every refusal that comes before an operation is found, or that its body brings", async () => {
    const queues = "/api/v1/queues";
    const { publishableKey, secretKey } = listed;
    const guest = { publishableKey };
    const spentKey = { publishableKey: spent.publishableKey };
    const tooLarge = { rawBody: "x".repeat(limits.bodyBytesMax + 1) };
    const form = { rawBody: "a=b", headers: { "Content-Type": "application/x-www-form-urlencoded" } };
    const allowed = everyPage.filter(({ origin, isOneOrigin }) => isOneOrigin && list.includes(origin));
    type Row = [number, readonly Page[], string, string, CallOptions];
    const rows: Row[] = [
      [404, everyPage, "GET", "/nowhere", {}],
      [404, everyPage, "GET", "/api/v1/quues", { bearer: secretKey }],
      [405, everyPage, "PUT", queues, { bearer: secretKey }],
      [405, everyPage, "DELETE", "/api/v1/auth/guest", guest],
      [414, everyPage, "GET", `${queues}?${"x".repeat(9_000)}`, {}],
      [429, everyPage, "GET", `${queues}/${strangeId("queue")}`, spentKey],
      [429, everyPage, "GET", queues, { bearer: spent.secretKey }],
      [413, allowed, "POST", "/api/v1/auth/guest", { ...guest, ...tooLarge }],
      [415, allowed, "POST", "/api/v1/auth/guest", { ...guest, ...form }],
      [400, allowed, "POST", "/api/v1/auth/guest", { ...guest, rawBody: "{" }],
      [404, allowed, "GET", `${queues}/${strangeId("queue")}`, guest],
      [422, allowed, "POST", "/api/v1/auth/refresh", { ...guest, body: {} }],
    ];
    for (const [status, asked, method, path, options] of rows)
      for (const page of asked) {
        const answer = await server.call(method, path, withOrigin(options, page));
        expect([method, path, page.origin, answer.status]).toEqual([method, path, page.origin, status]);
        expect([page.origin, checkHeaders(answer, page)]).toEqual([page.origin, []]);
      }
  });

  it("read the refusals of bytes that are no request", async () => {
    const port = Number(new URL(server.url).port);
    for (const page of everyPage.filter(({ origin }) => origin.length < 1_000)) {
      const head = `GET /health/live HTTP/1.1\r\nHost: x\r\nOrigin: ${page.origin}\r\n`;
      for (const rest of ["Broken\r\n\r\n", `Cookie: ${"x".repeat(20_000)}\r\n\r\n`]) {
        const [answer] = await exchangeBytes(port, [Buffer.from(head + rest, "latin1")]);
        if (answer === undefined) throw new Error(`no answer to ${page.origin}`);
        expect([400, 431]).toContain(answer.status);
        expect([page.origin, checkHeaders(answer, page)]).toEqual([page.origin, []]);
      }
    }
  });

  it("cannot name two origins in two headers", async () => {
    const port = Number(new URL(server.url).port);
    const head = `POST /api/v1/auth/guest HTTP/1.1\r\nHost: x\r\nX-Publishable-Key: ${open.publishableKey}\r\n`;
    const origins = "Origin: https://shop.example\r\nOrigin: https://evil.example\r\n";
    const [answer] = await exchangeBytes(port, [`${head}${origins}Connection: close\r\n\r\n`]);
    expect(answer?.text).toMatch(/ORIGIN_NOT_ALLOWED|MALFORMED_REQUEST/);
    expect(answer?.headers.get("access-control-allow-origin")).toBeNull();
  });

  it("read what succeeds, and by HEAD what GET would say", async () => {
    const queue = await listed.queue();
    const fan = await listed.fan();
    await fan.enter(queue.id);
    const { publishableKey } = listed;
    const allowed = { origin: "https://shop.example", isOneOrigin: true };
    for (const method of ["GET", "HEAD"])
      for (const [path, options] of [
        [`/api/v1/queues/${queue.id}`, { publishableKey }],
        [`/api/v1/queues/${queue.id}/status`, { publishableKey, bearer: fan.tokens.accessToken }],
        ["/api/v1/consumers/me", { publishableKey, bearer: fan.tokens.accessToken }],
      ] as const) {
        const answer = await server.call(method, path, withOrigin(options, allowed));
        expect([path, answer.status, checkHeaders(answer, allowed)]).toEqual([path, 200, []]);
      }
    for (const page of everyPage)
      for (const path of [
        `/api/v1/queues/${queue.id}/now-serving`,
        `/api/v1/queues/${queue.id}/departed/0`,
        "/.well-known/jwks.json",
      ]) {
        const answer = await server.call("GET", path, withOrigin({}, page));
        expect([path, answer.status, checkHeaders(answer, page, true)]).toEqual([path, 200, []]);
      }
  });

  it("follow the stream of a board, whoever they are", async () => {
    const queue = await live.queue();
    for (const page of everyPage) {
      const ending = new AbortController();
      const headers = { Origin: page.origin };
      const path = `/api/v1/queues/${queue.id}/stream`;
      const answer = await fetch(server.url + path, { headers, signal: ending.signal });
      expect([page.origin, answer.status, checkHeaders(answer, page, true)]).toEqual([page.origin, 200, []]);
      ending.abort();
    }
  });

  it("cannot read the metrics of the machine that they are shown on", async () => {
    expect((await server.call("GET", "/metrics")).status).toBe(200);
    for (const page of everyPage) {
      const answer = await server.call("GET", "/metrics", withOrigin({}, page));
      expect([page.origin, errorOf(answer).code]).toEqual([page.origin, "RESOURCE_RESTRICTED"]);
    }
  });

  it("read that there is maintenance, of every operation, and that an open address is too long", async () => {
    await beginMaintenance(server.db.database, { retryAfterSeconds: 60, message: null });
    const { publishableKey } = live;
    const isOn = (answer: TestAnswer): boolean => answer.status === 503;
    await server.until(() => server.call("POST", "/api/v1/auth/guest", { publishableKey }), isOn);
    for (const name of operationNames) {
      const operation = operationOf(name);
      const isOpenToAll = operation.access === "anyone";
      const staysUp = operation.staysUp || operation.answerType === "text/event-stream";
      const faults = await Promise.all(
        everyPage.map(async (page) => {
          const answer = await server.call(operation.method, pathOf(operation), withOrigin({}, page));
          const faults = checkHeaders(answer, page, isOpenToAll);
          return isOn(answer) === !staysUp ? faults : [...faults, `it is ${answer.status}`];
        }),
      );
      expect([name, faults.flat()]).toEqual([name, []]);
    }
    await endMaintenance(server.db.database);
    await server.until(
      () => server.call("POST", "/api/v1/auth/guest", { publishableKey }),
      (answer) => answer.status === 201,
    );
    for (const page of everyPage) {
      const tooLong = `/.well-known/jwks.json?${"x".repeat(limits.urlBytesMax)}`;
      const answer = await server.call("GET", tooLong, withOrigin({}, page));
      expect([answer.status, checkHeaders(answer, page, true)]).toEqual([414, []]);
    }
  });

  /** What is open to all looks at no credential: one of each kind will do, of the organization that lets in the fewest. */
  function credentialsFor({ access }: OperationShape): readonly Credential[] {
    if (access !== "anyone" && access !== "visitor") return credentials;
    return credentials.filter(({ kind, isLive }) => kind === "none" || isLive);
  }

  /** The three kinds of credential that an organization gives. */
  function credentialsOf(
    name: string,
    shop: TestShop,
    rule: Pick<Credential, "isLive" | "list">,
  ): (Credential | Promise<Credential>)[] {
    const { publishableKey, secretKey } = shop;
    return [
      { ...rule, name, kind: "publishable", options: { publishableKey } },
      { ...rule, name: `${name}, secret`, kind: "secret", options: { bearer: secretKey } },
      shop.fan().then(
        ({ tokens }): Credential => ({
          ...rule,
          name: `${name}, with a consumer's token`,
          kind: "consumer",
          options: { publishableKey, bearer: tokens.accessToken },
        }),
      ),
    ];
  }

  async function preflight(path: string, page: Page, method: string): Promise<string[]> {
    const answer = await server.call("OPTIONS", path, {
      headers: {
        Origin: page.origin,
        "Access-Control-Request-Method": method,
        "Access-Control-Request-Headers": "authorization,content-type,x-publishable-key",
      },
    });
    const faults = checkHeaders(answer, page);
    if (answer.status !== 204 || answer.text !== "") faults.push(`it is ${answer.status}`);
    if (!answer.headers.get("access-control-allow-methods")?.split(", ").includes(method))
      faults.push(`${method} is not allowed`);
    return faults.map((fault) => `preflight, ${page.origin}: ${fault}`);
  }

  async function ask(name: OperationName, credential: Credential, page: Page): Promise<string[]> {
    const operation = operationOf(name);
    const isOpenToAll = operation.access === "anyone";
    // Nothing is to be done, whoever is let in: the things are not there, and there is no such parameter.
    const path = isOpenToAll ? pathOf(operation) : `${pathOf(operation)}?nosuch=1`;
    const options = withOrigin(credential.options, page, isOpenToAll ? null : freshAddress());
    const answer = await server.call(operation.method, path, options);
    const decision = decide(operation, credential, page, own);
    const faults = checkHeaders(answer, page, isOpenToAll);
    const fault = checkDecision(decision, answer, page);
    if (fault !== null) faults.push(fault);
    return faults.map((what) => `${credential.name}, ${page.origin}: ${what}: ${answer.status}`);
  }

  function pathOf(operation: OperationShape): string {
    return operation.path.replace(/\{(\w+)\}/g, (_, parameter: string) => {
      const kind = pathIdKinds[parameter];
      return kind === undefined ? "0" : strangeId(kind);
    });
  }

  let addresses = 0;
  /** Failed credentials are counted by address; here everybody has one of their own. */
  function freshAddress(): string {
    addresses += 1;
    return `10.${addresses >> 16}.${(addresses >> 8) & 255}.${addresses & 255}`;
  }

  function withOrigin(options: CallOptions, page: Page, address: string | null = null): CallOptions {
    const forwarded = address === null ? {} : { "X-Forwarded-For": address };
    return { ...options, headers: { ...options.headers, Origin: page.origin, ...forwarded } };
  }
});
