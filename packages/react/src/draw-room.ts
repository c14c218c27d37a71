"use client";

import type { DrawPhase, EnterOptions } from "@stanchion/sdk";
import { type ComponentType, createElement, type ReactElement, type ReactNode } from "react";
import { DrawEntrance, type DrawPartProps, DrawTurn, DrawWaiting } from "./draw-room-parts.ts";
import { type DrawRoomTexts, drawRoomTexts } from "./draw-room-texts.ts";
import { RoomFrame, type RoomSlot } from "./room-frame.ts";
import { type DrawPlace, useDraw } from "./use-draw.ts";

/** What a {@link DrawRoom} takes. */
export interface DrawRoomProps extends Partial<Readonly<Record<RoomSlot, (place: DrawPlace) => ReactNode>>> {
  readonly drawId: string;
  /** Where a winner's link to the checkout leads, with the admission's token in its query; without it there is no link. */
  readonly checkoutUrl?: string | undefined;
  /** How the room's own buttons enter; by default also before the opening. */
  readonly enterOptions?: EnterOptions | undefined;
  /** Components in place of parts, for those that have hooks of their own. What is given as a function goes first. */
  readonly components?: Partial<Readonly<Record<RoomSlot, ComponentType<{ readonly place: DrawPlace }>>>>;
  readonly texts?: Partial<DrawRoomTexts> | undefined;
}

const slots: Readonly<Record<DrawPhase, RoomSlot>> = {
  loading: "loading",
  outside: "outside",
  entered: "waiting",
  drawing: "waiting",
  won: "waiting",
  admitted: "turn",
  lost: "over",
  completed: "over",
  expired: "over",
  left: "over",
  denied: "over",
  cancelled: "over",
  void: "over",
};
const parts: Partial<Readonly<Record<RoomSlot, ComponentType<DrawPartProps>>>> = {
  outside: DrawEntrance,
  waiting: DrawWaiting,
  turn: DrawTurn,
  over: DrawEntrance,
};

/**
 * A whole room for one draw, as `WaitingRoom` is for a line: `waiting` is for who is in it, until the result, and after it for winners
 * whose time to buy is to come and for who may still win a seat that comes free; `turn` is for winners who may buy.
 *
 * @throws {Error} When there is no StanchionProvider above.
 * @throws {TypeError} When `checkoutUrl` is no address of http or https.
 * @example
 * createElement(DrawRoom, { drawId, checkoutUrl: "https://shop.example/checkout", over: ({ phase }) => phase })
 */
export function DrawRoom(props: DrawRoomProps): ReactElement {
  const { drawId, checkoutUrl, enterOptions = { waitForOpening: true } } = props;
  const texts = { ...drawRoomTexts, ...props.texts };
  const place = useDraw(drawId);
  const slot = place.mayStillWin ? "waiting" : slots[place.phase];
  const own = parts[slot];
  const ownPart = own ? createElement(own, { place, texts, checkoutUrl, enterOptions }) : null;
  const headline = texts.headlines[headlineOf(place)];
  return createElement(RoomFrame<DrawPlace>, {
    name: texts.room,
    headline,
    slot,
    place,
    given: props,
    ownPart,
  });
}

function headlineOf({ phase, drawStatus, mayStillWin }: DrawPlace): keyof DrawRoomTexts["headlines"] {
  if (mayStillWin) return "mayStillWin";
  if (phase !== "outside" || drawStatus === null) return phase;
  const ofDraw = {
    SCHEDULED: "scheduled",
    OPEN: "outside",
    CLOSED: "closed",
    COMPLETED: "drawn",
    CANCELLED: "cancelled",
    VOID: "void",
  } as const;
  return ofDraw[drawStatus];
}
