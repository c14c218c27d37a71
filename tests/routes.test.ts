/** The routes that the server really has, the operations of the contract, OpenAPI and the reference: the same in all directions. */
import { readFile } from "node:fs/promises";
import { errorCodes, operationNames, operationOf } from "@stanchion/contract";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createDemoShop } from "../packages/server/src/demo/index.ts";
import { startTestServer, type TestServer } from "../packages/server/src/testing/index.ts";

/** Routes that are no operations: for people, not for programs. Calls of the SDK are compared in server-client-calls.test.ts. */
const pages: readonly (readonly [route: RegExp, reason: string])[] = [
  [/^GET \/$/, "where a person begins"],
  [/^GET \/favicon\.(svg|ico)$/, "the icon that browsers look for"],
  [/^GET \/docs(\/.*|\*)?$/, "the reference that people read"],
  [/^GET \/assets\/[^/]+$/, "files of the pages, named by their content"],
  [/^GET \/assets\/themes\/\{file\}$/, "the colours of themes, named by what they are"],
  [/^GET \/q\/\{queueId\}$/, "the waiting page"],
  [/^GET \/q\/\{queueId\}\/plain(\/checkout|\/receipt)?$/, "the waiting page for browsers without a script"],
  [/^POST \/q\/\{queueId\}\/plain\/(join|leave)$/, "its forms"],
  [/^POST \/q\/\{queueId\}\/plain\/(carry|forget)$/, "the page with a script takes over what was got there"],
  [/^GET \/d\/\{drawId\}$/, "the page of a draw"],
  [/^GET \/stanchion-(line|draw)[-\w]*\.(js|css|json)$/, "the elements, for pages of other sites"],
  [/^GET \/verify$/, "the page that recomputes a draw"],
  [/^GET \/dev\/mailbox$/, "the mails of test keys, on the machine itself"],
  [/^(GET|POST) \/dev\/checkout$/, "the shop of the demo"],
];

/** Method and path of every route in the tree that Fastify prints; HEAD is answered wherever GET is. */
function routesIn(tree: string): string[] {
  const parents: string[] = [];
  return tree.split("\n").flatMap((line) => {
    const found = /^([│ ]*)[├└]── (\S+)(?: \(([A-Z, ]+)\))?$/.exec(line);
    if (found === null) return [];
    const [, indent = "", part = "", methods = ""] = found;
    const depth = indent.length / 4;
    parents.length = depth;
    const path = parents.join("") + part;
    parents[depth] = path.slice(parents.join("").length);
    const named = path.replace(/:(\w+)/g, "{$1}");
    return methods
      .split(", ")
      .filter((method) => method !== "" && method !== "HEAD")
      .map((method) => `${method} ${named}`);
  });
}

describe("the routes of the server", () => {
  let server: TestServer;
  let routes: string[];
  beforeAll(async () => {
    server = await startTestServer({ isWorker: false, extend: createDemoShop().register });
    routes = routesIn(server.server.api?.app.printRoutes({ commonPrefix: false }) ?? "");
  });
  afterAll(() => server.stop());

  const operations = operationNames.map((name) => `${operationOf(name).method} ${operationOf(name).path}`);

  it("are the operations of the contract, and pages for people", () => {
    const others = routes.filter((route) => !operations.includes(route));
    expect(others.filter((route) => !pages.some(([page]) => page.test(route)))).toEqual([]);
    expect(operations.filter((operation) => !routes.includes(operation))).toEqual([]);
  });

  it("leave no page on the list that is not there", () => {
    for (const [page, reason] of pages)
      expect(
        routes.some((route) => page.test(route)),
        reason,
      ).toBe(true);
  });

  it("are described by the OpenAPI document that is served, each by its name, and no other", async () => {
    const { paths } = (await server.call("GET", "/openapi.json")).body as {
      paths: Record<string, Record<string, { operationId?: string }>>;
    };
    const described = Object.entries(paths).flatMap(([path, methods]) =>
      Object.entries(methods)
        .filter(([, { operationId }]) => operationId !== undefined)
        .map(([method, { operationId }]) => `${operationId} ${method.toUpperCase()} ${path}`),
    );
    expect(described.sort()).toEqual(
      operationNames.map((name) => `${name} ${operationOf(name).method} ${operationOf(name).path}`).sort(),
    );
  });

  it("stand in the reference, each once, and no other", async () => {
    const text = await readReference("operations.md");
    const titles = [...text.matchAll(/^#{2,3} ([A-Z]+ \/\S*)$/gm)].map(([, title = ""]) => title);
    expect(titles.sort()).toEqual([...operations].sort());
  });

  it("refuse by codes that stand in the reference, each once, and no other", async () => {
    const text = await readReference("errors.md");
    const codes = [...text.matchAll(/^\| \d{3} \| `\w+` \| (?:<a id="\w+"><\/a>)?`(\w+)` \|/gm)].map(
      ([, code = ""]) => code,
    );
    expect(codes.sort()).toEqual([...errorCodes].sort());
  });
});

function readReference(name: string): Promise<string> {
  return readFile(new URL(`../docs/reference/${name}`, import.meta.url), "utf8");
}
