import { expect, test } from "vitest";
import { findDrawAddresses } from "./draw-addresses.ts";

test.each([
  ["https://shop.example/api/v1/draws/draw_1", "https://shop.example"],
  ["https://shop.example/api/v1/draws/draw_1/proof", "https://shop.example"],
  ["https://shop.example/api/v1/draws/draw_1/proof/leaves", "https://shop.example"],
  ["https://shop.example/verify?draw=draw_1", "https://shop.example"],
  ["https://shop.example/d/draw_1", "https://shop.example"],
  ["https://shop.example/fair/d/draw_1/#receipt", "https://shop.example/fair"],
  ["http://127.0.0.1:3000/verify?draw=draw_1#receipt", "http://127.0.0.1:3000"],
  ["https://shop.example/fair/verify?draw=draw_1", "https://shop.example/fair"],
  ["https://shop.example/fair/api/v1/draws/draw_1/proof", "https://shop.example/fair"],
])("finds the draw that %s leads to", (address, base) => {
  const found = findDrawAddresses(address);
  expect([found?.proof, found?.leaves, found?.jwks, found?.entry("ent_1"), found?.log("org_1")]).toEqual([
    `${base}/api/v1/draws/draw_1/proof`,
    `${base}/api/v1/draws/draw_1/proof/leaves`,
    `${base}/.well-known/jwks.json`,
    `${base}/api/v1/draws/draw_1/proof/entries/ent_1`,
    `${base}/api/v1/organizations/org_1/fairness-log`,
  ]);
});

test.each([
  "",
  "proof.json",
  "https://shop.example/",
  "file:///draws/draw_1",
  "https://shop.example/verify?draw=../x",
  "https://shop.example/q/queue_1",
])("finds no draw in %j", (address) => expect(findDrawAddresses(address)).toBe(null));
