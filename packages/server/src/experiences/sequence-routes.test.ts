import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { errorOf, startTestServer, strangeId, type TestServer, type TestShop } from "../testing/index.ts";

const experiences = "/api/v1/experiences";
const sequences = "/api/v1/sequences";
const takenName = [{ type: "unique", message: "validation.unique", path: [{ key: "name" }] }];

describe("sequences", () => {
  let server: TestServer;
  let shop: TestShop;
  let experienceId: unknown;
  beforeAll(async () => {
    server = await startTestServer({ isWorker: false });
  });
  afterAll(() => server.stop());
  const fresh = async (): Promise<void> => {
    shop = await server.shop();
    experienceId = (await shop.call("POST", experiences, { body: { name: "Home" } })).body.id;
  };
  const create = (body: Record<string, unknown>) =>
    shop.call("POST", sequences, { body: { experienceId, ...body } });
  const patch = (id: unknown, body: Record<string, unknown>, headers: Record<string, string> = {}) =>
    shop.call("PATCH", `${sequences}/${id}`, { body, headers });

  it("are made inside an experience, and read back", async () => {
    await fresh();
    const answer = await create({ name: "Members first", priority: 5 });
    expect(answer.status).toBe(201);
    expect(answer.body).toMatchObject({ experienceId, name: "Members first", priority: 5, version: 1 });
    expect(answer.headers.get("location")).toBe(`${sequences}/${answer.body.id}`);
    expect(answer.headers.get("etag")).toBe('"1"');
    expect((await shop.call("GET", `${sequences}/${answer.body.id}`)).body).toEqual(answer.body);
  });

  it("refuse an experience that is not there, another's, or deleted", async () => {
    await fresh();
    const home = experienceId;
    const other = await server.shop();
    const theirs = (await other.call("POST", experiences, { body: { name: "Theirs" } })).body.id;
    const gone = (await shop.call("POST", experiences, { body: { name: "Gone" } })).body.id;
    await shop.call("DELETE", `${experiences}/${gone}`);
    for (const id of [strangeId("experience"), theirs, gone]) {
      const answer = await create({ experienceId: id, name: "S" });
      expect(answer.status).toBe(422);
      expect(errorOf(answer).issues).toMatchObject([
        { type: "reference", expected: "experience", received: id, path: [{ key: "experienceId" }] },
      ]);
    }
    expect((await create({ experienceId: home, name: "S" })).status).toBe(201);
  });

  it("have names of their own within the experience", async () => {
    await fresh();
    await create({ name: "S" });
    const other = await create({ name: "T" });
    expect(errorOf(await create({ name: "S" })).issues).toMatchObject(takenName);
    expect(errorOf(await patch(other.body.id, { name: "S" })).issues).toMatchObject(takenName);
    const elsewhere = (await shop.call("POST", experiences, { body: { name: "Elsewhere" } })).body.id;
    expect((await create({ experienceId: elsewhere, name: "S" })).status).toBe(201);
    const [both] = [await Promise.all([create({ name: "U" }), create({ name: "U" })])];
    expect(both.map((answer) => answer.status).sort()).toEqual([201, 422]);
  });

  it("take the caller's own id, once", async () => {
    await fresh();
    const id = strangeId("sequence");
    expect((await create({ id, name: "S" })).body.id).toBe(id);
    expect(errorOf(await create({ id, name: "T" }))).toMatchObject({
      code: "ALREADY_EXISTS",
      details: { id },
    });
  });

  it("are changed by a merge patch under a version", async () => {
    await fresh();
    const { body } = await create({ name: "S", priority: 5 });
    expect((await patch(body.id, { name: "T" })).body).toMatchObject({ name: "T", priority: 5, version: 2 });
    expect((await patch(body.id, { priority: null })).body).toMatchObject({ priority: 0, version: 3 });
    expect(errorOf(await patch(body.id, { name: null })).issues).toMatchObject([{ type: "required" }]);
    expect(errorOf(await patch(body.id, {}, { "If-Match": '"1"' })).details).toEqual({ version: 3 });
    expect(errorOf(await patch(body.id, { experienceId })).code).toBe("UNKNOWN_FIELD");
  });

  it("are not deleted while queues stand in them", async () => {
    await fresh();
    const { body } = await create({ name: "S" });
    const queue = await shop.queue({ sequenceId: body.id });
    expect(queue).toMatchObject({ sequenceId: body.id, experienceId });
    expect(errorOf(await shop.call("DELETE", `${sequences}/${body.id}`))).toMatchObject({
      code: "RESOURCE_IN_USE",
      details: { queues: 1, hint: expect.stringMatching("Delete the queues") },
    });
    await shop.call("DELETE", `/api/v1/queues/${queue.id}`);
    expect((await shop.call("GET", `${sequences}/${body.id}`)).status).toBe(200);
    expect((await shop.call("DELETE", `${sequences}/${body.id}`)).status).toBe(204);
    expect((await create({ name: "S" })).status).toBe(201);
  });

  it("are listed by experience and by name", async () => {
    await fresh();
    await create({ name: "Members" });
    await create({ name: "Everyone" });
    const elsewhere = (await shop.call("POST", experiences, { body: { name: "Elsewhere" } })).body.id;
    await create({ experienceId: elsewhere, name: "Members" });
    const found = async (query: string) =>
      ((await shop.call("GET", `${sequences}?${query}`)).body.data as { name: string }[]).map(
        ({ name }) => name,
      );
    expect(await found("")).toEqual(["Members", "Everyone", "Members"]);
    expect(await found(`experienceId=${experienceId}`)).toEqual(["Everyone", "Members"]);
    expect(await found(`experienceId=${elsewhere}&search=mem`)).toEqual(["Members"]);
    expect(await found(`experienceId=${strangeId("experience")}`)).toEqual([]);
    expect(errorOf(await shop.call("GET", `${sequences}?experienceId=x`)).code).toBe("INVALID_PARAMETER");
  });
});
