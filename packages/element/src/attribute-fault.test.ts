import { describe, expect, test } from "vitest";
import { attributeFaultOf, type GivenAttributes } from "./attribute-fault.ts";

const good: GivenAttributes = {
  idName: "queue-id",
  id: "queue_01h455vb4pex5vsknk084sn02q",
  publishableKey: "pk_live_0123456789abcdefghijABCDEFGHIJabcdef",
  formerKeys: [],
  baseUrl: "https://line.example.com",
  pageProtocol: "https:",
};

describe("the attributes of an element", () => {
  test.each<[string, Partial<GivenAttributes>]>([
    ["as the guide has them", {}],
    ["without base-url", { baseUrl: null }],
    ["for the page's own server, or a path of it", { baseUrl: "" }],
    ["with a path", { baseUrl: "/line" }],
    ["for a server of one's own machine", { baseUrl: "http://localhost:3000" }],
    ["for a page without TLS", { baseUrl: "http://line.example.com", pageProtocol: "http:" }],
    [
      "with the key of the server's own pages",
      { publishableKey: `pk_test_page_${"0".repeat(26)}_${"a".repeat(32)}` },
    ],
    ["with keys from before", { formerKeys: ["pk_live_abc", "pk_live_def"] }],
    ["of a draw", { idName: "draw-id", id: "draw_01h455vb4pex5vsknk084sn02q" }],
  ])("are good %s", (_, given) => {
    expect(attributeFaultOf({ ...good, ...given })).toBeNull();
  });

  test.each<[string, Partial<GivenAttributes>, string, string]>([
    ["no id", { id: null }, "queue-id", "begin with queue_"],
    ["an empty id", { id: "" }, "queue-id", "begin with queue_"],
    ["the id of a draw", { id: "draw_01h455vb4pex5vsknk084sn02q" }, "queue-id", "begin with queue_"],
    ["no key", { publishableKey: null }, "publishable-key", "pk_test_ or pk_live_"],
    ["a key that stands for one", { publishableKey: "pk_live_…" }, "publishable-key", "whole key"],
    ["a key with what is around it", { publishableKey: "pk_live_abc\n" }, "publishable-key", "whole key"],
    ["a secret key", { publishableKey: "sk_live_abc" }, "publishable-key", "revoke it now"],
    ["former keys with a comma", { formerKeys: ["pk_live_abc,", "pk_live_def"] }, "former-keys", "spaces"],
    ["a former key of test", { formerKeys: ["pk_test_abc"] }, "former-keys", "begin as publishable-key does"],
    ["a server without https://", { baseUrl: "line.example.com" }, "base-url", "https://"],
    ["http in a page of https", { baseUrl: "http://line.example.com" }, "base-url", "since the page does"],
  ])("are refused with %s", (_, given, attribute, text) => {
    expect(attributeFaultOf({ ...good, ...given })).toEqual([attribute, expect.stringContaining(text)]);
  });
});
