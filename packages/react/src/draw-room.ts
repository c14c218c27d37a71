"use client";

import type { DrawPhase } from "@stanchion/sdk";
import { createElement, type ReactElement } from "react";
import { drawRoomParts } from "./draw-room-parts.ts";
import { type DrawRoomTexts, drawRoomTexts } from "./draw-room-texts.ts";
import { RoomFrame, type RoomProps, type RoomSlot } from "./room-frame.ts";
import { type DrawPlace, useDraw } from "./use-draw.ts";

/** What a {@link DrawRoom} takes. */
export interface DrawRoomProps extends RoomProps<DrawPlace, DrawRoomTexts> {
  readonly drawId: string;
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
  const place = useDraw(props.drawId);
  const texts = { ...drawRoomTexts, ...props.texts };
  return createElement(RoomFrame<DrawPlace, DrawRoomTexts>, {
    place,
    slot: place.mayStillWin ? "waiting" : slots[place.phase],
    headline: texts.headlines[headlineOf(place)],
    texts,
    parts: drawRoomParts,
    given: props,
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
