import * as v from "valibot";
import { describe, expect, it } from "vitest";
import { eventTypes } from "./event-types.ts";
import { eventData, nearestEventType, sampleEventData } from "./webhook-events.ts";

describe.each(eventTypes)("%s", (type) => {
  it("has an example that is what its schema says, of nobody and nothing", () => {
    const data = sampleEventData(type, new Date("2026-11-27T10:00:00Z"));
    expect(v.safeParse(eventData[type], data).issues).toBeUndefined();
    expect(data.sequence).toBe(0);
    expect(JSON.stringify(data)).toMatch(/_0{26}"/);
  });
});

it.each([
  ["queue.consumer.admited", "queue.consumer.admitted"],
  ["queue.admitted", "queue.consumer.admitted"],
  ["draw.won", "draw.consumer.won"],
  ["consumer.lost", "draw.consumer.lost"],
])("for %s, %s was probably meant", (missed, meant) => {
  expect(nearestEventType(missed)).toBe(meant);
});

it("for what is like none, none was", () => {
  expect(nearestEventType("order.created.elsewhere.and.long.ago")).toBeNull();
  expect(nearestEventType("")).toBeNull();
});
