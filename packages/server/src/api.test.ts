import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { openapiDocument, operationNames, operationOf } from "@stanchion/contract";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createTestDatabase, errorOf, startTestServer, strangeId, type TestServer } from "./testing/index.ts";

describe("the service's own addresses", () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer({ isWorker: false });
  });
  afterAll(() => server.stop());

  it("say that it lives and is ready", async () => {
    expect((await server.call("GET", "/health/live")).body).toEqual({ status: "live" });
    expect((await server.call("GET", "/health/ready")).body).toEqual({ status: "ready" });
  });

  it("describe the API as the contract has it", async () => {
    const answer = await server.call("GET", "/openapi.json");
    expect(answer.body).toEqual(JSON.parse(JSON.stringify(openapiDocument("/"))));
    expect(answer.headers.get("cache-control")).toBe("public, max-age=300");
  });

  it("answer for every operation of the contract: none is 404 for want of a route", async () => {
    for (const name of operationNames) {
      const { method, path } = operationOf(name);
      if (operationOf(name).answerType === "text/event-stream") continue;
      const address = path
        .replace("{experienceId}", strangeId("experience"))
        .replace("{sequenceId}", strangeId("sequence"))
        .replace("{queueId}", strangeId("queue"))
        .replace("{segment}", "0");
      const answer = await server.call(method, address);
      expect(["ROUTE_NOT_FOUND", "METHOD_NOT_ALLOWED"], name).not.toContain(errorOf(answer).code);
    }
  });

  it("show metrics to this machine alone, and never through a proxy", async () => {
    const { publishableKey } = await server.shop();
    await server.call("POST", "/api/v1/auth/guest", { publishableKey });
    await server.call("GET", "/nowhere");
    const shown = await server.call("GET", "/metrics");
    expect(shown.text).toMatch(/^stanchion_answers_total\{operation="createGuest",status="201".*\} \d+/m);
    expect(shown.text).toMatch(/code="ROUTE_NOT_FOUND"/);
    for (const name of ["X-Forwarded-For", "Forwarded"]) {
      const refused = await server.call("GET", "/metrics", { headers: { [name]: "127.0.0.1" } });
      expect(errorOf(refused).code).toBe("RESOURCE_RESTRICTED");
    }
  });
});

describe("a waiting page that is not there", () => {
  it("is a page for a person and the contract's error for a program", async () => {
    const server = await startTestServer({ isWorker: false });
    for (const id of [strangeId("queue"), "nonsense"]) {
      const program = await server.call("GET", `/q/${id}`, { headers: { Accept: "application/json" } });
      expect(errorOf(program).code).toBe("QUEUE_NOT_FOUND");
      const person = await fetch(`${server.url}/q/${id}`, { headers: { Accept: "text/html" } });
      expect(person.status).toBe(404);
      expect(person.headers.get("content-type")).toBe("text/html; charset=utf-8");
      expect(await person.text()).toContain(person.headers.get("x-request-id"));
    }
    await server.stop();
  });
});

/** A way to the database that can be cut and mended. */
async function openWay(databaseUrl: string) {
  const target = new URL(databaseUrl);
  const sockets = new Set<Socket>();
  const gate = createServer((near) => {
    const far = connect(Number(target.port || 5432), target.hostname);
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on("error", () => {});
      socket.on("close", () => sockets.delete(socket));
    }
    near.pipe(far).pipe(near);
  });
  const listen = (port: number): Promise<void> =>
    new Promise((resolve) => void gate.listen(port, "127.0.0.1", resolve));
  await listen(0);
  const { port } = gate.address() as AddressInfo;
  const url = new URL(target);
  url.host = `127.0.0.1:${port}`;
  const cut = async (): Promise<void> => {
    const closed = new Promise((resolve) => gate.close(resolve));
    for (const socket of sockets) socket.destroy();
    await closed;
  };
  return { url: url.href, cut, mend: () => listen(port) };
}

describe("a server that has lost its database", () => {
  it("says 503 to all who need it, still that it lives, and serves again once it is back", async () => {
    const database = await createTestDatabase();
    const way = await openWay(database.url);
    const server = await startTestServer({ isWorker: false, database, env: { DATABASE_URL: way.url } });
    const shop = await server.shop();
    const list = () => shop.call("GET", "/api/v1/experiences");
    expect((await list()).status).toBe(200);
    await way.cut();
    for (const ask of [
      list,
      () => shop.call("POST", "/api/v1/experiences", { body: { name: "A" } }),
      () => server.call("GET", "/health/ready"),
    ]) {
      const answer = await ask();
      expect(errorOf(answer)).toMatchObject({
        error: "service_unavailable",
        code: "DATABASE_UNAVAILABLE",
        retryable: true,
      });
      expect(Number(answer.headers.get("retry-after"))).toBeGreaterThanOrEqual(1);
    }
    expect((await server.call("GET", "/health/live")).status).toBe(200);
    await way.mend();
    expect((await server.until(list, (answer) => answer.status === 200)).body.data).toEqual([]);
    await server.stop();
    await way.cut();
    await database.drop();
  });
});
