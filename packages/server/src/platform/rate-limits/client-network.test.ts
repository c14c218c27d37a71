import { describe, expect, it } from "vitest";
import { clientNetwork } from "./client-network.ts";

describe("what a client is counted by", () => {
  it.each([
    ["192.0.2.7", "192.0.2.7"],
    ["::ffff:192.0.2.7", "192.0.2.7"],
    ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2"],
    ["2001:db8:1:2::1", "2001:db8:1:2"],
    ["2001:0db8:0001:0002:ffff:ffff:ffff:ffff", "2001:db8:1:2"],
    ["2001:DB8:1:2::", "2001:db8:1:2"],
    ["2001:db8::1", "2001:db8:0:0"],
    ["::1", "0:0:0:0"],
    ["::", "0:0:0:0"],
    ["1::", "1:0:0:0"],
    ["1::2:3:4:5:6:7", "1:0:2:3"],
    ["fe80::1%eth0", "fe80:0:0:0"],
    ["64:ff9b::192.0.2.7", "64:ff9b:0:0"],
    ["1:2::3:4:5:192.0.2.7", "1:2:0:3"],
    ["no address", "no address"],
  ])("for %s is %s", (address, network) => {
    expect(clientNetwork(address)).toBe(network);
  });
});
