import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  errorOf,
  startTestServer,
  strangeId,
  type TestAnswer,
  type TestServer,
  type TestShop,
} from "../testing/index.ts";

const products = "/api/v1/products";
const taken = (...keys: (string | number)[]) => ({
  kind: "validation",
  type: "unique",
  expected: "unique_value",
  received: "duplicate_value",
  message: "validation.unique",
  path: keys.map((key) => ({ type: typeof key === "number" ? "array" : "object", key })),
});

describe("products", () => {
  let server: TestServer;
  let shop: TestShop;
  beforeAll(async () => {
    server = await startTestServer({ isWorker: false });
  });
  afterAll(() => server.stop());
  const fresh = async (): Promise<void> => {
    shop = await server.shop();
  };
  const create = (body: Record<string, unknown>, by: TestShop = shop) =>
    by.call("POST", products, { body: { name: "Boot", ...body } });
  const patch = (id: unknown, body: Record<string, unknown>, headers: Record<string, string> = {}) =>
    shop.call("PATCH", `${products}/${id}`, { body, headers });
  const read = (id: unknown) => shop.call("GET", `${products}/${id}`);
  const remove = (id: unknown) => shop.call("DELETE", `${products}/${id}`);
  const variantsOf = ({ body }: TestAnswer) =>
    body.variants as { id: string; name: string; sku: string; price: string | null }[];
  const keysOf = (answer: TestAnswer) =>
    (errorOf(answer).issues ?? []).map(({ type, path }) => [type, ...path.map((step) => step.key)]);

  describe("made", () => {
    it("have defaults, version 1, a place and an ETag", async () => {
      await fresh();
      const answer = await create({ sku: "B-1" });
      const { id, createdAt } = answer.body;
      expect(answer.body).toEqual({
        id: expect.stringMatching(/^prod_[0-9a-z]{26}$/),
        name: "Boot",
        sku: "B-1",
        price: null,
        currency: null,
        stock: null,
        status: "ACTIVE",
        variants: [],
        stockLevels: [{ id, reserved: 0, sold: 0, available: null }],
        version: 1,
        createdAt,
        updatedAt: createdAt,
      });
      expect(answer.headers.get("location")).toBe(`${products}/${id}`);
      expect(answer.headers.get("etag")).toBe('"1"');
      expect((await read(id)).body).toEqual(answer.body);
    });

    it("keep their variants in their order, and every price as it was written", async () => {
      await fresh();
      const answer = await create({
        sku: "B-1",
        price: "120.00",
        currency: "EUR",
        status: "ARCHIVED",
        variants: [
          { name: "43", sku: "B-1-43" },
          { name: "42", sku: "B-1-42", price: "99.5", stock: null },
        ],
      });
      expect(answer.body).toMatchObject({ price: "120.00", currency: "EUR", status: "ARCHIVED" });
      expect(variantsOf(answer)).toEqual([
        { id: expect.stringMatching(/^var_/), name: "43", sku: "B-1-43", price: null, stock: null },
        { id: expect.stringMatching(/^var_/), name: "42", sku: "B-1-42", price: "99.5", stock: null },
      ]);
      expect((await read(answer.body.id)).body).toEqual(answer.body);
    });

    it("take the caller's own ids, once", async () => {
      await fresh();
      const id = strangeId("product");
      const variantId = strangeId("variant");
      const answer = await create({ id, sku: "A", variants: [{ id: variantId, name: "V", sku: "A-1" }] });
      expect([answer.body.id, variantsOf(answer)[0]?.id]).toEqual([id, variantId]);
      expect(errorOf(await create({ id, sku: "B" }))).toMatchObject({
        code: "ALREADY_EXISTS",
        details: { id },
      });
      const again = await create({ sku: "B", variants: [{ id: variantId, name: "V", sku: "B-1" }] });
      expect(errorOf(again)).toMatchObject({ code: "ALREADY_EXISTS", details: { id: variantId } });
      expect((await create({ sku: "B" })).status).toBe(201);
    });

    it.each<[string, Record<string, unknown>, unknown[][]]>([
      ["without a SKU", {}, [["required", "sku"]]],
      ["with a SKU of control characters", { sku: "A\u0007" }, [["pattern", "sku"]]],
      ["with a SKU of 101 characters", { sku: "x".repeat(101) }, [["max_length", "sku"]]],
      ["with a price that is no decimal", { sku: "A", price: "12,00" }, [["pattern", "price"]]],
      ["with a price as a word", { sku: "A", price: "-1", currency: "EUR" }, [["pattern", "price"]]],
      ["with a price and no currency", { sku: "A", price: "12.00" }, [["required", "currency"]]],
      ["with no such currency", { sku: "A", currency: "ZZZ" }, [["format", "currency"]]],
      ["with a currency in small letters", { sku: "A", currency: "eur" }, [["format", "currency"]]],
      ["with half yen", { sku: "A", price: "12.5", currency: "JPY" }, [["pattern", "price"]]],
      ["in no state there is", { sku: "A", status: "SOLD" }, [["enum", "status"]]],
      [
        "with faults in a variant",
        { sku: "A", variants: [{ name: "V", sku: "A-1" }, { name: "" }] },
        [
          ["min_length", "variants", 1, "name"],
          ["required", "variants", 1, "sku"],
        ],
      ],
      [
        "with 101 variants",
        { sku: "A", variants: Array.from({ length: 101 }, (_, n) => ({ name: "V", sku: `A-${n}` })) },
        [["max_length", "variants"]],
      ],
    ])("%s are refused", async (_, body, expected) => {
      await fresh();
      const answer = await create(body);
      expect(answer.status).toBe(422);
      expect(keysOf(answer)).toEqual(expected);
    });

    it("with a number for a price, or an unknown field in a variant, cannot be read", async () => {
      await fresh();
      expect(errorOf(await create({ sku: "A", price: 12 })).code).toBe("INVALID_FIELD_TYPE");
      const stray = await create({ sku: "A", variants: [{ name: "V", sku: "A-1", color: "red" }] });
      expect(errorOf(stray).code).toBe("UNKNOWN_FIELD");
      expect(keysOf(stray)).toEqual([["unknown_field", "variants", 0, "color"]]);
    });
  });

  describe("with a SKU that is taken", () => {
    it("are refused in the contract's exact words, by a product's or a variant's, on the field itself", async () => {
      await fresh();
      await create({ sku: "A", variants: [{ name: "V", sku: "A-1" }] });
      expect(errorOf(await create({ sku: "A" })).issues).toEqual([taken("sku")]);
      expect(errorOf(await create({ sku: "A-1" })).issues).toEqual([taken("sku")]);
      const variants = [
        { name: "V", sku: "B-1" },
        { name: "W", sku: "A" },
        { name: "X", sku: "B-1" },
      ];
      expect(errorOf(await create({ sku: "A-1", variants })).issues).toEqual([
        taken("sku"),
        taken("variants", 1, "sku"),
        taken("variants", 2, "sku"),
      ]);
      expect((await create({ sku: "a" })).status).toBe(201);
    });

    it("are refused on a change as well, but may keep and exchange their own", async () => {
      await fresh();
      await create({ sku: "A" });
      const made = await create({ sku: "B", variants: [{ name: "V", sku: "B-1" }] });
      const [variant] = variantsOf(made);
      expect(errorOf(await patch(made.body.id, { sku: "A" })).issues).toEqual([taken("sku")]);
      const exchanged = await patch(made.body.id, { sku: "B-1", variants: [{ ...variant, sku: "B" }] });
      expect(exchanged.body).toMatchObject({ sku: "B-1", variants: [{ id: variant?.id, sku: "B" }] });
    });

    it("are fine elsewhere, and once the SKU is given up or its product deleted", async () => {
      await fresh();
      const { body } = await create({ sku: "A", variants: [{ name: "V", sku: "A-1" }] });
      expect((await create({ sku: "A" }, await server.shop())).status).toBe(201);
      await patch(body.id, { variants: null });
      expect((await create({ sku: "A-1" })).status).toBe(201);
      await remove(body.id);
      expect((await create({ sku: "A" })).status).toBe(201);
    });

    it("name every other broken rule at once, in the order of the fields", async () => {
      await fresh();
      await create({ sku: "A" });
      const answer = await create({
        sku: "A",
        price: "1.234",
        currency: "EUR",
        variants: [{ name: "V", sku: "B", price: "1.005" }],
      });
      expect(keysOf(answer)).toEqual([
        ["unique", "sku"],
        ["pattern", "price"],
        ["pattern", "variants", 0, "price"],
      ]);
    });
  });

  describe("changed", () => {
    it("change what is sent, clear what is null and keep the rest", async () => {
      await fresh();
      const { body } = await create({
        sku: "A",
        price: "1",
        currency: "EUR",
        variants: [{ name: "V", sku: "B" }],
      });
      const changed = await patch(body.id, { name: "Shoe", price: "2" });
      expect(changed.body).toMatchObject({ name: "Shoe", price: "2", currency: "EUR", version: 2 });
      expect(variantsOf(changed)).toEqual(body.variants);
      expect(changed.headers.get("etag")).toBe('"2"');
      expect((await patch(body.id, { price: null, currency: null })).body).toMatchObject({
        price: null,
        currency: null,
      });
      expect(keysOf(await patch(body.id, { name: null, sku: null }))).toEqual([
        ["required", "name"],
        ["required", "sku"],
      ]);
      expect(errorOf(await patch(body.id, {}, { "If-Match": '"1"' })).details).toEqual({ version: 3 });
    });

    it("keep the variants that are named by their ids, make new ones, and lose the others", async () => {
      await fresh();
      const made = await create({
        sku: "A",
        variants: ["1", "2", "3"].map((name) => ({ name, sku: `A-${name}` })),
      });
      const [first, , third] = variantsOf(made);
      const changed = await patch(made.body.id, {
        variants: [third, { name: "4", sku: "A-4" }, { ...first, name: "one" }],
      });
      expect(variantsOf(changed).map(({ name }) => name)).toEqual(["3", "4", "one"]);
      expect(variantsOf(changed)[0]).toEqual(third);
      expect(variantsOf(changed)[2]?.id).toBe(first?.id);
      expect((await read(made.body.id)).body).toEqual(changed.body);
      const twice = await patch(made.body.id, { variants: [first, { ...first, sku: "A-5" }] });
      expect(errorOf(twice).issues).toEqual([taken("variants", 1, "id")]);
    });

    it("at once under one version are changed once", async () => {
      await fresh();
      const { body } = await create({ sku: "A" });
      const answers = await Promise.all(
        Array.from({ length: 10 }, (_, n) => patch(body.id, { sku: `A${n}` }, { "If-Match": '"1"' })),
      );
      expect(answers.filter((answer) => answer.status === 200)).toHaveLength(1);
    });
  });

  it("that are not there are 404, another organization's 403, deleted ones say so", async () => {
    await fresh();
    const { body } = await create({ sku: "A", variants: [{ name: "V", sku: "A-1" }] });
    const mine = shop;
    await fresh();
    for (const call of [read, remove, (id: unknown) => patch(id, {})]) {
      expect(errorOf(await call(body.id)).code).toBe("OTHER_ORGANIZATION");
      expect(errorOf(await call(strangeId("product"))).code).toBe("PRODUCT_NOT_FOUND");
      expect(errorOf(await call("prod_1")).code).toBe("PRODUCT_NOT_FOUND");
    }
    shop = mine;
    expect((await remove(body.id)).status).toBe(204);
    expect(errorOf(await read(body.id)).details).toEqual({ deleted: true });
  });

  it("are listed with their variants, by state, name and SKU", async () => {
    await fresh();
    await create({ name: "Boot", sku: "B", variants: [{ name: "V", sku: "B-1" }] });
    await create({ name: "Shoe", sku: "S", status: "ARCHIVED" });
    const found = async (query: string) => (await shop.call("GET", `${products}?${query}`)).body.data;
    expect(await found("")).toMatchObject([
      { name: "Shoe", variants: [] },
      { name: "Boot", variants: [{ sku: "B-1" }] },
    ]);
    expect(await found("status=ARCHIVED")).toMatchObject([{ name: "Shoe" }]);
    expect(await found("search=b")).toMatchObject([{ name: "Boot" }]);
    expect(await found("first=1")).toHaveLength(1);
  });
});
