import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { errorOf, startTestServer, strangeId, type TestServer, type TestShop } from "../../testing/index.ts";

const queues = "/api/v1/queues";
const hourMs = 3_600_000;

describe("queues", () => {
  let server: TestServer;
  let shop: TestShop;
  let offsetMs = 0;
  beforeAll(async () => {
    server = await startTestServer({ isWorker: false });
  });
  afterAll(() => server.stop());
  const fresh = async (): Promise<void> => {
    shop = await server.shop();
  };
  const advance = async (ms: number): Promise<void> => {
    offsetMs += ms;
    await server.advance(ms);
  };
  /** A time so many hours from now, by the clock of the test. */
  const at = (hours: number): string => new Date(Date.now() + offsetMs + hours * hourMs).toISOString();
  const create = (body: Record<string, unknown>) => shop.call("POST", queues, { body });
  const patch = (id: unknown, body: Record<string, unknown>, headers: Record<string, string> = {}) =>
    shop.call("PATCH", `${queues}/${id}`, { body, headers });
  const read = (id: unknown) => shop.call("GET", `${queues}/${id}`);
  const remove = (id: unknown, headers: Record<string, string> = {}) =>
    shop.call("DELETE", `${queues}/${id}`, { headers });

  describe("made", () => {
    it("are open at once, with the documented defaults", async () => {
      await fresh();
      const answer = await create({ name: "Drop", admitRate: 60 });
      expect(answer.status).toBe(201);
      expect(answer.body).toEqual({
        id: expect.stringMatching(/^queue_[0-9a-z]{26}$/),
        name: "Drop",
        experienceId: expect.stringMatching(/^exp_/),
        sequenceId: expect.stringMatching(/^seq_/),
        status: "OPEN",
        openAt: null,
        closeAt: null,
        timeZone: "UTC",
        waitlistUrl: null,
        capacity: null,
        waiting: 0,
        admitRate: 60,
        maxConcurrentAdmissions: null,
        maxAdmissions: null,
        admissionExpirationSeconds: 600,
        completionGraceSeconds: 120,
        shuffleBeforeOpen: false,
        joinFrom: null,
        beacon: { kind: "none" },
        rulesHash: expect.stringMatching(/^[0-9a-f]{64}$/),
        entryLevel: "guest",
        requireFingerprint: false,
        checkoutUrl: null,
        pageUrl: null,
        holds: [],
        isPaused: false,
        whenSoldOut: "end",
        version: 1,
        createdAt: answer.body.createdAt,
        updatedAt: answer.body.createdAt,
      });
      expect(answer.headers.get("location")).toBe(`${queues}/${answer.body.id}`);
      expect(answer.headers.get("etag")).toBe('"1"');
      expect((await read(answer.body.id)).body).toEqual(answer.body);
    });

    it("keep every setting that they are given", async () => {
      await fresh();
      const settings = {
        name: "Drop",
        admitRate: 1_000_000,
        openAt: "2098-01-01T00:00:00.000Z",
        closeAt: "2099-01-01T00:00:00.000Z",
        timeZone: "America/New_York",
        waitlistUrl: "https://shop.example/waitlist",
        capacity: 1_000_000_000,
        maxConcurrentAdmissions: 50,
        maxAdmissions: 1_000,
        admissionExpirationSeconds: 10,
        completionGraceSeconds: 0,
        shuffleBeforeOpen: true,
        joinFrom: "2097-01-01T00:00:00.000Z",
        beacon: { kind: "drand", chain: "quicknet" },
        entryLevel: "external",
        requireFingerprint: true,
        checkoutUrl: "https://shop.example/checkout",
        pageUrl: "https://shop.example/line",
      };
      const { body } = await create(settings);
      expect(body).toMatchObject({ ...settings, status: "SCHEDULED" });
      expect((await read(body.id)).body).toEqual(body);
    });

    it.each<[string, unknown, string]>([
      ["admitRate", 0, "min_value"],
      ["admitRate", 1_000_001, "max_value"],
      ["admitRate", 1.5, "format"],
      ["capacity", 0, "min_value"],
      ["capacity", 1_000_000_001, "max_value"],
      ["maxAdmissions", 0, "min_value"],
      ["admissionExpirationSeconds", 9, "min_value"],
      ["admissionExpirationSeconds", 86_401, "max_value"],
      ["completionGraceSeconds", -1, "min_value"],
      ["joinFrom", "2098-01-01T00:00:00Z", "enum"],
      ["beacon", { kind: "drand", chain: "quicknet" }, "enum"],
      ["entryLevel", "anyone", "enum"],
      ["checkoutUrl", "ftp://shop.example", "format"],
      ["waitlistUrl", "javascript:alert(1)", "format"],
      ["checkoutUrl", `https://shop.example/${"x".repeat(2_000)}`, "max_length"],
      ["pageUrl", "javascript:alert(1)", "format"],
      ["pageUrl", "https://fan:secret@shop.example/line", "format"],
      ["id", strangeId("sequence"), "format"],
      ["sequenceId", strangeId("queue"), "format"],
    ])("refuse %s %s: %s", async (field, value, type) => {
      await fresh();
      const answer = await create({ name: "Drop", admitRate: 60, [field]: value });
      expect(answer.status).toBe(422);
      expect(errorOf(answer).issues).toMatchObject([{ type, path: [{ key: field }] }]);
    });

    it("refuse an opening in a drawn order without its time, or with joining from behind it", async () => {
      await fresh();
      const shuffled = { name: "Drop", admitRate: 60, shuffleBeforeOpen: true };
      const timeless = await create(shuffled);
      expect(errorOf(timeless).issues).toMatchObject([{ type: "required", path: [{ key: "openAt" }] }]);
      const late = await create({
        ...shuffled,
        openAt: "2098-01-01T00:00:00Z",
        joinFrom: "2098-01-01T00:00:00Z",
      });
      expect(errorOf(late).issues).toMatchObject([{ type: "order", path: [{ key: "joinFrom" }] }]);
    });

    it("say by what a live line's order is to be drawn", async () => {
      const live = await server.shop({ isLive: true });
      const body = { name: "Drop", admitRate: 60, shuffleBeforeOpen: true, openAt: "2098-01-01T00:00:00Z" };
      const silent = await live.call("POST", queues, { body });
      expect(errorOf(silent).issues).toMatchObject([{ type: "required", path: [{ key: "beacon" }] }]);
      const chosen = await live.call("POST", queues, { body: { ...body, beacon: { kind: "none" } } });
      expect(chosen.status).toBe(201);
    });

    it("refuse all that is missing and wrong at once, in the order of the fields", async () => {
      await fresh();
      const answer = await create({ closeAt: "x", capacity: 0 });
      expect(errorOf(answer).issues?.map((issue) => [issue.path[0]?.key, issue.type])).toEqual([
        ["name", "required"],
        ["admitRate", "required"],
        ["closeAt", "format"],
        ["capacity", "min_value"],
      ]);
    });

    it("take the caller's own id, once, whoever has it", async () => {
      await fresh();
      const id = strangeId("queue");
      expect((await create({ id, name: "A", admitRate: 1 })).body.id).toBe(id);
      expect(errorOf(await create({ id, name: "B", admitRate: 1 }))).toMatchObject({
        code: "ALREADY_EXISTS",
        details: { id },
      });
      await fresh();
      expect(errorOf(await create({ id, name: "B", admitRate: 1 })).code).toBe("ALREADY_EXISTS");
      expect((await shop.call("GET", "/api/v1/experiences")).body.data).toEqual([]);
    });

    it("refuse a sequence that is not there, another's, or deleted", async () => {
      await fresh();
      const theirs = await (await server.shop()).queue();
      const { body: experience } = await shop.call("POST", "/api/v1/experiences", { body: { name: "E" } });
      const { body: gone } = await shop.call("POST", "/api/v1/sequences", {
        body: { experienceId: experience.id, name: "S" },
      });
      await shop.call("DELETE", `/api/v1/sequences/${gone.id}`);
      for (const sequenceId of [strangeId("sequence"), theirs.sequenceId, gone.id]) {
        const answer = await create({ name: "A", admitRate: 1, sequenceId });
        expect(errorOf(answer).issues).toMatchObject([
          { type: "reference", expected: "sequence", received: sequenceId, path: [{ key: "sequenceId" }] },
        ]);
      }
    });
  });

  describe("by the clock", () => {
    it("open and close by themselves", async () => {
      await fresh();
      const { body } = await create({ name: "A", admitRate: 1, openAt: at(1), closeAt: at(1.5) });
      const fan = await shop.fan();
      const early = await fan.enter(String(body.id));
      expect(errorOf(early)).toMatchObject({ code: "QUEUE_NOT_OPEN", details: { openAt: body.openAt } });
      expect(Number(early.headers.get("retry-after"))).toBeGreaterThan(3_590);
      await advance(hourMs);
      expect((await read(body.id)).body.status).toBe("OPEN");
      const inTime = await shop.fan();
      expect((await inTime.enter(String(body.id))).status).toBe(201);
      await advance(hourMs / 2);
      expect((await read(body.id)).body.status).toBe("CLOSED");
      const late = await shop.fan();
      expect(errorOf(await late.enter(String(body.id))).code).toBe("QUEUE_CLOSED");
      expect((await inTime.status(String(body.id))).body.status).toBe("QUEUED");
    });

    it("open at once where the opening has passed", async () => {
      await fresh();
      expect((await create({ name: "A", admitRate: 1, openAt: at(-1) })).body.status).toBe("OPEN");
    });

    it("refuse to close before they open, on the later field", async () => {
      await fresh();
      const wrong = { name: "A", admitRate: 1, openAt: at(2), closeAt: at(1) };
      const issue = [{ type: "order", expected: "after openAt", path: [{ key: "closeAt" }] }];
      expect(errorOf(await create(wrong)).issues).toMatchObject(issue);
      const { body } = await create({ ...wrong, closeAt: at(3) });
      expect(errorOf(await patch(body.id, { openAt: at(4) })).issues).toMatchObject(issue);
      expect(errorOf(await patch(body.id, { closeAt: at(1) })).issues).toMatchObject(issue);
    });

    it("close now where the closing is put into the past, and stay closed", async () => {
      await fresh();
      const { id } = await shop.queue();
      const closed = await patch(id, { closeAt: at(-1) });
      expect(closed.body).toMatchObject({ status: "CLOSED", version: 2 });
      const fan = await shop.fan();
      expect(errorOf(await fan.enter(id)).code).toBe("QUEUE_CLOSED");
      for (const change of [{ closeAt: null }, { closeAt: at(1) }, { openAt: at(1) }])
        expect(errorOf(await patch(id, change))).toMatchObject({
          code: "INVALID_STATE",
          details: { state: "CLOSED", hint: expect.stringMatching("make another") },
        });
      expect((await patch(id, { name: "Still" })).status).toBe(200);
    });

    it("keep their opening from the first join on, and let it move before", async () => {
      await fresh();
      const { id } = await shop.queue({ openAt: at(-1) });
      expect((await patch(id, { openAt: at(-2) })).status).toBe(200);
      await (await shop.fan()).enter(id);
      for (const openAt of [at(1), null])
        expect(errorOf(await patch(id, { openAt }))).toMatchObject({
          code: "INVALID_STATE",
          details: { field: "openAt", state: "OPEN" },
        });
      expect((await patch(id, { closeAt: at(1), admitRate: 5 })).status).toBe(200);
    });
  });

  describe("changed", () => {
    it("change what is sent, clear what is null and keep the rest", async () => {
      await fresh();
      const queue = await shop.queue({ capacity: 5, maxAdmissions: 7, admissionExpirationSeconds: 60 });
      const changed = await patch(queue.id, {
        capacity: 6,
        maxAdmissions: null,
        admissionExpirationSeconds: null,
      });
      expect(changed.body).toEqual({
        ...queue,
        capacity: 6,
        maxAdmissions: null,
        admissionExpirationSeconds: 600,
        version: 2,
        updatedAt: changed.body.updatedAt,
      });
      expect(changed.headers.get("etag")).toBe('"2"');
    });

    it("take the address of a page of the shop's, keep it and give it up", async () => {
      await fresh();
      const { id } = await shop.queue();
      const pageUrl = "http://localhost:3000/line";
      expect((await patch(id, { pageUrl })).body).toMatchObject({ pageUrl, checkoutUrl: null });
      expect((await patch(id, { name: "Another" })).body.pageUrl).toBe(pageUrl);
      expect(errorOf(await patch(id, { pageUrl: "/line" })).issues).toMatchObject([{ type: "format" }]);
      expect((await patch(id, { pageUrl: null })).body.pageUrl).toBeNull();
    });

    it("refuse to lose what they need", async () => {
      await fresh();
      const { id } = await shop.queue();
      expect(errorOf(await patch(id, { name: null, admitRate: null })).issues).toMatchObject([
        { type: "required", path: [{ key: "name" }] },
        { type: "required", path: [{ key: "admitRate" }] },
      ]);
    });

    it("cannot move to another sequence or take another id", async () => {
      await fresh();
      const queue = await shop.queue();
      for (const change of [{ sequenceId: queue.sequenceId }, { id: queue.id }, { status: "CLOSED" }])
        expect(errorOf(await patch(queue.id, change)).code).toBe("UNKNOWN_FIELD");
    });

    it("are not for a version that has passed, and people joining raise none", async () => {
      await fresh();
      const { id } = await shop.queue();
      await Promise.all((await shop.fans(3)).map((fan) => fan.enter(id)));
      expect((await patch(id, { capacity: 9 }, { "If-Match": '"1"' })).status).toBe(200);
      expect(errorOf(await patch(id, { capacity: 8 }, { "If-Match": '"1"' }))).toMatchObject({
        code: "CONCURRENT_MODIFICATION",
        details: { version: 2 },
        retryable: false,
      });
      expect((await patch(id, { capacity: 7 }, { "If-Match": "*" })).body).toMatchObject({
        capacity: 7,
        version: 3,
      });
      expect(errorOf(await patch(id, {}, { "If-Match": "3" })).code).toBe("INVALID_PARAMETER");
    });

    it("to a lower cap evict nobody", async () => {
      await fresh();
      const { id } = await shop.queue({ capacity: 3 });
      const fans = await shop.fans(3);
      for (const fan of fans) await fan.enter(id);
      expect((await patch(id, { capacity: 1 })).body).toMatchObject({ capacity: 1, waiting: 3 });
      for (const fan of fans) expect((await fan.status(id)).body.status).toBe("QUEUED");
      expect(errorOf(await (await shop.fan()).enter(id)).code).toBe("QUEUE_FULL");
    });
  });

  describe("deleted", () => {
    it("are not while people wait in them", async () => {
      await fresh();
      const { id } = await shop.queue();
      const fan = await shop.fan();
      await fan.enter(id);
      expect(errorOf(await remove(id))).toMatchObject({
        code: "RESOURCE_IN_USE",
        details: { liveEntries: 1, hint: expect.stringMatching("drain: false") },
      });
      await fan.leave(id);
      expect(errorOf(await remove(id, { "If-Match": '"9"' })).code).toBe("CONCURRENT_MODIFICATION");
      expect((await remove(id, { "If-Match": '"1"' })).status).toBe(204);
      expect(errorOf(await fan.status(id))).toMatchObject({
        code: "QUEUE_NOT_FOUND",
        details: { deleted: true },
      });
      expect(errorOf(await fan.enter(id)).code).toBe("QUEUE_NOT_FOUND");
      expect(errorOf(await server.call("GET", `${queues}/${id}/now-serving`)).code).toBe("QUEUE_NOT_FOUND");
    });

    it("are while only an ended line stands in them", async () => {
      await fresh();
      const { id } = await shop.queue();
      await (await shop.fan()).enter(id);
      await shop.call("POST", `${queues}/${id}/close`, { body: { drain: false } });
      expect((await remove(id)).status).toBe(204);
    });
  });

  it("are listed by state, experience, sequence and name", async () => {
    await fresh();
    const open = await shop.queue({ name: "Open one" });
    const early = await shop.queue({ name: "Early one", openAt: at(1) });
    const paused = await shop.queue({ name: "Paused one" });
    await shop.call("POST", `${queues}/${paused.id}/pause`);
    const closed = await shop.queue({ name: "Closed one" });
    await shop.call("POST", `${queues}/${closed.id}/close`);
    const second = await shop.queue({ name: "Second", sequenceId: open.sequenceId });
    const found = async (query: string) =>
      ((await shop.call("GET", `${queues}?${query}`)).body.data as { id: string }[]).map(({ id }) => id);
    expect(await found("status=SCHEDULED")).toEqual([early.id]);
    expect(await found("status=OPEN")).toEqual([second.id, open.id]);
    expect(await found("status=PAUSED")).toEqual([paused.id]);
    expect(await found("status=CLOSED")).toEqual([closed.id]);
    expect(await found(`experienceId=${open.experienceId}`)).toEqual([second.id, open.id]);
    expect(await found(`sequenceId=${open.sequenceId}&first=1`)).toEqual([second.id]);
    expect(await found("search=ONE&status=OPEN")).toEqual([open.id]);
    expect(await found("")).toHaveLength(5);
  });

  it("are shown to a publishable key without the shop's settings", async () => {
    await fresh();
    const pageUrl = "https://shop.example/line";
    const { id } = await shop.queue({ checkoutUrl: "https://shop.example/secret", pageUrl });
    const shown = await server.call("GET", `${queues}/${id}`, { publishableKey: shop.publishableKey });
    expect(Object.keys(shown.body).sort()).toEqual([
      "beacon",
      "capacity",
      "closeAt",
      "experienceId",
      "id",
      "joinFrom",
      "name",
      "openAt",
      "pageUrl",
      "rulesHash",
      "sequenceId",
      "shuffleBeforeOpen",
      "status",
      "timeZone",
      "waiting",
      "waitlistUrl",
    ]);
    expect(shown.body.pageUrl).toBe(pageUrl);
    expect(shown.headers.get("etag")).toBeNull();
  });
});
