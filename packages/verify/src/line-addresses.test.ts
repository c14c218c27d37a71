import { expect, test } from "vitest";
import { findLineAddresses } from "./line-addresses.ts";

test.each([
  ["https://shop.example/q/queue_1", "https://shop.example"],
  ["https://shop.example/q/queue_1?join=1", "https://shop.example"],
  ["https://shop.example/api/v1/queues/queue_1", "https://shop.example"],
  ["https://shop.example/api/v1/queues/queue_1/proof", "https://shop.example"],
  ["https://shop.example/api/v1/queues/queue_1/proof/leaves", "https://shop.example"],
  ["https://shop.example/verify?queue=queue_1", "https://shop.example"],
  ["http://127.0.0.1:3000/verify?queue=queue_1#receipt", "http://127.0.0.1:3000"],
  ["https://shop.example/fair/verify?queue=queue_1", "https://shop.example/fair"],
  ["https://shop.example/fair/q/queue_1", "https://shop.example/fair"],
  ["https://shop.example/fair/api/v1/queues/queue_1/proof", "https://shop.example/fair"],
])("finds the line that %s leads to", (address, base) => {
  const found = findLineAddresses(address);
  expect([found?.proof, found?.leaves, found?.jwks, found?.log("org_1")]).toEqual([
    `${base}/api/v1/queues/queue_1/proof`,
    `${base}/api/v1/queues/queue_1/proof/leaves`,
    `${base}/.well-known/jwks.json`,
    `${base}/api/v1/organizations/org_1/fairness-log`,
  ]);
});

test.each([
  "",
  "proof.json",
  "https://shop.example/",
  "https://shop.example/verify?draw=draw_1",
  "file:///q/queue_1",
  "https://shop.example/verify?queue=../x",
])("finds no line in %j", (address) => expect(findLineAddresses(address)).toBe(null));
