/** A line that holds stock, held against a model of what must be left after each step. */
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  type StockedProduct,
  startTestServer,
  stocked,
  type TestFan,
  type TestLine,
  type TestServer,
  type TestShop,
  testLine,
} from "../../testing/index.ts";

const runs = process.env.FULL === "1" ? 400 : 25;
const commandsMax = 60;
/** Between the ages that the steps can bring about, so that the seconds that a run takes change nothing. */
const expirationSeconds = 1_050;
const stepMs = 100_000;
const tokenOverMs = 65_000;

type Status = "QUEUED" | "ADMITTED" | "COMPLETED" | "GONE";
interface Person {
  status: Status;
  /** When what it held is free, if it was admitted and has not bought. */
  freeAtMs: number;
}
interface Model {
  stock: number;
  sold: number;
  nowMs: number;
  readonly people: Person[];
}
interface Real {
  readonly shop: TestShop;
  readonly server: TestServer;
  readonly queueId: string;
  readonly line: TestLine;
  readonly print: StockedProduct;
  readonly fans: TestFan[];
}
type Command = fc.AsyncCommand<Model, Real>;

const quantity = 2;
const holdersOf = (model: Model): Person[] => model.people.filter(({ freeAtMs }) => freeAtMs > 0);
const reservedOf = (model: Model): number => holdersOf(model).length * quantity;

/** What every step must leave. */
async function compare(model: Model, { print }: Real): Promise<void> {
  const reserved = reservedOf(model);
  const available = model.stock - reserved - model.sold;
  expect(await print.levels()).toEqual({ reserved, sold: model.sold, available });
}

function step(
  name: string,
  check: (model: Model) => boolean,
  act: (model: Model, real: Real) => Promise<void>,
): Command {
  return {
    check,
    async run(model, real) {
      await act(model, real);
      await compare(model, real);
    },
    toString: () => name,
  };
}

function verb({ shop, queueId }: Real, name: string, fan: TestFan | undefined, more: object = {}) {
  const body = { consumerId: fan?.consumerId, ...more };
  return shop.call("POST", `/api/v1/queues/${queueId}/${name}`, { body });
}

/** Whom a step is about, of those in this state. */
function chosen(model: Model, status: Status, pick: number): number {
  const fitting = [...model.people.keys()].filter((index) => model.people[index]?.status === status);
  return fitting[pick % Math.max(1, fitting.length)] ?? -1;
}

function admit(model: Model, person: Person): void {
  person.status = "ADMITTED";
  person.freeAtMs = model.nowMs + expirationSeconds * 1_000;
}

const join = step(
  "join",
  () => true,
  async (model, real) => {
    const fan = await real.shop.fan();
    expect((await fan.enter(real.queueId)).status).toBe(201);
    real.fans.push(fan);
    model.people.push({ status: "QUEUED", freeAtMs: 0 });
  },
);

const tick = step(
  "tick",
  () => true,
  async (model, real) => {
    for (const person of model.people) {
      if (person.freeAtMs === 0 || person.freeAtMs > model.nowMs) continue;
      person.freeAtMs = 0;
      person.status = "GONE";
    }
    const room = Math.floor((model.stock - model.sold - reservedOf(model)) / quantity);
    const next = model.people.filter(({ status }) => status === "QUEUED").slice(0, room);
    for (const person of next) admit(model, person);
    expect(await real.line.tick()).toMatchObject({ admitted: next.length });
  },
);

const pass = step(
  "100 s pass",
  () => true,
  async (model, real) => {
    model.nowMs += stepMs;
    await real.server.advance(stepMs);
  },
);

const ofSomebody = (
  name: string,
  status: Status,
  act: (model: Model, real: Real, index: number, person: Person) => Promise<void>,
) =>
  fc.nat().map((pick) =>
    step(
      `${name} ${pick}`,
      (model) => chosen(model, status, pick) >= 0,
      async (model, real) => {
        const index = chosen(model, status, pick);
        const person = model.people[index];
        if (person !== undefined) await act(model, real, index, person);
      },
    ),
  );

const complete = ofSomebody("complete", "ADMITTED", async (model, real, index, person) => {
  const isOver = person.freeAtMs <= model.nowMs;
  expect((await verb(real, "complete", real.fans[index])).status).toBe(isOver ? 409 : 200);
  if (isOver) return;
  person.status = "COMPLETED";
  person.freeAtMs = 0;
  model.sold += quantity;
});

const deny = ofSomebody("deny", "ADMITTED", async (model, real, index, person) => {
  const isOver = person.freeAtMs <= model.nowMs;
  expect((await verb(real, "deny", real.fans[index], { reason: "bot" })).status).toBe(isOver ? 409 : 200);
  if (isOver) return;
  person.status = "GONE";
  person.freeAtMs = Math.min(person.freeAtMs, model.nowMs + tokenOverMs);
});

const giveBack = ofSomebody("give back", "ADMITTED", async (model, real, index, person) => {
  const isOver = person.freeAtMs <= model.nowMs;
  const answer = await real.fans[index]?.leave(real.queueId);
  expect(answer?.status).toBe(isOver ? 409 : 200);
  if (isOver) return;
  person.status = "GONE";
  person.freeAtMs = Math.min(person.freeAtMs, model.nowMs + tokenOverMs);
});

const leave = ofSomebody("leave", "QUEUED", async (_, real, index, person) => {
  expect((await real.fans[index]?.leave(real.queueId))?.status).toBe(200);
  person.status = "GONE";
});

const admitByHand = ofSomebody("admit", "QUEUED", async (model, real, index, person) => {
  // It settles first what has ended, as a tick does.
  for (const other of model.people)
    if (other.freeAtMs > 0 && other.freeAtMs <= model.nowMs) {
      other.freeAtMs = 0;
      other.status = "GONE";
    }
  const hasRoom = model.stock - model.sold - reservedOf(model) >= quantity;
  expect((await verb(real, "admit", real.fans[index])).status).toBe(hasRoom ? 200 : 409);
  if (hasRoom) admit(model, person);
});

const setStock = fc.integer({ min: 0, max: 20 }).map((stock) =>
  step(
    `stock ${stock}`,
    () => true,
    async (model, real) => {
      const isEnough = stock >= model.sold + reservedOf(model);
      expect(await real.print.setStock(stock)).toBe(isEnough ? 200 : 422);
      if (isEnough) model.stock = stock;
    },
  ),
);

describe("a line that holds stock", () => {
  let server: TestServer;
  let shop: TestShop;
  beforeAll(async () => {
    server = await startTestServer({ isWorker: false });
    shop = await server.shop();
  });
  afterAll(() => server.stop());

  it(`never sells more than there is and loses no unit, through ${runs} random lives`, {
    timeout: 900_000,
  }, async () => {
    let steps = 0;
    const counted = fc.commands(
      [
        fc.constant(join),
        fc.constant(join),
        fc.constant(tick),
        fc.constant(tick),
        fc.constant(pass),
        complete,
        complete,
        deny,
        giveBack,
        leave,
        admitByHand,
        setStock,
      ],
      { maxCommands: commandsMax, size: "max" },
    );
    await fc.assert(
      fc.asyncProperty(counted, async (commands) => {
        const print = await stocked(shop, 6);
        const queue = await shop.queue({
          admitRate: 1_000_000,
          admissionExpirationSeconds: expirationSeconds,
          completionGraceSeconds: 0,
          holds: [{ id: print.id, quantity }],
          whenSoldOut: "wait",
        });
        const real: Real = {
          shop,
          server,
          queueId: queue.id,
          line: testLine(server.db, queue.id),
          print,
          fans: [],
        };
        const setUp = () => ({
          model: { stock: 6, sold: 0, nowMs: 0, people: [] } satisfies Model as Model,
          real,
        });
        await fc.asyncModelRun(setUp, commands);
        steps += [...commands].length;
      }),
      { numRuns: runs },
    );
    console.log(`${steps} steps in ${runs} lives of a line that holds stock`);
  });
});
