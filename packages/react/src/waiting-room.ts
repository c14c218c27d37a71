"use client";

import type { QueuePhase } from "@stanchion/sdk";
import { createElement, type ReactElement } from "react";
import { RoomFrame, type RoomProps, type RoomSlot } from "./room-frame.ts";
import { type QueuePlace, useQueue } from "./use-queue.ts";
import { waitingRoomParts } from "./waiting-room-parts.ts";
import { type WaitingRoomTexts, waitingRoomTexts } from "./waiting-room-texts.ts";

/** What a {@link WaitingRoom} takes. */
export interface WaitingRoomProps extends RoomProps<QueuePlace, WaitingRoomTexts> {
  readonly queueId: string;
}

const slots: Readonly<Record<QueuePhase, RoomSlot>> = {
  loading: "loading",
  outside: "outside",
  waiting: "waiting",
  admitted: "turn",
  completed: "over",
  left: "over",
  expired: "over",
  denied: "over",
};

/**
 * A whole waiting room for one line, without any style: a headline, which screen readers hear when it changes, what stands in the
 * way, and the part for where the fan stands. Each part can be replaced; its element tells the part by `data-slot`.
 *
 * @throws {Error} When there is no StanchionProvider above.
 * @throws {TypeError} When `checkoutUrl` is no address of http or https.
 * @example
 * createElement(WaitingRoom, { queueId, checkoutUrl: "https://shop.example/checkout", waiting: ({ position }) => `${position}.` })
 */
export function WaitingRoom(props: WaitingRoomProps): ReactElement {
  const place = useQueue(props.queueId);
  const texts = { ...waitingRoomTexts, ...props.texts };
  return createElement(RoomFrame<QueuePlace, WaitingRoomTexts>, {
    place,
    slot: slots[place.phase],
    headline: texts.headlines[headlineOf(place)],
    texts,
    parts: waitingRoomParts,
    given: props,
  });
}

function headlineOf({ phase, queueStatus }: QueuePlace): keyof WaitingRoomTexts["headlines"] {
  if (phase === "outside" && queueStatus === "CLOSED") return "closed";
  if (phase === "outside" && queueStatus === "SCHEDULED") return "scheduled";
  return phase === "waiting" && queueStatus === "PAUSED" ? "paused" : phase;
}
