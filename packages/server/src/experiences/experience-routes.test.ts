import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { errorOf, startTestServer, strangeId, type TestServer, type TestShop } from "../testing/index.ts";

const experiences = "/api/v1/experiences";
const sequences = "/api/v1/sequences";
const hourMs = 3_600_000;

/** The contract's exact words for a taken value. */
const taken = (field: string) => ({
  kind: "validation",
  type: "unique",
  expected: "unique_value",
  received: "duplicate_value",
  message: "validation.unique",
  path: [{ type: "object", key: field }],
});

describe("experiences", () => {
  let server: TestServer;
  let shop: TestShop;
  let offsetMs = 0;
  beforeAll(async () => {
    server = await startTestServer({ isWorker: false });
  });
  afterAll(() => server.stop());
  const fresh = async (): Promise<TestShop> => {
    shop = await server.shop();
    return shop;
  };
  const advance = async (ms: number): Promise<void> => {
    offsetMs += ms;
    await server.advance(ms);
  };
  /** A time so many hours from now, by the clock of the test. */
  const at = (hours: number): string => new Date(Date.now() + offsetMs + hours * hourMs).toISOString();
  const create = (body: Record<string, unknown>) => shop.call("POST", experiences, { body });
  const patch = (id: unknown, body: Record<string, unknown>, headers: Record<string, string> = {}) =>
    shop.call("PATCH", `${experiences}/${id}`, { body, headers });
  const read = (id: unknown) => shop.call("GET", `${experiences}/${id}`);

  describe("made", () => {
    it("have defaults, version 1, a place and an ETag", async () => {
      await fresh();
      const answer = await create({ name: "Summer" });
      expect(answer.status).toBe(201);
      const { id, createdAt, updatedAt } = answer.body;
      expect(answer.body).toEqual({
        id: expect.stringMatching(/^exp_[0-9a-z]{26}$/),
        name: "Summer",
        slug: null,
        status: "OPEN",
        openAt: null,
        closeAt: null,
        timeZone: "UTC",
        theme: null,
        products: [],
        version: 1,
        createdAt,
        updatedAt: createdAt,
      });
      expect(new Date(String(updatedAt)).toISOString()).toBe(updatedAt);
      expect(answer.headers.get("location")).toBe(`${experiences}/${id}`);
      expect(answer.headers.get("etag")).toBe('"1"');
      expect((await read(id)).body).toEqual(answer.body);
    });

    it("keep what they are given, times in UTC with milliseconds", async () => {
      await fresh();
      const { body } = await create({
        name: "Winter ❄️",
        slug: "winter-26",
        openAt: "2098-12-01T10:00:00+02:00",
        closeAt: "2099-01-01T00:00:00.5Z",
        timeZone: "Europe/Helsinki",
      });
      expect(body).toMatchObject({
        name: "Winter ❄️",
        slug: "winter-26",
        status: "SCHEDULED",
        openAt: "2098-12-01T08:00:00.000Z",
        closeAt: "2099-01-01T00:00:00.500Z",
        timeZone: "Europe/Helsinki",
      });
    });

    it("take the caller's own id, once", async () => {
      await fresh();
      const id = strangeId("experience");
      expect((await create({ id, name: "Mine" })).body.id).toBe(id);
      const again = await create({ id, name: "Mine again" });
      expect(errorOf(again)).toMatchObject({
        error: "already_exists",
        code: "ALREADY_EXISTS",
        details: { id },
      });
      await fresh();
      expect(errorOf(await create({ id, name: "Another's" })).code).toBe("ALREADY_EXISTS");
    });

    it("do not take an id of another kind", async () => {
      await fresh();
      const answer = await create({ id: strangeId("queue"), name: "Mine" });
      expect(errorOf(answer).issues).toMatchObject([{ type: "format", path: [{ key: "id" }] }]);
    });

    it("twice at once with one own id are one and a refusal", async () => {
      await fresh();
      const id = strangeId("experience");
      const answers = await Promise.all(
        Array.from({ length: 8 }, (_, index) => create({ id, name: `N${index}` })),
      );
      expect(answers.filter((answer) => answer.status === 201)).toHaveLength(1);
      expect(answers.filter((answer) => errorOf(answer).code === "ALREADY_EXISTS")).toHaveLength(7);
    });

    it.each([
      ["slug", "Upper", "pattern"],
      ["slug", "two--dashes", "pattern"],
      ["slug", "-", "pattern"],
      ["slug", "x".repeat(81), "max_length"],
      ["name", "x".repeat(201), "max_length"],
      ["timeZone", "Nowhere/Land", "format"],
      ["openAt", "tomorrow", "format"],
      ["closeAt", "2026-13-01T00:00:00Z", "format"],
    ])("refuse %s %s: %s", async (field, value, type) => {
      await fresh();
      const answer = await create({ name: "A", [field]: value });
      expect(answer.status).toBe(422);
      expect(errorOf(answer).issues).toMatchObject([{ type, path: [{ key: field }] }]);
    });
  });

  describe("with a name or a slug that is taken", () => {
    it("are refused in the contract's exact words, both at once", async () => {
      await fresh();
      await create({ name: "Summer", slug: "summer" });
      const answer = await create({ name: "Summer", slug: "summer" });
      expect(answer.status).toBe(422);
      expect(errorOf(answer)).toMatchObject({ error: "validation_error", code: "VALIDATION_ERROR" });
      expect(errorOf(answer).issues).toEqual([taken("name"), taken("slug")]);
    });

    it("are refused on a change as well, but may keep their own", async () => {
      await fresh();
      await create({ name: "Summer", slug: "summer" });
      const { body } = await create({ name: "Winter", slug: "winter" });
      expect(errorOf(await patch(body.id, { name: "Summer" })).issues).toEqual([taken("name")]);
      expect(errorOf(await patch(body.id, { slug: "summer" })).issues).toEqual([taken("slug")]);
      expect((await patch(body.id, { name: "Winter", slug: "winter" })).status).toBe(200);
    });

    it("are one and a refusal where two come at once", async () => {
      for (let round = 0; round < 5; round += 1) {
        await fresh();
        const answers = await Promise.all([1, 2].map((slug) => create({ name: "Same", slug: `s${slug}` })));
        expect(answers.map((answer) => answer.status).sort()).toEqual([201, 422]);
        const refused = answers.find((answer) => answer.status === 422);
        expect(refused && errorOf(refused).issues).toEqual([taken("name")]);
      }
    });

    it("are fine in another organization, and once the other is deleted", async () => {
      await fresh();
      const { body } = await create({ name: "Summer", slug: "summer" });
      await shop.call("DELETE", `${experiences}/${body.id}`);
      expect((await create({ name: "Summer", slug: "summer" })).status).toBe(201);
      await fresh();
      expect((await create({ name: "Summer", slug: "summer" })).status).toBe(201);
    });
  });

  describe("changed", () => {
    it("change what is sent, clear what is null and keep the rest", async () => {
      await fresh();
      const { body } = await create({ name: "A", slug: "a", openAt: at(1), timeZone: "Asia/Tokyo" });
      const changed = await patch(body.id, { name: "B", slug: null });
      expect(changed.body).toMatchObject({
        name: "B",
        slug: null,
        openAt: body.openAt,
        timeZone: "Asia/Tokyo",
        version: 2,
      });
      expect(changed.headers.get("etag")).toBe('"2"');
      const cleared = await patch(body.id, { openAt: null, timeZone: null });
      expect(cleared.body).toMatchObject({ openAt: null, timeZone: "UTC", status: "OPEN", version: 3 });
    });

    it("refuse to lose their name", async () => {
      await fresh();
      const { body } = await create({ name: "A" });
      expect(errorOf(await patch(body.id, { name: null })).issues).toMatchObject([
        { type: "required", path: [{ key: "name" }] },
      ]);
    });

    it("are never changed for a version that has passed", async () => {
      await fresh();
      const { body } = await create({ name: "A" });
      expect((await patch(body.id, { name: "B" }, { "If-Match": '"1"' })).status).toBe(200);
      const late = await patch(body.id, { name: "C" }, { "If-Match": '"1"' });
      expect(errorOf(late)).toMatchObject({
        error: "concurrent_modification",
        details: { version: 2 },
        retryable: false,
      });
      expect((await read(body.id)).body.name).toBe("B");
      expect((await patch(body.id, { name: "C" }, { "If-Match": "*" })).status).toBe(200);
      expect(
        (await shop.call("DELETE", `${experiences}/${body.id}`, { headers: { "If-Match": '"2"' } })).status,
      ).toBe(409);
      expect(
        (await shop.call("DELETE", `${experiences}/${body.id}`, { headers: { "If-Match": '"3"' } })).status,
      ).toBe(204);
    });

    it.each(["", "1", '"x"', '"1', "W/1", 'W/"1"', '"1", W/"2"', '"1", 2', '"1" "2"', '*, "1"', '"-1"'])(
      "refuse an If-Match that is none: %s",
      async (given) => {
        await fresh();
        const { body } = await create({ name: "A" });
        const answer = await patch(body.id, {}, { "If-Match": given });
        expect(errorOf(answer)).toMatchObject({
          code: "INVALID_PARAMETER",
          details: { parameter: "If-Match" },
        });
      },
    );

    it("at once under one version are changed once", async () => {
      await fresh();
      const { body } = await create({ name: "A" });
      const answers = await Promise.all(
        Array.from({ length: 10 }, (_, index) =>
          patch(body.id, { name: `N${index}` }, { "If-Match": '"1"' }),
        ),
      );
      expect(answers.filter((answer) => answer.status === 200)).toHaveLength(1);
      expect((await read(body.id)).body.version).toBe(2);
    });
  });

  describe("by the clock", () => {
    it("open and close by themselves", async () => {
      await fresh();
      const { body } = await create({ name: "A", openAt: at(1), closeAt: at(2) });
      const statuses = [body.status];
      for (let hour = 0; hour < 2; hour += 1) {
        await advance(hourMs);
        statuses.push((await read(body.id)).body.status);
      }
      expect(statuses).toEqual(["SCHEDULED", "OPEN", "CLOSED"]);
    });

    it("refuse to close before they open, on the later field", async () => {
      await fresh();
      const [early, late] = [at(1), at(2)];
      for (const closeAt of [early, late])
        expect(errorOf(await create({ name: "A", openAt: late, closeAt })).issues).toMatchObject([
          { type: "order", expected: "after openAt", path: [{ key: "closeAt" }] },
        ]);
      const { body } = await create({ name: "A", openAt: early, closeAt: late });
      expect(errorOf(await patch(body.id, { openAt: at(3) })).issues).toMatchObject([{ type: "order" }]);
    });

    it("stay closed", async () => {
      await fresh();
      const { body } = await create({ name: "A" });
      const closed = await patch(body.id, { closeAt: at(-1) });
      expect(closed.body.status).toBe("CLOSED");
      for (const closeAt of [null, at(1)])
        expect(errorOf(await patch(body.id, { closeAt }))).toMatchObject({
          code: "INVALID_STATE",
          details: { state: "CLOSED" },
        });
      expect((await patch(body.id, { name: "Still" })).status).toBe(200);
    });

    it("close their queues with them", async () => {
      await fresh();
      const queue = await shop.queue();
      const fan = await shop.fan();
      await fan.enter(queue.id);
      await patch(queue.experienceId, { closeAt: at(0) });
      expect((await shop.call("GET", `/api/v1/queues/${queue.id}`)).body.status).toBe("CLOSED");
      const late = await shop.fan();
      expect(errorOf(await late.enter(queue.id)).code).toBe("QUEUE_CLOSED");
      expect((await fan.status(queue.id)).body.status).toBe("QUEUED");
      const board = () => server.call("GET", `/api/v1/queues/${queue.id}/now-serving`);
      await server.until(board, (answer) => answer.body.status === "CLOSED");
    });
  });

  describe("deleted", () => {
    it("are gone from lists and cannot be deleted again", async () => {
      await fresh();
      const { body } = await create({ name: "A" });
      const gone = await shop.call("DELETE", `${experiences}/${body.id}`);
      expect([gone.status, gone.text]).toEqual([204, ""]);
      expect((await shop.call("GET", experiences)).body.data).toEqual([]);
      expect(errorOf(await shop.call("DELETE", `${experiences}/${body.id}`)).details).toEqual({
        deleted: true,
      });
      expect(errorOf(await create({ id: body.id, name: "A" })).code).toBe("ALREADY_EXISTS");
    });

    it("are not while they have sequences", async () => {
      await fresh();
      const { body } = await create({ name: "A" });
      const sequence = await shop.call("POST", sequences, { body: { experienceId: body.id, name: "S" } });
      expect(errorOf(await shop.call("DELETE", `${experiences}/${body.id}`))).toMatchObject({
        code: "RESOURCE_IN_USE",
        details: { sequences: 1, hint: expect.stringMatching("Delete the sequences") },
      });
      await shop.call("DELETE", `${sequences}/${sequence.body.id}`);
      expect((await shop.call("DELETE", `${experiences}/${body.id}`)).status).toBe(204);
    });
  });

  describe("that offer products", () => {
    const product = async (name: string, more: Record<string, unknown> = {}) => {
      const given = { name, sku: name, price: "12.00", currency: "EUR", ...more };
      const { body } = await shop.call("POST", "/api/v1/products", { body: given });
      // What there is left of it is the shop's own business.
      const {
        version: _,
        createdAt: _made,
        updatedAt: _changed,
        stock: _s,
        stockLevels: _l,
        ...offer
      } = body;
      const variants = (body.variants as Record<string, unknown>[]).map(({ stock: _, ...shown }) => shown);
      const shown: Record<string, unknown> & { id: string } = { ...offer, variants, id: String(body.id) };
      return shown;
    };
    const change = (id: string, body: Record<string, unknown>) =>
      shop.call("PATCH", `/api/v1/products/${id}`, { body });
    const idsIn = ({ body }: { body: Record<string, unknown> }) =>
      (body.products as { id: string }[]).map(({ id }) => id);

    it("show them in the order that they were given, with their variants", async () => {
      await fresh();
      const shoe = await product("Shoe");
      const boot = await product("Boot", { variants: [{ name: "42", sku: "B-42" }] });
      const { body } = await create({ name: "A", products: [shoe.id, boot.id] });
      expect(body.products).toEqual([shoe, boot]);
      expect((await read(body.id)).body).toEqual(body);
      const changed = await patch(body.id, { products: [boot.id, shoe.id] });
      expect(changed.body).toMatchObject({ products: [boot, shoe], version: 2 });
      expect((await patch(body.id, { name: "B" })).body.products).toEqual([boot, shoe]);
      expect((await patch(body.id, { products: null })).body.products).toEqual([]);
      expect((await read(body.id)).body.products).toEqual([]);
    });

    it("name those that there are not, and those that stand there already, by their places", async () => {
      await fresh();
      const strange = await product("Strange");
      await fresh();
      const [shoe, gone] = [await product("Shoe"), await product("Gone")];
      await shop.call("DELETE", `/api/v1/products/${gone.id}`);
      const products = [shoe.id, strange.id, strangeId("product"), gone.id, shoe.id];
      const refused = await create({ name: "A", products });
      expect(refused.status).toBe(422);
      const { issues = [] } = errorOf(refused);
      expect(issues.map(({ type, path }) => [type, ...path.map(({ key }) => key)])).toEqual([
        ["reference", "products", 1],
        ["reference", "products", 2],
        ["reference", "products", 3],
        ["unique", "products", 4],
      ]);
      expect(issues[0]).toMatchObject({ expected: "product", received: strange.id });
      const { body } = await create({ name: "A" });
      expect(errorOf(await patch(body.id, { products: [gone.id] })).issues).toMatchObject([
        { type: "reference" },
      ]);
    });

    it("do not take archived ones, keep what is archived later, and show it to the shop alone", async () => {
      await fresh();
      const [shoe, boot] = [await product("Shoe"), await product("Boot", { status: "ARCHIVED" })];
      const refused = await create({ name: "A", products: [shoe.id, boot.id] });
      expect(refused.status).toBe(409);
      expect(errorOf(refused)).toMatchObject({
        code: "INVALID_STATE",
        details: { state: "ARCHIVED", productIds: [boot.id] },
      });
      await change(boot.id, { status: "ACTIVE" });
      const { body } = await create({ name: "A", products: [shoe.id, boot.id] });
      await change(shoe.id, { status: "ARCHIVED" });
      const sold = { ...boot, status: "ACTIVE" };
      expect((await read(body.id)).body.products).toEqual([{ ...shoe, status: "ARCHIVED" }, sold]);
      const { publishableKey } = shop;
      const seen = async () => server.call("GET", `${experiences}/${body.id}`, { publishableKey });
      const { status: _, ...shown } = boot;
      expect((await seen()).body.products).toEqual([shown]);
      expect(idsIn(await patch(body.id, { products: [boot.id, shoe.id] }))).toEqual([boot.id, shoe.id]);
      const other = await create({ name: "B" });
      expect(errorOf(await patch(other.body.id, { products: [shoe.id] })).code).toBe("INVALID_STATE");
      await change(shoe.id, { status: "ACTIVE" });
      expect(idsIn(await seen())).toEqual([boot.id, shoe.id]);
    });

    it("keep their products from being deleted, until they or the offer are gone", async () => {
      await fresh();
      const shoe = await product("Shoe");
      const made = [
        await create({ name: "A", products: [shoe.id] }),
        await create({ name: "B", products: [shoe.id] }),
      ];
      const ids = made.map(({ body }) => String(body.id));
      const remove = () => shop.call("DELETE", `/api/v1/products/${shoe.id}`);
      const refused = errorOf(await remove());
      expect(refused).toMatchObject({ code: "RESOURCE_IN_USE", details: { experiences: 2 } });
      expect([...(refused.details.experienceIds as string[])].sort()).toEqual([...ids].sort());
      await patch(ids[0], { products: [] });
      expect(errorOf(await remove()).details).toMatchObject({ experiences: 1, experienceIds: [ids[1]] });
      await shop.call("DELETE", `${experiences}/${ids[1]}`);
      expect((await remove()).status).toBe(204);
    });

    it("never offer a product that is deleted or archived at the same moment", async () => {
      for (let round = 0; round < 5; round += 1) {
        await fresh();
        const [shoe, boot] = [await product("Shoe"), await product("Boot")];
        const [made, removed, archived] = await Promise.all([
          create({ name: "A", products: [boot.id, shoe.id] }),
          shop.call("DELETE", `/api/v1/products/${shoe.id}`),
          change(boot.id, { status: "ARCHIVED" }),
        ]);
        expect(archived.status).toBe(200);
        expect([made.status === 201, removed.status === 204].filter(Boolean)).toHaveLength(1);
      }
    });

    it("tell the audit log of their ids", async () => {
      await fresh();
      const shoe = await product("Shoe");
      const { body } = await create({ name: "A" });
      await patch(body.id, { products: [shoe.id] });
      const log = await shop.call("GET", `/api/v1/audit-log?target=${body.id}`);
      expect(log.body.data).toMatchObject([
        { changed: ["products"], before: { products: [] }, after: { products: [shoe.id] } },
        {},
      ]);
    });
  });

  it("are listed by state", async () => {
    await fresh();
    await create({ name: "Early", openAt: at(1) });
    await create({ name: "Open" });
    await create({ name: "Closed", closeAt: at(-1) });
    for (const [status, name] of [
      ["SCHEDULED", "Early"],
      ["OPEN", "Open"],
      ["CLOSED", "Closed"],
    ]) {
      const { body } = await shop.call("GET", `${experiences}?status=${status}`);
      expect(body.data).toMatchObject([{ name, status }]);
    }
  });

  it("are shown to a publishable key without what is the shop's own", async () => {
    await fresh();
    const { body } = await create({ name: "A", slug: "a" });
    const { publishableKey } = shop;
    const shown = await server.call("GET", `${experiences}/${body.id}`, { publishableKey });
    expect(Object.keys(shown.body).sort()).toEqual([
      "closeAt",
      "id",
      "name",
      "openAt",
      "products",
      "slug",
      "status",
      "theme",
      "timeZone",
    ]);
  });
});
