import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { MailSite } from "./mail-site.ts";

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("location", new URL("https://shop.example/other"));
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

it("is here where nothing has to be asked", () => {
  const site = new MailSite(undefined);
  site.find(() => expect.unreachable());
  expect(site.isHere).toBe(true);
});

it.each([
  ["https://shop.example/line", true],
  ["https://shop.example:8443/line", false],
  ["http://shop.example/line", false],
  [null, false],
])("of mails that lead to %s is found out once", async (page, isHere) => {
  const readPage = vi.fn(async () => page);
  const site = new MailSite(readPage);
  const found = await new Promise<boolean>((resolve) => site.find(() => resolve(site.isHere)));
  expect(found).toBe(isHere);
  await vi.advanceTimersByTimeAsync(60_000);
  site.find(() => expect.unreachable());
  expect(readPage).toHaveBeenCalledTimes(1);
});

it("is asked for again half a minute after it could not be told, for who asks then", async () => {
  const readPage = vi.fn(async () => "https://shop.example/line");
  readPage.mockRejectedValueOnce(new Error("away"));
  const site = new MailSite(readPage);
  site.find(() => expect.unreachable());
  await vi.advanceTimersByTimeAsync(29_000);
  site.find(() => expect.unreachable());
  expect([readPage.mock.calls.length, site.isHere]).toEqual([1, false]);
  await vi.advanceTimersByTimeAsync(1_000);
  await new Promise<void>((resolve) => site.find(resolve));
  expect([readPage.mock.calls.length, site.isHere]).toEqual([2, true]);
});
