import { bytesFromUuid, decodeId } from "@stanchion/contract";
import { issueLineToken } from "../../packages/server/src/distributions/queues/line-token.ts";
import { createOrganization } from "../../packages/server/src/identity/index.ts";
import { memberOf, uuidOf } from "../made-up-people.ts";
import { makeBoundCases } from "./bound-cases.ts";
import type { Case } from "./case.ts";
import { bearerOf, entering } from "./joining.ts";
import { makeRefusedCases, refusedLimits } from "./refused-cases.ts";
import {
  fillQueue,
  make,
  makeDraw,
  makeQueue,
  resetDraw,
  resetLine,
  type Shop,
  type Stage,
} from "./stage.ts";

export interface CaseOptions {
  /** Only cases whose name has this in it, besides the bare route. */
  readonly wanted: string;
  /** People in the line for status and enter. */
  readonly lineSizes: readonly number[];
  readonly requests: number;
}

/** The bare route, and then each kind of request that it is compared with. */
export async function makeCases(stage: Stage, options: CaseOptions): Promise<Case[]> {
  const { shop } = stage;
  const boardQueue = await makeQueue(stage, shop, "board");
  const drawId = await makeDraw(stage, shop);
  const cases: Case[] = [
    { name: "bare route", port: "bare", expected: "200", requestOf: () => head("GET", "/bare", "") },
    {
      name: "now-serving",
      port: "api",
      expected: "200",
      requestOf: () => head("GET", `/api/v1/queues/${boardQueue}/now-serving`, ""),
    },
    {
      name: "guest",
      port: "api",
      expected: "201",
      requestOf: () => head("POST", "/api/v1/auth/guest", `${keyLine(shop)}Content-Length: 0\r\n`),
    },
    ...(await makeLineCases(stage, options)),
    {
      name: "enter-draw",
      ...entering(stage, shop, { path: `draws/${drawId}`, count: options.requests }),
      before: () => resetDraw(stage, drawId),
    },
    ...(await makeToldCases(stage, options)),
    ...(await makeRefused(stage, boardQueue)),
  ];
  return cases.filter(({ name }) => name === "bare route" || name.includes(options.wanted));
}

function head(method: string, target: string, headers: string): string {
  return `${method} ${target} HTTP/1.1\r\nHost: 127.0.0.1\r\n${headers}\r\n`;
}

function keyLine({ publishableKey }: Shop): string {
  return `X-Publishable-Key: ${publishableKey}\r\n`;
}

function isWanted({ wanted }: CaseOptions, name: string): boolean {
  return wanted === "" || wanted.startsWith(name) || name.startsWith(wanted);
}

const statusTextCount = 20_000;

/** Status and enter of lines of each size; lines are filled for the cases alone that need them. */
async function makeLineCases(stage: Stage, options: CaseOptions): Promise<Case[]> {
  const { shop, secrets } = stage;
  const { requests } = options;
  const cases: Case[] = [];
  const sizes = isWanted(options, "status") || isWanted(options, "enter,") ? options.lineSizes : [];
  for (const size of sizes) {
    const queueId = await makeQueue(stage, shop, `line of ${size}`);
    const enteredAtMs = await fillQueue(stage, queueId, size);
    const queueUuid = decodeId("queue", queueId) ?? "";
    const queueBytes = bytesFromUuid(queueUuid);
    const path = `/api/v1/queues/${queueId}/status`;
    const statusOf = (ticket: number, credential: string): string => {
      const { consumerId, entryId } = memberOf(queueUuid, ticket);
      const place = { entryBytes: bytesFromUuid(entryId), ticket, enteredAtMs };
      const holder = { queueBytes, consumerBytes: bytesFromUuid(consumerId), device: null };
      const token = issueLineToken(secrets, place, holder);
      const device = `X-Line-Token: ${token}\r\nX-Fingerprint: device-of-${consumerId}\r\n`;
      return head("GET", path, keyLine(shop) + credential + device);
    };
    const consumerOf = (ticket: number): string => memberOf(queueUuid, ticket).consumerId;
    const statusTexts = Array.from({ length: statusTextCount }, (_, index) => {
      const ticket = 1 + ((index * 7_919) % size);
      const bearer = bearerOf(secrets, shop, consumerOf(ticket));
      return statusOf(ticket, `Authorization: Bearer ${bearer}\r\n`);
    });
    cases.push({
      name: `status, ${size.toLocaleString("en")} in line`,
      port: "api",
      expected: "200",
      requestOf: (round, index) => statusTexts[(round * 7 + index) % statusTexts.length] ?? "",
    });
    const organizationId = decodeId("organization", shop.organizationId) ?? "";
    if (size === sizes[0])
      cases.push(...makeBoundCases({ size, path, organizationId, secrets, requests, consumerOf, statusOf }));
    cases.push({
      name: `enter, ${size.toLocaleString("en")} in line`,
      ...entering(stage, shop, { path: `queues/${queueId}`, count: requests }),
      before: () => resetLine(stage, queueId, size),
    });
  }
  return cases;
}

/** Entering an empty line where nobody is told of it, and where a webhook endpoint is. */
async function makeToldCases(stage: Stage, options: CaseOptions): Promise<Case[]> {
  if (!isWanted(options, "webhooks")) return [];
  const told = await createOrganization(stage.database, { name: "Told of everybody" });
  const events = ["queue.consumer.entered"];
  await make(stage, told, "webhook-endpoints", { url: "https://hooks.example/", events, maxPerBatch: 1_000 });
  const enter = async (name: string, shop: Shop): Promise<Case> => {
    const queueId = await makeQueue(stage, shop, name);
    return {
      name: `webhooks: enter, ${name}`,
      ...entering(stage, shop, { path: `queues/${queueId}`, count: options.requests }),
      before: () => resetLine(stage, queueId, 0),
    };
  };
  return [await enter("nobody is told", stage.shop), await enter("an endpoint is told", told)];
}

async function makeRefused(stage: Stage, queueId: string): Promise<Case[]> {
  const { database, secrets, shop: wideShop, server, sharing } = stage;
  const shop = await createOrganization(database, { name: "Refused", rateLimits: refusedLimits });
  return makeRefusedCases({
    shop,
    wideShop,
    accessToken: bearerOf(secrets, shop, uuidOf("refused")),
    queueId,
    portOf: (isShared) => (isShared ? sharing : server)?.port ?? 0,
    hasStore: sharing !== null,
  });
}
