import { createServer } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestNameServer, type TestNameServer } from "../../testing/index.ts";
import { type AddressGuard, createAddressGuard, isPublicAddress } from "./address-guard.ts";
import { sendWebhook } from "./send-webhook.ts";

const ours = [
  "127.0.0.1",
  "127.8.8.8",
  "0.0.0.0",
  "0.1.2.3",
  "10.0.0.1",
  "172.16.0.1",
  "172.31.255.255",
  "192.168.1.1",
  "169.254.169.254",
  "100.64.0.1",
  "192.0.0.8",
  "192.0.2.1",
  "192.88.99.1",
  "198.18.0.1",
  "198.51.100.1",
  "203.0.113.1",
  "224.0.0.1",
  "240.0.0.1",
  "255.255.255.255",
  "::",
  "::1",
  "::127.0.0.1",
  "::ffff:127.0.0.1",
  "::ffff:8.8.8.8",
  "64:ff9b::10.0.0.1",
  "64:ff9b:1::1",
  "100::1",
  "2001::1",
  "2001:db8::1",
  "2002:7f00:1::",
  "3fff::1",
  "5f00::1",
  "4000::1",
  "fc00::1",
  "fd12::1",
  "fe80::1",
  "fec0::1",
  "ff02::1",
];

describe("an address", () => {
  it.each(ours)("%s is not of the public internet", (address) => {
    expect(isPublicAddress(address)).toBe(false);
  });

  it.each(["8.8.8.8", "1.1.1.1", "172.32.0.1", "2606:4700::1111", "2a00:1450:4001::1"])(
    "%s is",
    (address) => {
      expect(isPublicAddress(address)).toBe(true);
    },
  );
});

describe("a webhook's address", () => {
  let names: TestNameServer;
  let guard: AddressGuard;
  /** Whatever reaches this machine on the port. */
  let connections = 0;
  let port = 0;
  const listener = createServer((socket) => {
    connections += 1;
    socket.destroy();
  });
  beforeAll(async () => {
    names = await startTestNameServer();
    guard = createAddressGuard({ allowsPrivateNetworks: false, nameServers: [names.address] });
    await new Promise<void>((resolve) => listener.listen(0, "::", resolve));
    port = Object(listener.address()).port;
  });
  afterAll(() => {
    guard.close();
    names.stop();
    listener.close();
  });
  const send = (url: string, by: AddressGuard = guard) =>
    sendWebhook(by, { url, headers: {}, body: "{}" }, { timeoutMs: 2_000 });

  it.each([
    "http://8.8.8.8/",
    "https://user@8.8.8.8/",
    "https://:word@8.8.8.8/",
    "https://localhost/",
    "https://LOCALHOST./",
    "https://shop.localhost/",
    "https://printer.local/",
    "https://metadata.google.internal/",
    "https://2130706433/",
    "https://0x7f000001/",
    "https://0177.0.0.1/",
    "https://127.1/",
    "https://127.0.0.1./",
    "https://①②⑦.0.0.1/",
    "https://[::1]/",
    "https://[::ffff:7f00:1]/",
    "https://[::ffff:127.0.0.1]/",
    "https://[64:ff9b::7f00:1]/",
    "https://[fe80::1]/",
    "https://169.254.169.254/latest/meta-data/",
  ])("%s is refused as it is written, at creation and at sending", async (url) => {
    expect(guard.isRefusedAsWritten(new URL(url))).toBe(true);
    expect(await guard.refuses(new URL(url))).toBe(true);
    expect(await send(url)).toMatchObject({ status: null, failure: "ADDRESS_REFUSED" });
  });

  it.each([
    ["a public and a private IPv4", ["8.8.8.8", "10.0.0.1"]],
    ["a public IPv4 and a private IPv6", ["8.8.8.8", "fd00::1"]],
    ["an IPv4 inside IPv6", ["::ffff:127.0.0.1"]],
    ["this machine", ["127.0.0.1"]],
    ["a cloud's metadata", ["169.254.169.254"]],
  ])("is refused where its name leads to %s", async (_, answers) => {
    names.answer("mixed.example", answers);
    expect(await guard.refuses(new URL("https://mixed.example/"))).toBe(true);
    expect(await send(`https://mixed.example:${port}/`)).toMatchObject({ failure: "ADDRESS_REFUSED" });
    expect(connections).toBe(0);
  });

  it("is refused at the connection where the name's answer has changed since it was taken", async () => {
    names.answer("rebound.example", ["8.8.8.8"], ["127.0.0.1"]);
    expect(await guard.refuses(new URL("https://rebound.example/"))).toBe(false);
    expect(await send(`https://rebound.example:${port}/`)).toMatchObject({ failure: "ADDRESS_REFUSED" });
    expect(connections).toBe(0);
  });

  it("is connected to as it was judged: the name is asked once for a connection", async () => {
    names.answer("turning.example", ["127.0.0.1"], ["8.8.8.8"]);
    await send(`https://turning.example:${port}/`);
    expect(names.asked("turning.example")).toBe(1);
    expect(connections).toBe(0);
  });

  it("is taken where the name does not resolve, and is not sent to", async () => {
    expect(await guard.refuses(new URL("https://nowhere.example/"))).toBe(false);
    expect(await send("https://nowhere.example/")).toMatchObject({ failure: "NOT_RESOLVED" });
  });

  it("may be of this machine where private networks are allowed", async () => {
    const open = createAddressGuard({ allowsPrivateNetworks: true });
    expect(await open.refuses(new URL("http://127.0.0.1/"))).toBe(false);
    expect(await send(`http://127.0.0.1:${port}/`, open)).toMatchObject({ failure: "BROKEN_OFF" });
    expect(connections).toBe(1);
    open.close();
  });
});
