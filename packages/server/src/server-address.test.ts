import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { findServerUrl, forgetAddress, noteAddress } from "./server-address.ts";

let dataFolder: string;
const serving = createServer((_, answer) => void answer.end());
let url: string;
beforeAll(async () => {
  dataFolder = await mkdtemp(path.join(tmpdir(), "stanchion-test-"));
  await new Promise<void>((resolve) => serving.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(serving.address() as AddressInfo).port}`;
});
afterAll(async () => {
  serving.close();
  await rm(dataFolder, { recursive: true, force: true });
});

const find = (more: { publicUrl?: string; host?: string } = {}) =>
  findServerUrl({ dataFolder, publicUrl: null, host: "127.0.0.1", port: 4800, ...more });

it("is found where it was left, until it is taken back by whoever left it", async () => {
  expect(await find()).toBe("http://127.0.0.1:4800");
  await noteAddress(dataFolder, url);
  expect(await find()).toBe(url);
  expect(await find({ publicUrl: "https://line.example" })).toBe("https://line.example");
  await forgetAddress(dataFolder, "http://127.0.0.1:1");
  expect(await find()).toBe(url);
  await forgetAddress(dataFolder, url);
  expect(await readdir(dataFolder)).toEqual([]);
});

it("is not believed where nobody answers, or where it is nonsense", async () => {
  for (const left of ["http://127.0.0.1:1", "nonsense", ""]) {
    await writeFile(path.join(dataFolder, "address"), left);
    expect(await find({ host: "::" })).toBe("http://127.0.0.1:4800");
    expect(await find({ host: "::1" })).toBe("http://[::1]:4800");
  }
});

it("is left nowhere where there is no data folder", async () => {
  await noteAddress(path.join(dataFolder, "none"), url);
  expect(await readdir(dataFolder)).toEqual(["address"]);
});
