/** The SDK that `npm run build` makes, installed in an empty folder far from the sources. */
import { execFile } from "node:child_process";
import { readFile, rm, writeFile } from "node:fs/promises";
import { delimiter, dirname, join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { installPackedSdk, type PackedSdk } from "./packed-sdk.ts";

const run = promisify(execFile);
const root = dirname(import.meta.dirname);
const subpaths = [
  "",
  "/state",
  "/debug",
  "/turn-mail",
  "/server",
  "/checkout",
  "/express",
  "/fastify",
  "/hono",
  "/next",
  "/testing",
];

let packed: PackedSdk;
beforeAll(async () => {
  packed = await installPackedSdk();
}, 240_000);
afterAll(() => packed?.remove());

/** Where `node` is the machine's. */
function ownEnv(): NodeJS.ProcessEnv {
  const ownBin = join(root, "node_modules");
  const searched = (process.env.PATH ?? "").split(delimiter).filter((one) => !one.startsWith(ownBin));
  return { ...process.env, PATH: searched.join(delimiter) };
}

describe("the packed SDK", () => {
  it("has every way in of the sources, as JavaScript that imports nothing of others", async () => {
    const own = JSON.parse(await readFile(join(root, "packages/sdk/package.json"), "utf8"));
    expect(Object.keys(own.exports)).toEqual(subpaths.map((subpath) => `.${subpath}`));
    const program = subpaths.map(
      (subpath, index) => `import * as m${index} from "@stanchion/sdk${subpath}";`,
    );
    await writeFile(
      join(packed.shop, "ways-in.js"),
      `${program.join("\n")}
console.log(JSON.stringify([${subpaths.map((_, index) => `Object.keys(m${index})`).join(", ")}]));`,
    );
    await rm(join(packed.shop, "node_modules/valibot"), { recursive: true });
    const { stdout } = await run(process.execPath, ["ways-in.js"], { cwd: packed.shop });
    const [browser, state, debug, mail, server, ...checkouts] = JSON.parse(stdout) as string[][];
    expect(browser).toContain("Stanchion");
    expect(state).toEqual(["StanchionError"]);
    expect(debug).toEqual(["createDebugStanchion"]);
    expect(mail).toEqual(["turnMailsOf"]);
    expect(server).toEqual(expect.arrayContaining(["StanchionServer", "verifyAdmission", "verifyWebhook"]));
    expect(checkouts.pop()).toEqual(["createFakeStanchion"]);
    for (const names of checkouts) expect(names).toContain("protectCheckout");
    await packed.install();
  });

  it("has the types of the contract, for a program that is judged strictly", async () => {
    const { shop } = packed;
    await writeFile(
      join(shop, "shop.ts"),
      `import { StanchionServer, type WebhookEvent } from "@stanchion/sdk/server";
import { protectCheckout, type Checkout } from "@stanchion/sdk/checkout";
import { protectCheckout as forExpress } from "@stanchion/sdk/express";
import { protectCheckout as forFastify } from "@stanchion/sdk/fastify";
import { protectCheckout as forHono } from "@stanchion/sdk/hono";
import { protectCheckout as forNext } from "@stanchion/sdk/next";
import { Stanchion } from "@stanchion/sdk";
import { createDebugStanchion, type DebugEvent } from "@stanchion/sdk/debug";
import { createFakeStanchion, type FakeStanchion } from "@stanchion/sdk/testing";
export const events: DebugEvent[] = [];
const debugOptions = { publishableKey: "pk_test_1", baseUrl: "https://line.example.com" };
export const debugged: Stanchion = createDebugStanchion(debugOptions, { write: (_, event) => events.push(event) });
export const fake: FakeStanchion = createFakeStanchion();
fake.failNext("QUEUE_FULL", { operation: "enterQueue" });
// @ts-expect-error There is no such code.
fake.failNext("QUEUE_ON_FIRE");
fake.addQueue({ capacity: 5 }).admitNext(3);
const stanchion = new StanchionServer({ url: "https://line.example.com", secretKey: "sk_test_1" });
export async function name(): Promise<string> {
  const queue = await stanchion.queues.create({ name: "Friday drop", admitRate: 600 });
  // @ts-expect-error A queue's name is a text.
  const wrong: number = queue.name;
  // @ts-expect-error There is no such setting.
  await stanchion.queues.create({ name: "Friday drop", admitRat: 600 });
  return queue.name + String(wrong);
}
export const type: WebhookEvent["type"] = "queue.opened";
// @ts-expect-error There is no such event.
export const noType: WebhookEvent["type"] = "queue.exploded";
export const checkout: Checkout = protectCheckout({
  url: "https://line.example.com", organizationId: "org_1", queueId: "queue_1", cookie: { secret: "x".repeat(32) },
});
export const others = [forExpress, forFastify, forHono, forNext, Stanchion];
`,
    );
    const compilerOptions = {
      strict: true,
      noEmit: true,
      module: "nodenext",
      target: "es2022",
      lib: ["es2024", "dom", "dom.iterable", "dom.asynciterable"],
      types: [],
      exactOptionalPropertyTypes: true,
    };
    await writeFile(join(shop, "tsconfig.json"), JSON.stringify({ compilerOptions, files: ["shop.ts"] }));
    const complaints = await run(join(root, "node_modules/.bin/tsc"), ["--project", shop]).then(
      () => "",
      (error: { stdout?: string }) => error.stdout || String(error),
    );
    expect(complaints).toBe("");
  });

  it("verifies an admission and lets it in, also on the Node that the machine has", async () => {
    await writeFile(join(packed.shop, "check.js"), checkProgram);
    for (const program of [process.execPath, "node"]) {
      const { stdout } = await run(program, ["check.js"], { cwd: packed.shop, env: ownEnv() });
      expect(JSON.parse(stdout)).toEqual(["adm_1", 303, "/checkout?shoe=42", "in as cons_1"]);
    }
  });

  it("has a fake server that lets a fan in, also on the Node that the machine has", async () => {
    await writeFile(join(packed.shop, "fake.js"), fakeProgram);
    for (const program of [process.execPath, "node"]) {
      const { stdout } = await run(program, ["fake.js"], { cwd: packed.shop, env: ownEnv() });
      expect(stdout).toBe("true\n");
    }
  });
});

/** The fake server, a client of it, and the token that it gives. */
const fakeProgram = `import { Stanchion } from "@stanchion/sdk";
import { verifyAdmission } from "@stanchion/sdk/server";
import { createFakeStanchion } from "@stanchion/sdk/testing";
const fake = createFakeStanchion();
const queue = fake.addQueue();
const { publishableKey, url, organizationId, fetch, now } = fake;
const stanchion = new Stanchion({ publishableKey, baseUrl: url, ...fake.surroundings });
await stanchion.queues.enter(queue.id);
queue.admitNext();
const { admission } = await stanchion.queues.status(queue.id);
const { distributionId } = await verifyAdmission(admission.token, { url, organizationId, fetch, now });
console.log(distributionId === queue.id);
`;

/** A server's key, a token by it, and a fan who comes with it. */
const checkProgram = `import { protectCheckout } from "@stanchion/sdk/checkout";
import { verifyAdmission } from "@stanchion/sdk/server";
const part = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");
const { publicKey, privateKey } = await crypto.subtle.generateKey({ name: "Ed25519" }, true, ["sign", "verify"]);
const jwk = { ...(await crypto.subtle.exportKey("jwk", publicKey)), kid: "key-1" };
const iat = Math.floor(Date.now() / 1000);
const claims = { iss: "https://line.test", aud: "org_1", sub: "cons_1", jti: "adm_1", dist: "queue_1", iat, exp: iat + 60 };
const signed = part({ alg: "EdDSA", typ: "admission+jwt", kid: "key-1" }) + "." + part(claims);
const signature = await crypto.subtle.sign({ name: "Ed25519" }, privateKey, Buffer.from(signed));
const token = signed + "." + Buffer.from(signature).toString("base64url");
const options = {
  url: "https://line.test",
  organizationId: "org_1",
  queueId: "queue_1",
  cookie: { secret: "a secret of the shop, long enough to be one" },
  fetch: async () => Response.json({ keys: [jwk] }),
};
const { id } = await verifyAdmission(token, options);
const checkout = protectCheckout(options);
let cookie = "";
const open = async (path) => {
  const request = new Request("https://shop.test" + path, { headers: { accept: "text/html", cookie } });
  const answer = await checkout.handle(request, (_, { consumerId }) => new Response("in as " + consumerId));
  cookie = answer.headers.getSetCookie()[0]?.split(";")[0] ?? cookie;
  return answer;
};
const sent = await open("/checkout?shoe=42");
const come = await open("/checkout?admission_token=" + token);
const admitted = await open("/checkout");
console.log(JSON.stringify([id, sent.status, come.headers.get("location"), await admitted.text()]));
`;
