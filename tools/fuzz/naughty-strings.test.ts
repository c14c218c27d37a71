/** Naughty strings through every text field of every operation: body, path, query and headers. */
import { canonicalEmail, errorTable, limits, type OperationName, operationOf } from "@stanchion/contract";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { startTestServer, type TestServer } from "../../packages/server/src/testing/index.ts";
import { checkExchange } from "../conformance/check-exchange.ts";
import { jsonOf, type ReceivedAnswer, type SentRequest, sendRequest } from "../conformance/exchange.ts";
import { readDocument, type ServedDocument } from "../conformance/served-document.ts";
import { stepsOf } from "./beginnings.ts";
import type { FuzzStep } from "./fuzz-step.ts";
import { FuzzWorld } from "./fuzz-world.ts";
import { naughtyStrings } from "./naughty-strings.ts";
import { type OperationSurface, readSurfaces } from "./operation-surface.ts";
import { type FieldPath, sampleOf, textFields, valueAt, withText } from "./text-fields.ts";
import { isWithoutBeacon } from "./without-beacon.ts";

/** In the usual run each field meets one string in so many, always others; NAUGHTY_STRINGS=all sends them all. */
const share = process.env.NAUGHTY_STRINGS === "all" ? 1 : 40;
if (share === 1) vi.setConfig({ testTimeout: 900_000 });
const surfaces = readSurfaces();
const counts = { requests: 0, stored: 0, refused: 0 };

let server: TestServer;
let document: ServedDocument;
/** For what changes nothing. */
let sharedWorld: FuzzWorld;
beforeAll(async () => {
  server = await startTestServer();
  const served = await fetch(`${server.url}/openapi.json`);
  document = readDocument((await served.json()) as Record<string, unknown>);
  sharedWorld = await newWorld();
});
afterAll(async () => {
  await server.stop();
  console.log(
    `${naughtyStrings.length} strings, ${counts.requests} requests: ${counts.stored} stored and read back, ${counts.refused} refused.`,
  );
});

/** An organization in which there is something of each kind, and a fan who waits. */
async function newWorld(): Promise<FuzzWorld> {
  const shop = await server.shop();
  const world = new FuzzWorld(shop, shop, "10.9.9");
  await world.letIn("owner");
  for (const step of stepsOf("admission"))
    world.learn(step, await sendRequest(server.url, world.request(step)));
  return world;
}

function stepFor(surface: OperationSurface): FuzzStep {
  const path = surface.path.map(({ name }) => [name, `@{${prefixes[name] ?? name}:0}`]);
  // Another one each time: a mailbox, for one, gets only a few codes in an hour.
  const body = surface.body === null ? null : JSON.stringify(sampleOf(surface.body, counts.requests));
  return {
    operation: surface.name,
    credential: "right",
    fan: 0,
    role: "owner",
    isHead: false,
    path: Object.fromEntries(path),
    query: {},
    headers: {},
    body,
  };
}

const prefixes: Readonly<Record<string, string>> = {
  experienceId: "exp",
  sequenceId: "seq",
  queueId: "queue",
  drawId: "draw",
  consumerId: "cons",
  productId: "prod",
  requestId: "req",
  keyId: "key",
  memberId: "mem",
  // None of one's own: it would end with the first of them.
  sessionId: "ended",
  invitationId: "inv",
};

async function send(request: SentRequest, text: string): Promise<ReceivedAnswer> {
  const answer = await sendRequest(server.url, request);
  counts.requests += 1;
  const { faults } = checkExchange({ request, answer }, errorTable, document);
  // What was sent may be echoed: a string about a stack is no stack of ours, and an empty one is received as such.
  const real = faults.filter(
    (fault) => !fault.startsWith("the answer gives away") && !fault.endsWith("received is not filled"),
  );
  const story = `${request.method} ${request.path.slice(0, 300)} with ${JSON.stringify(text.slice(0, 200))} → ${answer.status} ${answer.text.slice(0, 600)}`;
  expect(real, story).toEqual([]);
  if (isWithoutBeacon(request, answer)) return answer;
  expect(answer.status, story).toBeLessThan(500);
  if (answer.status >= 400) {
    // An address gets ten codes an hour, and there are more strings than addresses to send them to.
    const isMailed = request.path.endsWith("/auth/otp/request") && answer.status === 429;
    // A member's own password is asked for, and only so many wrong ones are compared.
    const isShutOut = answer.status === 429 && answer.text.includes(`"limit":${limits.failedPasswordsMax},`);
    if (!isMailed && !isShutOut)
      expect([400, 401, 403, 404, 409, 414, 415, 422, 423, 431], story).toContain(answer.status);
    counts.refused += 1;
  }
  return answer;
}

/** The strings for the n-th field of all. */
function stringsFor(n: number): readonly string[] {
  return naughtyStrings.filter((_, index) => (index + n) % share === 0);
}

const updates: Partial<Record<OperationName, true>> = {
  updateExperience: true,
  updateSequence: true,
  updateQueue: true,
  updateDraw: true,
  updateConsumer: true,
  updateProduct: true,
  updateApiKey: true,
  updateOrganization: true,
};

/** Where what a write has stored can be read; null: nowhere. */
function addressOf(name: OperationName, request: SentRequest, answer: ReceivedAnswer): string | null {
  if (updates[name]) return request.path;
  const location = answer.headers.get("location");
  return operationOf(name).access === "secret" && answer.status === 201 ? location : null;
}

describe("naughty strings", () => {
  const withBody = surfaces.filter(({ body }) => body !== null && textFields(body).length > 0);
  const fields = withBody.flatMap((surface) =>
    textFields(surface.body ?? {}).map((path): [string, OperationSurface, FieldPath] => [
      `${surface.name} ${path.join(".")}`,
      surface,
      path,
    ]),
  );

  it("meet every operation that takes a text in its body", () => {
    expect(withBody.length).toBeGreaterThan(10);
    expect(fields.length).toBeGreaterThan(30);
  });

  it.each(fields)("in %s come back equal or are refused", async (title, surface, path) => {
    const world = await newWorld();
    const schema = surface.body ?? {};
    for (const [index, text] of stringsFor(fields.findIndex(([known]) => known === title)).entries()) {
      const step = stepFor(surface);
      // References stand for what is there; in the string itself they must not.
      const request = world.request({ ...step, body: JSON.stringify(sampleOf(schema, index)) });
      const body = withText(schema, JSON.parse(request.body ?? "{}"), path, text, index);
      const resolved = world.request({
        ...step,
        body: JSON.stringify(withText(schema, body, path, "THE TEXT", index)),
      });
      const sent = {
        ...resolved,
        body: (resolved.body ?? "").replace('"THE TEXT"', () => JSON.stringify(text)),
      };
      const answer = await send(sent, text);
      if (answer.status >= 300) continue;
      const address = addressOf(surface.name, sent, answer);
      // What is secret is kept to check signatures with, and never shown again.
      if (address === null || path.at(-1) === "secret") continue;
      const read = await send(
        {
          ...sent,
          method: "GET",
          path: address,
          body: null,
          headers: { Authorization: sent.headers.Authorization ?? "" },
        },
        text,
      );
      const stored = valueAt(jsonOf(read), path);
      const isEmail = path.at(-1) === "email";
      expect(stored, `${surface.name} ${path.join(".")}`).toBe(isEmail ? canonicalEmail(text) : text);
      counts.stored += 1;
    }
  });

  const addressed = surfaces.flatMap((surface) =>
    [
      ...surface.path.map(({ name }) => ["path", name] as const),
      ...surface.query.map(({ name }) => ["query", name] as const),
    ].map(([place, name]): [string, OperationSurface, "path" | "query", string] => [
      `${surface.name} ${name}`,
      surface,
      place,
      name,
    ]),
  );
  it.each(addressed)("in the address, as %s, are read or refused", async (title, surface, place, name) => {
    const world = surface.name === "logout" ? await newWorld() : sharedWorld;
    for (const text of stringsFor(addressed.findIndex(([known]) => known === title))) {
      const marked = {
        ...stepFor(surface),
        [place]: { ...(place === "path" ? stepFor(surface).path : {}), [name]: "THE-TEXT" },
      };
      const request = world.request(marked);
      const path = request.path.replace("THE-TEXT", () => encodeURIComponent(text.toWellFormed()));
      // A path that ends where an id should be, or leads elsewhere, is another address.
      if (place === "path" && (text === "" || text === "." || text === "..")) continue;
      await send({ ...request, path }, text);
    }
  });

  const headed = surfaces.flatMap((surface) =>
    surface.headers.map(({ name }): [string, OperationSurface, string] => [
      `${surface.name} ${name}`,
      surface,
      name,
    ]),
  );
  it.each(headed)("in the headers, as %s, are read or refused", async (title, surface, name) => {
    const world = surface.name === "logout" ? await newWorld() : sharedWorld;
    for (const text of stringsFor(headed.findIndex(([known]) => known === title))) {
      // What HTTP cannot carry in a header cannot be sent: control characters; the rest goes as the bytes of UTF-8.
      const carried = Buffer.from(text.toWellFormed(), "utf8")
        .toString("latin1")
        .replace(/[^\t\x20-\x7e\x80-\xff]/g, "");
      const request = world.request(stepFor(surface));
      await send({ ...request, headers: { ...request.headers, [name]: carried.trim() } }, text);
    }
  });
});
