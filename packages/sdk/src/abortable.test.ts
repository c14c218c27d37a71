import { expect, it } from "vitest";
import { abortable } from "./abortable.ts";

it("lets one caller go while the shared work goes on", async () => {
  const { promise: shared, resolve } = Promise.withResolvers<string>();
  const controller = new AbortController();
  const one = abortable(shared, controller.signal);
  const other = abortable(shared, undefined);
  controller.abort("gone");
  await expect(one).rejects.toMatchObject({ code: "ABORTED", cause: "gone" });
  resolve("done");
  await expect(other).resolves.toBe("done");
});

it("lets a caller go whose signal fired before", async () => {
  const never = new Promise<void>(() => {});
  await expect(abortable(never, AbortSignal.abort())).rejects.toMatchObject({ code: "ABORTED" });
});

it("passes on what the work throws", async () => {
  const failing = Promise.reject(new Error("broken"));
  await expect(abortable(failing, new AbortController().signal)).rejects.toThrow("broken");
});
