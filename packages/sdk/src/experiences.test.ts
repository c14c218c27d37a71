import { expect, it } from "vitest";
import { clientOf, FakeServer, json, refusal } from "./testing/fake-server.ts";

const route = "GET /experiences/exp_1";

it("reads an experience with the key, and what it offers", async () => {
  const experience = { id: "exp_1", name: "Friday drop", status: "OPEN", products: [] };
  const server = new FakeServer().on(route, () => json(200, experience));
  expect(await clientOf(server).experiences.get("exp_1")).toEqual(experience);
  expect(server.last(route).headers.get("x-publishable-key")).toBe("pk_test_1");
});

it("throws what the server refuses, ends by its signal, and tells onError", async () => {
  const server = new FakeServer().on(route, () => refusal(404, "EXPERIENCE_NOT_FOUND"));
  const heard: string[] = [];
  const { experiences } = clientOf(server, { onError: (_, call) => void heard.push(call) });
  await expect(experiences.get("exp_1")).rejects.toMatchObject({ code: "EXPERIENCE_NOT_FOUND" });
  await expect(experiences.get("")).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
  const signal = AbortSignal.abort();
  await expect(experiences.get("exp_1", { signal })).rejects.toMatchObject({ code: "ABORTED" });
  expect(heard).toEqual(["experiences.get", "experiences.get"]);
});
