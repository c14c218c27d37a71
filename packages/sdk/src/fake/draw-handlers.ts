import { fieldIssue } from "@stanchion/contract";
import { type FakeAnswer, type FakeHandlers, pageOf } from "./fake-answers.ts";
import { type FakeCall, isIdOf } from "./fake-call.ts";
import { FakeDraw } from "./fake-draw.ts";
import { drawSettingsOf } from "./fake-settings.ts";
import type { FakeWorld } from "./fake-world.ts";
import { fingerprintFor, requireAdmittedDevice, requireSameDevice } from "./fingerprints.ts";
import { admissionIn, callerOf, timesOf } from "./queue-handlers.ts";
import { refuse } from "./refusal.ts";

export const drawHandlers: FakeHandlers = {
  createDraw: (world, call) => {
    const body = call.body("drawCreate");
    if (body.id !== undefined && world.draws.has(body.id))
      throw refuse("ALREADY_EXISTS", { details: { id: body.id } });
    requireTimes(world, body);
    const draw = new FakeDraw(world, drawSettingsOf(world, body));
    world.draws.set(draw.id, draw);
    const { json, headers } = viewed(draw);
    return { status: 201, json, headers: { ...headers, Location: `/api/v1/draws/${draw.id}` } };
  },
  listDraws: (world, call) => {
    const { search, status } = call.query();
    const draws = [...world.draws.values()].reverse().filter((draw) => {
      const isNamed = draw.settings.name.toLowerCase().includes(String(search ?? "").toLowerCase());
      return isNamed && (status === undefined || status === draw.status);
    });
    return pageOf(
      call,
      draws.map((draw) => draw.view()),
    );
  },
  readDraw: (world, call) => {
    const draw = drawOf(world, call);
    return call.isByShop ? viewed(draw) : { json: draw.publicView() };
  },
  cancelDraw: (world, call) => {
    const draw = drawOf(world, call);
    call.body("noBody");
    draw.cancel();
    return viewed(draw);
  },
  streamDraw: (world, call) => {
    const draw = drawOf(world, call);
    draw.tellChanges();
    const news = draw.news();
    return { response: (headers) => world.streams.open(draw.id, "draw", news, news.version, headers) };
  },

  enterDraw: async (world, call) => {
    const draw = drawOf(world, call);
    const device = fingerprintFor(call, draw.settings);
    const consumer = callerOf(world, call);
    const before = draw.status === "OPEN" ? draw.liveEntryOf(consumer.id) : undefined;
    if (before !== undefined) {
      requireSameDevice(before, device, draw.settings);
      throw refuse("ALREADY_REGISTERED", { details: { ...(await draw.entryOf(before, "entrant")) } });
    }
    const entry = await draw.entryOf(draw.enter(consumer, device), "entrant");
    return { status: 201, json: entry, headers: { Location: `/api/v1/draws/${draw.id}/status` } };
  },
  readDrawEntry: async (world, call) => {
    const draw = drawOf(world, call);
    const device = fingerprintFor(call, draw.settings);
    const entry = draw.latestOf(callerOf(world, call).id);
    requireSameDevice(entry, device, draw.settings);
    return { json: await draw.entryOf(entry, "entrant") };
  },
  leaveDraw: async (world, call) => {
    const draw = drawOf(world, call);
    const device = fingerprintFor(call, draw.settings);
    const { id } = callerOf(world, call);
    const live = draw.liveEntryOf(id);
    if (live !== undefined) requireSameDevice(live, device, draw.settings);
    return { json: await draw.entryOf(draw.leave(id), "leaver") };
  },
  removeDrawEntry: async (world, call) => {
    const draw = drawOf(world, call);
    const { consumerId, reason } = call.body("drawEntryRemove");
    return { json: await draw.entryOf(draw.remove(consumerId, reason), "shop") };
  },
  denyDrawEntry: async (world, call) => {
    const draw = drawOf(world, call);
    const { consumerId, reason } = call.body("drawEntryRemove");
    draw.deny(consumerId, reason);
    return { json: await draw.entryOf(draw.latestOf(consumerId), "shop") };
  },
  completeDrawEntry: async (world, call) => {
    const draw = drawOf(world, call);
    const { consumerId, orderId } = call.body("entryComplete");
    draw.complete(consumerId, orderId ?? null);
    return { json: await draw.entryOf(draw.latestOf(consumerId), "shop") };
  },
  validateDrawAdmission: async (world, call) => {
    const draw = drawOf(world, call);
    const { token, fingerprint } = call.body("admissionValidate");
    if (fingerprint === undefined && draw.settings.requireFingerprint) throw refuse("FP001");
    const entry = draw.entryOfAdmission(await admissionIn(world, token, draw.id));
    if (entry?.admission === undefined) throw refuse("INVALID_TOKEN");
    requireAdmittedDevice(entry, fingerprint);
    draw.holderOf(entry).requireUsable();
    const { entryId, consumerId, admission } = entry;
    const told = {
      id: admission.id,
      drawId: draw.id,
      entryId,
      consumerId,
      status: "WON",
      ...timesOf(admission),
    };
    return { json: { valid: true, admission: told } };
  },
};

function requireTimes(world: FakeWorld, { closeAt, drawAt }: { closeAt: string; drawAt: string }): void {
  const [closeAtMs, drawAtMs] = [Date.parse(closeAt), Date.parse(drawAt)];
  const issues = [
    ...(closeAtMs > world.clock.now() ? [] : [fieldIssue("closeAt", "order", "after now", iso(closeAtMs))]),
    ...(drawAtMs >= closeAtMs ? [] : [fieldIssue("drawAt", "order", "not before closeAt", iso(drawAtMs))]),
  ];
  if (issues.length > 0) throw refuse("VALIDATION_ERROR", { issues });
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}

function drawOf(world: FakeWorld, call: FakeCall): FakeDraw {
  const id = call.param("drawId");
  const draw = isIdOf("drawId", id) ? world.draws.get(id) : undefined;
  if (draw === undefined) throw refuse("DRAW_NOT_FOUND");
  return draw;
}

function viewed(draw: FakeDraw): Required<Pick<FakeAnswer, "json" | "headers">> {
  const json = draw.view();
  return { json, headers: { ETag: `"${json.version}"` } };
}
