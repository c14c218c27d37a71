import { limits } from "@stanchion/contract";
import type { FakeAnswer, FakeHandlers } from "./fake-answers.ts";
import { pageOf } from "./fake-answers.ts";
import { type FakeCall, isIdOf } from "./fake-call.ts";
import { FakeQueue, type FakeStay } from "./fake-queue.ts";
import { consumerOf } from "./fake-sessions.ts";
import { queueSettingsOf } from "./fake-settings.ts";
import { readClaims } from "./fake-signer.ts";
import type { FakeConsumer, FakeWorld } from "./fake-world.ts";
import { fingerprintFor, requireAdmittedDevice, requireSameDevice } from "./fingerprints.ts";
import { refuse } from "./refusal.ts";

const cached = { "Cache-Control": "public, max-age=1" };

export const queueHandlers: FakeHandlers = {
  createQueue: (world, call) => {
    const body = call.body("queueCreate");
    if (body.id !== undefined && world.queues.has(body.id))
      throw refuse("ALREADY_EXISTS", { details: { id: body.id } });
    const queue = new FakeQueue(world, queueSettingsOf(world, body));
    world.queues.set(queue.id, queue);
    const headers = { ...versionOf(queue), Location: `/api/v1/queues/${queue.id}` };
    return { status: 201, json: queue.view(), headers };
  },
  listQueues: (world, call) => {
    const { search, status } = call.query();
    const queues = [...world.queues.values()].reverse().filter((queue) => {
      const isNamed = queue.settings.name.toLowerCase().includes(String(search ?? "").toLowerCase());
      return isNamed && (status === undefined || status === queue.status);
    });
    return pageOf(
      call,
      queues.map((queue) => queue.view()),
    );
  },
  readQueue: (world, call) => {
    const queue = queueOf(world, call);
    return call.isByShop ? viewed(queue) : { json: queue.publicView() };
  },
  updateQueue: (world, call) => {
    const queue = queueOf(world, call);
    const patch = call.body("queuePatch");
    queueSettingsOf(world, patch as object);
    const told = Object.entries(patch).filter(([, value]) => value !== undefined);
    const bare = queueSettingsOf(world, {});
    // A null takes a setting back to what it is by itself.
    const changes = told.map(([name, value]) => [name, value ?? bare[name as keyof typeof bare] ?? null]);
    requireVersion(call, queue.view().version);
    queue.change(Object.fromEntries(changes));
    return viewed(queue);
  },
  openQueue: (world, call) => changed(world, call, (queue) => queue.open()),
  pauseQueue: (world, call) => changed(world, call, (queue) => queue.pause()),
  resumeQueue: (world, call) => changed(world, call, (queue) => queue.resume()),
  closeQueue: (world, call) => {
    const queue = queueOf(world, call);
    const { drain = true } = call.body("queueClose");
    queue.close({ drain });
    return viewed(queue);
  },

  enterQueue: async (world, call) => {
    const queue = queueOf(world, call);
    const device = fingerprintFor(call, queue.settings);
    const consumer = callerOf(world, call);
    const before = queue.liveStayOf(consumer.id);
    if (before !== undefined) {
      requireSameDevice(before, device, queue.settings);
      throw refuse("ALREADY_IN_QUEUE", { details: { ...(await queue.entryOf(before, true)) } });
    }
    const entry = await queue.entryOf(queue.enter(consumer, device), true);
    return { status: 201, json: entry, headers: { Location: `/api/v1/queues/${queue.id}/status` } };
  },
  readEntry: async (world, call) => {
    const queue = queueOf(world, call);
    const device = fingerprintFor(call, queue.settings);
    const stay = queue.latestOf(callerOf(world, call).id);
    requireSameDevice(stay, device, queue.settings);
    return { json: await queue.entryOf(stay, call.header("x-line-token") === null) };
  },
  leaveQueue: async (world, call) => {
    const queue = queueOf(world, call);
    const device = fingerprintFor(call, queue.settings);
    const { id } = callerOf(world, call);
    const live = queue.liveStayOf(id);
    if (live !== undefined) requireSameDevice(live, device, queue.settings);
    return { json: await queue.entryOf(queue.leave(id), false) };
  },
  readBoard: (world, call) => ({ json: queueOf(world, call).board(), headers: cached }),
  readDepartedSegment: (world, call) => {
    const given = call.param("segment");
    const bits = /^\d{1,7}$/.test(given) ? queueOf(world, call).segment(Number(given)) : null;
    const details = { segment: given.slice(0, 20), ranks: limits.boardSegmentRanks };
    if (bits === null) throw refuse("SEGMENT_NOT_FOUND", { details });
    const { version } = queueOf(world, call).board();
    const type = { "Content-Type": "application/octet-stream", ETag: `"${version}"` };
    return { response: (headers) => new Response(bits, { headers: { ...headers, ...cached, ...type } }) };
  },
  streamBoard: (world, call) => {
    const queue = queueOf(world, call);
    queue.tellChanges();
    const board = queue.board();
    return { response: (headers) => world.streams.open(queue.id, "board", board, board.version, headers) };
  },

  admitEntry: (world, call) => {
    const queue = queueOf(world, call);
    const { consumerId } = call.body("consumerReference");
    queue.admit(consumerId);
    return entryFor(queue, consumerId);
  },
  denyEntry: (world, call) => {
    const queue = queueOf(world, call);
    const { consumerId, block = false } = call.body("entryDeny");
    queue.deny(consumerId, { block });
    return entryFor(queue, consumerId);
  },
  completeEntry: (world, call) => {
    const queue = queueOf(world, call);
    const { consumerId, orderId = null } = call.body("entryComplete");
    queue.complete(consumerId, orderId);
    return entryFor(queue, consumerId);
  },
  validateAdmission: async (world, call) => {
    const queue = queueOf(world, call);
    const { token, fingerprint } = call.body("admissionValidate");
    if (fingerprint === undefined && queue.settings.requireFingerprint) throw refuse("FP001");
    const stay = queue.entryOfAdmission(await admissionIn(world, token, queue.id));
    if (stay?.admission === undefined) throw refuse("INVALID_TOKEN");
    requireAdmittedDevice(stay, fingerprint);
    queue.holderOf(stay).requireUsable();
    const { entryId, consumerId, admission } = stay;
    const times = timesOf(admission);
    const told = { id: admission.id, queueId: queue.id, entryId, consumerId, status: "ADMITTED", ...times };
    return { json: { valid: true, admission: told } };
  },
};

/** The id of the admission that a token is of; throws what the server refuses it with. */
export async function admissionIn(world: FakeWorld, token: string, distributionId: string): Promise<string> {
  if (!(await world.signer.isOwn(token))) throw refuse("INVALID_TOKEN");
  const { jti, dist, exp } = readClaims(token);
  if (exp * 1_000 <= world.clock.now()) throw refuse("TOKEN_EXPIRED");
  if (dist !== distributionId) throw refuse("INVALID_TOKEN");
  return jti;
}

export function timesOf({ admittedAtMs, expiresAtMs }: NonNullable<FakeStay["admission"]>) {
  return { admittedAt: new Date(admittedAtMs).toISOString(), expiresAt: new Date(expiresAtMs).toISOString() };
}

export function callerOf(world: FakeWorld, { session }: FakeCall): FakeConsumer {
  if (session === null) throw refuse("AUTHENTICATION_REQUIRED");
  return consumerOf(world, session);
}

/** Refuses a change that was made for another version than the present one. */
export function requireVersion(call: FakeCall, version: number): void {
  const given = call.header("if-match");
  if (given === null || given.trim() === "*") return;
  const expected = [...given.matchAll(/\d+/g)].map(([text]) => Number(text));
  if (!expected.includes(version)) throw refuse("CONCURRENT_MODIFICATION", { details: { version } });
}

export function queueOf(world: FakeWorld, call: FakeCall): FakeQueue {
  const id = call.param("queueId");
  const queue = isIdOf("queueId", id) ? world.queues.get(id) : undefined;
  if (queue === undefined) throw refuse("QUEUE_NOT_FOUND");
  return queue;
}

function versionOf(queue: FakeQueue) {
  return { ETag: `"${queue.view().version}"` };
}

function viewed(queue: FakeQueue): FakeAnswer {
  return { json: queue.view(), headers: versionOf(queue) };
}

function changed(world: FakeWorld, call: FakeCall, change: (queue: FakeQueue) => void): FakeAnswer {
  const queue = queueOf(world, call);
  call.body("noBody");
  change(queue);
  return viewed(queue);
}

/** An entry as the shop is told of it. */
async function entryFor(queue: FakeQueue, consumerId: string): Promise<FakeAnswer> {
  return { json: await queue.entryOf(queue.latestOf(consumerId), false) };
}
