import { bytesFromUuid } from "@stanchion/contract";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../testing/index.ts";
import { newUuid } from "../randomness.ts";
import { type BinaryArrays, withBinaryArrays } from "./binary-arrays.ts";

describe("binary arrays", () => {
  let db: TestDatabase;
  beforeAll(async () => {
    db = await createTestDatabase();
  });
  afterAll(() => db.drop());

  const numbers = (arrays: BinaryArrays, values: readonly (number | null)[]): Buffer =>
    arrays.add("int2", values, 2, (value, bytes, at) =>
      value === null ? -1 : bytes.writeInt16BE(value, at) - at,
    );
  const texts = (arrays: BinaryArrays, values: readonly (string | null)[]): Buffer =>
    arrays.add("text", values, 100, (value, bytes, at) => (value === null ? -1 : bytes.write(value, at)));
  const uuids = (arrays: BinaryArrays, values: readonly string[]): Buffer =>
    arrays.add("uuid", values, 16, (value, bytes, at) => {
      bytes.set(bytesFromUuid(value), at);
      return 16;
    });
  const hashes = (arrays: BinaryArrays, values: readonly (string | null)[]): Buffer =>
    arrays.add("bytea", values, 32, (value, bytes, at) =>
      value === null ? -1 : bytes.write(value, at, "hex"),
    );

  it("are read by the database as what they were written from", async () => {
    const ids = [newUuid(Date.now()), newUuid(Date.now())];
    const [row] = await withBinaryArrays((arrays) =>
      db.query(
        `select $1::uuid[]::text[] as ids, $2::smallint[] as numbers, $3::text[] as texts,
           (select array_agg(encode(hash, 'hex') order by at) from unnest($4::bytea[]) with ordinality as h (hash, at)) as hashes`,
        [
          uuids(arrays, ids),
          numbers(arrays, [0, -1, null, 32_767, -32_768]),
          texts(arrays, ["", null, '"}, {\\', "żółw", "NULL"]),
          hashes(arrays, ["00ff", null, "", "ab".repeat(32)]),
        ],
      ),
    );
    expect(row).toEqual({
      ids,
      numbers: [0, -1, null, 32_767, -32_768],
      texts: ["", null, '"}, {\\', "żółw", "NULL"],
      hashes: ["00ff", null, "", "ab".repeat(32)],
    });
  });

  it("of nothing are empty arrays", async () => {
    const [row] = await withBinaryArrays((arrays) =>
      db.query("select $1::text[] = '{}' as is_empty, cardinality($2::uuid[]) as size", [
        texts(arrays, []),
        uuids(arrays, []),
      ]),
    );
    expect(row).toEqual({ is_empty: true, size: 0 });
  });

  it("stay as they are while others are added, however much room those need", async () => {
    const many = Array.from({ length: 5_000 }, (_, index) => index);
    const [row] = await withBinaryArrays((arrays) => {
      const [first, second, third] = [
        numbers(arrays, [1, 2, 3]),
        numbers(arrays, many),
        texts(arrays, many.map(String)),
      ];
      return db.query(
        `select $1::smallint[] as first, (select sum(n)::int from unnest($2::smallint[]) n) as sum,
           (select sum(t::int)::int from unnest($3::text[]) t) as again`,
        [first, second, third],
      );
    });
    const sum = (4_999 * 5_000) / 2;
    expect(row).toEqual({ first: [1, 2, 3], sum, again: sum });
  });

  it("are lent to one question at a time, and again after one that failed", async () => {
    const ask = (value: number) =>
      withBinaryArrays(async (arrays) => {
        const bytes = numbers(arrays, [value]);
        await db.query("select pg_sleep(0)");
        const [row] = await db.query<{ numbers: number[] }>("select $1::smallint[] as numbers", [bytes]);
        return row?.numbers;
      });
    const fails = withBinaryArrays(async (arrays) => {
      await db.query("select $1::smallint[], 1 / 0", [numbers(arrays, [1])]);
    });
    await expect(fails).rejects.toMatchObject({ code: "22012" });
    const values = Array.from({ length: 20 }, (_, index) => index);
    expect(await Promise.all(values.map(ask))).toEqual(values.map((value) => [value]));
  });
});
