import type { CompiledQuery } from "kysely";
import type pg from "pg";
import { expect, it } from "vitest";
import { CarefulDriver } from "./careful-driver.ts";

it("rolls back a beginning that was given up waiting for, and throws what it met", async () => {
  const sent: string[] = [];
  const connection = {
    async executeQuery({ sql }: CompiledQuery) {
      sent.push(sql);
      if (sql === "begin") throw new Error("Query read timeout");
      return { rows: [] };
    },
  } as unknown as Parameters<CarefulDriver["beginTransaction"]>[0];
  const driver = new CarefulDriver({ pool: {} as pg.Pool });
  await expect(driver.beginTransaction(connection, {})).rejects.toThrow("Query read timeout");
  expect(sent).toEqual(["begin", "rollback"]);
});
