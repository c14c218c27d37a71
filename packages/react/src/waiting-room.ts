"use client";

import type { EnterOptions, QueuePhase } from "@stanchion/sdk";
import { type ComponentType, createElement, type ReactElement, type ReactNode } from "react";
import { RoomFrame, type RoomSlot } from "./room-frame.ts";
import { type QueuePlace, useQueue } from "./use-queue.ts";
import { Joiner, type PartProps, Turn, Waiting } from "./waiting-room-parts.ts";
import { type WaitingRoomTexts, waitingRoomTexts } from "./waiting-room-texts.ts";

/** What a {@link WaitingRoom} takes. */
export interface WaitingRoomProps
  extends Partial<Readonly<Record<RoomSlot, (place: QueuePlace) => ReactNode>>> {
  readonly queueId: string;
  /** Where the link to the checkout leads, with the admission's token in its query; without it there is no link. */
  readonly checkoutUrl?: string | undefined;
  /** How the room's own buttons join; by default also before the opening. */
  readonly enterOptions?: EnterOptions | undefined;
  /** Components in place of parts, for those that have hooks of their own. What is given as a function goes first. */
  readonly components?: Partial<Readonly<Record<RoomSlot, ComponentType<{ readonly place: QueuePlace }>>>>;
  readonly texts?: Partial<WaitingRoomTexts> | undefined;
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
const parts: Partial<Readonly<Record<RoomSlot, ComponentType<PartProps>>>> = {
  outside: Joiner,
  waiting: Waiting,
  turn: Turn,
  over: Joiner,
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
  const { queueId, checkoutUrl, enterOptions = { waitForOpening: true } } = props;
  const texts = { ...waitingRoomTexts, ...props.texts };
  const place = useQueue(queueId);
  const slot = slots[place.phase];
  const own = parts[slot];
  const ownPart = own ? createElement(own, { place, texts, checkoutUrl, enterOptions }) : null;
  const headline = texts.headlines[headlineOf(place)];
  return createElement(RoomFrame<QueuePlace>, {
    name: texts.room,
    headline,
    slot,
    place,
    given: props,
    ownPart,
  });
}

function headlineOf({ phase, queueStatus }: QueuePlace): keyof WaitingRoomTexts["headlines"] {
  if (phase === "outside" && queueStatus === "CLOSED") return "closed";
  if (phase === "outside" && queueStatus === "SCHEDULED") return "scheduled";
  return phase === "waiting" && queueStatus === "PAUSED" ? "paused" : phase;
}
